import { type DemandMatrix, demandMatrix, type LinkCounter, type Network } from '@weft/fabric'

interface Side {
  /** By host; undefined where not all of its links were counted. */
  readonly counted: readonly (number | undefined)[]
  readonly rates: readonly number[]
}

/**
 * The simple gravity model: what host i sends to host j is in proportion to what i sends in all times what j receives in
 * all. Hosts that were not counted share, by their rate, what the total leaves: that of the fuller side, counted hosts
 * standing for the others. Where no host was counted all are as full as the links that were.
 */
export function gravityPrior(network: Network, counters: readonly LinkCounter[]): DemandMatrix {
  const { topology } = network
  const hosts = topology.nodes.flatMap(({ kind }, node) => (kind === 'host' ? [node] : []))
  const bps = new Map(counters.map((counter) => [counter.direction, counter.bps]))
  const sides = [sideOf(network, hosts, bps, true), sideOf(network, hosts, bps, false)] as const
  const total = Math.max(...sides.map(estimatedTotal)) || idleTotal(network, counters, sides[0])
  const [sent, received] = sides.map((side) => weightsOf(side, total)) as [number[], number[]]
  const demands = hosts.flatMap((source, i) =>
    hosts.flatMap((destination, j) =>
      i === j ? [] : [{ source, destination, ipBps: (sent[i]! * received[j]!) / total }],
    ),
  )
  return demandMatrix(demands.filter(({ ipBps }) => ipBps > 0))
}

function sideOf(
  { topology }: Network,
  hosts: readonly number[],
  bps: ReadonlyMap<number, number>,
  isSent: boolean,
): Side {
  const links = hosts.map((host) =>
    topology.ports[host]!.map(({ link }) => {
      const isFirst = topology.linkNodes[link]![0] === host
      return { rateBps: topology.links[link]!.rateBps, bps: bps.get(2 * link + (isFirst === isSent ? 0 : 1)) }
    }),
  )
  return {
    rates: links.map((own) => sum(own.map(({ rateBps }) => rateBps))),
    counted: links.map((own) =>
      own.some((each) => each.bps === undefined) ? undefined : sum(own.map((each) => each.bps!)),
    ),
  }
}

function estimatedTotal({ counted, rates }: Side): number {
  const countedRates = sum(rates.filter((_, i) => counted[i] !== undefined))
  return countedRates === 0 ? 0 : (sum(counted.map((each) => each ?? 0)) * sum(rates)) / countedRates
}

function idleTotal({ topology }: Network, counters: readonly LinkCounter[], { rates }: Side): number {
  const capacity = sum(counters.map(({ direction }) => topology.links[direction >> 1]!.rateBps))
  return (sum(counters.map((counter) => counter.bps)) / capacity) * sum(rates) || 1
}

function weightsOf({ counted, rates }: Side, total: number): number[] {
  const left = total - sum(counted.map((each) => each ?? 0))
  const others = sum(rates.filter((_, i) => counted[i] === undefined))
  return counted.map((each, i) => each ?? (Math.max(0, left) * rates[i]!) / others)
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
