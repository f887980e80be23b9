import { LONG_TIME_MAX, Simulation } from '@weft/core'
import {
  canonicalAddress,
  Failures,
  LifeEvents,
  LinkState,
  NameEvents,
  Network,
  type NetworkBlueprint,
  PacketClock,
  randomFailures,
  withOutside,
} from '@weft/fabric'
import { insideAddresses } from '../compile/internet/outside-hosts.ts'
import { isPublic } from '../compile/internet/public-addresses.ts'
import { regionOwning, withUnassigned } from '../compile/internet/unassigned.ts'
import type { CompiledScenario } from '../compile/compile.ts'
import { instantAfter } from '../run/instants.ts'

/** What of a scenario decides about its network at an instant. */
export type PlayedScenario = Pick<CompiledScenario, 'blueprint' | 'run'> &
  Partial<Pick<CompiledScenario, 'clusters' | 'controllers' | 'claims'>>

/** A scenario's network at an instant, without traffic: what is up and runs, and the routes and policies in force. */
export interface NetworkAt {
  readonly network: Network
  readonly linkUp: (link: number) => boolean
  readonly nodeUp: (node: number) => boolean
}

export interface NetworkAtOptions {
  /** Addresses that packets may be sent to, whoever has them. */
  readonly asked?: readonly string[]
}

/** Plays the scenario's events, its random failures and repairs among them, up to and including `atPs`, by the clocks' own rules and random numbers. */
export function networkAt(
  { blueprint, run }: PlayedScenario,
  atPs: number,
  { asked = [] }: NetworkAtOptions = {},
): NetworkAt {
  const { network: plan, events, reliability = [], seed } = blueprint
  const sim = new Simulation({ seed, timeMaxPs: LONG_TIME_MAX })
  const network = new Network(withAsked(plan, asked), { sim })
  const known = network.addresses.size
  for (const address of asked) network.addresses.intern(address)
  // routes say of every address where it is, of one that nobody has that it is nowhere
  if (network.addresses.size > known) network.installRoutes(new LinkState(network.topology))
  const clock = new PacketClock(network)
  // nothing fails by itself once arrivals have ended
  const random = randomFailures(reliability, sim, Math.min(run.forPs, instantAfter(atPs)))
  const failures = new Failures(clock, [...events, ...random])
  new LifeEvents({ network }, events)
  new NameEvents({ network }, events)
  sim.run(atPs)
  const { nodes } = network.topology
  return {
    network,
    linkUp: (link) => clock.transmitters[link]![0].up,
    nodeUp: (node) => failures.isUp(nodes[node]!.name),
  }
}

/** The network, with somebody on the internet for each public address among these that is no region's and that nobody has. */
function withAsked(plan: NetworkBlueprint, asked: readonly string[]): NetworkBlueprint {
  if (plan.edges === undefined) return plan
  const inside = insideAddresses(plan, plan.edges)
  const named = asked.map((text) => canonicalAddress(text))
  const edges = withUnassigned(plan.edges, named, inside)
  const outside = named.filter(
    (each) => isPublic(each) && !inside.has(each) && regionOwning(each, edges) === undefined,
  )
  return withOutside(
    { ...plan, edges },
    [...new Set(outside)].map((address) => ({ name: `internet/${address}`, addresses: [address] })),
  )
}
