import { LONG_TIME_MAX, Simulation } from '@weft/core'
import { Failures, LifeEvents, LinkState, NameEvents, Network, PacketClock, randomFailures } from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import { instantAfter } from '../run/instants.ts'

/** What of a scenario decides about its network at an instant. */
export type PlayedScenario = Pick<CompiledScenario, 'blueprint' | 'run'> &
  Partial<Pick<CompiledScenario, 'clusters'>>

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
  const network = new Network(plan, { sim })
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
