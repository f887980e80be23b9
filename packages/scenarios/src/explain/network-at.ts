import { LONG_TIME_MAX, Simulation } from '@weft/core'
import { type Blueprint, Failures, Network, PacketClock } from '@weft/fabric'

/** A scenario's network at an instant, without traffic: what is up, and the routes in force. */
export interface NetworkAt {
  readonly network: Network
  readonly linkUp: (link: number) => boolean
  readonly nodeUp: (node: number) => boolean
}

/** Plays the scenario's failures and repairs up to and including `atPs`, by the clocks' own rules. */
export function networkAt({ network: plan, events, seed }: Blueprint, atPs: number): NetworkAt {
  const sim = new Simulation({ seed, timeMaxPs: LONG_TIME_MAX })
  const network = new Network(plan, { sim })
  const clock = new PacketClock(network)
  const failures = new Failures(clock, events)
  sim.run(atPs)
  const { nodes } = network.topology
  return {
    network,
    linkUp: (link) => clock.transmitters[link]![0].up,
    nodeUp: (node) => failures.isUp(nodes[node]!.name),
  }
}
