import { ConfigError } from '@weft/core'
import { type Demand, type DemandMatrix, demandMatrix, type Network } from '@weft/fabric'
import { counted, Problems } from '../compile/problems.ts'
import { packetsRefusal } from '../exchange/demands/packet-sizes.ts'
import { given } from '../exchange/given.ts'
import type { ExchangeDemand } from '../exchange/network.ts'
import { HostNames } from './host-names.ts'

/** Pairs of hosts that demands may come to; more would not be held by a matrix. */
const PAIRS_MAX = 8_000_000

/** What demands that are given count as: one class, by which growth may name them. */
export const GIVEN = 'demands'

export const PACKET_BYTES = 1500

/**
 * A matrix from demands by name: those that `HostNames` knows, over whose hosts a demand is spread evenly. Rates are IP
 * bit/s, in packets of 1500 bytes where packets per second are not stated; new connections are none where they are not.
 * Throws ConfigError with every problem, its path beginning with the demand's place in the list.
 */
export function matrixOfDemands(network: Network, demands: readonly ExchangeDemand[]): DemandMatrix {
  const problems = new Problems()
  const names = new HostNames(network.blueprint)
  const entries: Demand[] = []
  const ends = demands.map((demand, index) => endsOf(demand, index, names, problems))
  const hosts = new Set(ends.flatMap((pair) => pair ?? []).flat())
  const family = [...hosts].every((host) => names.speaks(host, 'ipv4')) ? 'ipv4' : 'ipv6'
  demands.forEach((demand, index) => {
    checkRates(demand, index, family, problems)
    if (ends[index] === undefined) return
    const [senders, receivers] = ends[index].map((each) =>
      each.map((host) => network.topology.nodeIndex(host)),
    )
    const own = new Set(receivers)
    const pairs = senders!.length * receivers!.length - senders!.filter((node) => own.has(node)).length
    if (entries.length + pairs > PAIRS_MAX) {
      problems.refuse([index], `more than ${counted(PAIRS_MAX)} pairs of hosts; name fewer hosts`)
      throw new ConfigError(problems.issues)
    }
    const each = shareOf(demand, pairs)
    for (const source of senders!)
      for (const destination of receivers!)
        if (source !== destination) entries.push({ source, destination, ...each })
  })
  if (problems.issues.length > 0) throw new ConfigError(problems.issues)
  const packetSizes = [{ sizeBytes: PACKET_BYTES, share: 1 }]
  return demandMatrix(entries, [{ name: GIVEN, family, packetSizes }])
}

/** The hosts at both ends; undefined where something is wrong with them. */
function endsOf(
  { from, to }: ExchangeDemand,
  index: number,
  names: HostNames,
  problems: Problems,
): readonly [readonly string[], readonly string[]] | undefined {
  const [sender, receiver] = [names.nameRefusal(from), names.nameRefusal(to)]
  if (sender !== undefined) problems.refuse([index, 'from'], sender)
  if (receiver !== undefined) problems.refuse([index, 'to'], receiver)
  if (sender !== undefined || receiver !== undefined) return undefined
  const pair = names.pairRefusal(from, to)
  if (pair !== undefined) problems.refuse([index, 'to'], pair)
  return pair === undefined ? [names.hostsOf(from), names.hostsOf(to)] : undefined
}

const RATES = ['rateBps', 'packetsPerSecond', 'connectionsPerSecond'] as const

function checkRates(
  demand: ExchangeDemand,
  index: number,
  family: 'ipv4' | 'ipv6',
  problems: Problems,
): void {
  const isWrong = (value: number | undefined) => value !== undefined && !(value >= 0 && value < Infinity)
  const wrong = RATES.filter((key) => isWrong(demand[key]))
  for (const key of wrong) problems.refuse([index, key], `is ${demand[key]}, expected a rate of 0 or more`)
  const { rateBps, packetsPerSecond } = demand
  if (wrong.length > 0 || packetsPerSecond === undefined) return
  const message = packetsRefusal(rateBps, packetsPerSecond, family)
  if (message !== undefined) problems.refuse([index, 'packetsPerSecond'], message)
}

/** What of a demand each pair of hosts has. */
const shareOf = (
  { rateBps, packetsPerSecond, connectionsPerSecond }: ExchangeDemand,
  pairs: number,
): Pick<Demand, 'ipBps' | 'packetsPerSecond' | 'connectionsPerSecond'> => ({
  ipBps: rateBps / pairs,
  ...given({
    packetsPerSecond: packetsPerSecond === undefined ? undefined : packetsPerSecond / pairs,
    connectionsPerSecond: connectionsPerSecond === undefined ? undefined : connectionsPerSecond / pairs,
  }),
})
