import { CrossingShares, type DirectionShares, LinkState, type Topology } from '@weft/fabric'
import { networkAt } from '../explain/network-at.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import type { SteadyRecords } from '../run/steady-clock/steady-records.ts'
import type { Demand } from './demands.ts'

/** The pairs that offered a direction most in a window, by the routes in force when it began; losses before it left out, and requests as if all were served. */
export function steadyDemands(
  run: ScenarioRun,
  { run: { parts, blueprint, turns } }: SteadyRecords,
  direction: number,
  window: { fromPs: number; toPs: number },
  shown: number,
): Demand[] {
  const { network, linkUp, nodeUp } = networkAt(run.scenario, window.fromPs)
  const { topology } = network
  const state = stateOf(topology, linkUp, nodeUp)
  const factors = turns.meanFactors(window.fromPs, window.toPs)
  const totals = new Map<number, number>()
  let sum = 0
  for (const family of ['ipv4', 'ipv6'] as const) {
    const own = parts.filter(
      ({ traffic, answer }) =>
        answer === 'whole' && blueprint.traffic[traffic]!.family === family && factors[traffic]! > 0,
    )
    if (own.length === 0) continue
    const crossing = new CrossingShares(network, { family, state })
    const shareOf = pairShares(crossing.of(direction), topology.nodes.length)
    crossing.free()
    for (const { traffic, demand } of own) {
      for (let i = 0; i < demand.source.length; i++) {
        const [from, to] = [demand.source[i]!, demand.destination[i]!]
        const bps = demand.ipBps[i]! * factors[traffic]! * shareOf(from, to)
        if (bps === 0) continue
        const pair = from * topology.nodes.length + to
        totals.set(pair, (totals.get(pair) ?? 0) + bps)
        sum += bps
      }
    }
  }
  const name = (node: number) => topology.nodes[node]!.name
  return [...totals]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, shown)
    .map(([pair, bps]) => ({
      from: name(Math.floor(pair / topology.nodes.length)),
      to: name(pair % topology.nodes.length),
      share: bps / sum,
    }))
}

function stateOf(
  topology: Topology,
  linkUp: (link: number) => boolean,
  nodeUp: (node: number) => boolean,
): LinkState {
  const state = new LinkState(topology)
  for (const link of topology.links.keys()) state.linkUp[link] = linkUp(link) ? 1 : 0
  for (const node of topology.nodes.keys()) state.nodeUp[node] = nodeUp(node) ? 1 : 0
  return state
}

const IN_NO_GROUP = -1

function pairShares(
  { senders, receivers, shares }: DirectionShares,
  nodes: number,
): (from: number, to: number) => number {
  const groupsOf = (groups: readonly (readonly number[])[]) => {
    const group = new Int32Array(nodes).fill(IN_NO_GROUP)
    groups.forEach((hosts, i) => {
      for (const host of hosts) group[host] = i
    })
    return group
  }
  const [sender, receiver] = [groupsOf(senders), groupsOf(receivers)]
  return (from, to) =>
    sender[from] === IN_NO_GROUP || receiver[to] === IN_NO_GROUP
      ? 0
      : shares[sender[from]! * receivers.length + receiver[to]!]!
}
