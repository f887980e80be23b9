import { InvariantError } from '@weft/core'
import type { FlowSpec } from '../../sharing/flow-spec.ts'
import type { Directions } from './directions.ts'
import type { Path } from './path.ts'

const PS_PER_SECOND = 1e12

/**
 * SimGrid's flow models, as an option beside plain max-min fairness: what TCP makes of latencies in the long run. A flow
 * waits for its path's latency, then shares capacities in inverse proportion to it, at no more than a window per round
 * trip. After "Configuring SimGrid" and "The SimGrid models" of its documentation; H. Casanova and L. Marchal, "A network
 * model for simulation of grid application", INRIA RR-4596, 2002 (CM02); P. Velho and A. Legrand, "Accuracy study and
 * improvement of network simulation in the SimGrid framework", SIMUTools 2009 (LV08).
 */
export interface LatencySharing {
  /** A flow waits for so many times its path's latency before it drains, 0 or more: `network/latency-factor`. */
  readonly latencyFactor: number
  /** Share of a link's rate that payload can take, above 0 and at most 1: `network/bandwidth-factor`. */
  readonly bandwidthFactor: number
  /** At most so many bytes per twice the latency, Infinity for no limit: `network/TCP-gamma`. */
  readonly windowBytes: number
  /**
   * Weights are 1 over the path's latency in seconds plus, for each link, so many bytes over its rate; 0 or more:
   * `network/weight-S`. A flow whose path has no latency has weight 1.
   */
  readonly weightBytes: number
  /** So much of a flow's rate also takes the way back, 0 or more: `network/crosstraffic`, which stands for 0.05. */
  readonly crossTraffic: number
  /**
   * `full`: both directions of a link have its rate (SimGrid's SPLITDUPLEX). `half`: they share it (its SHARED), and
   * all that flows carry there is booked in the link's first direction.
   */
  readonly duplex: 'full' | 'half'
}

/** Casanova and Marchal 2002, with SimGrid's window and without its cross traffic. */
export const CM02_SHARING: LatencySharing = {
  latencyFactor: 1,
  bandwidthFactor: 1,
  windowBytes: 4_194_304,
  weightBytes: 0,
  crossTraffic: 0,
  duplex: 'full',
}

/** Velho and Legrand 2009, fitted to the packet simulator GTNetS: SimGrid's default. */
export const LV08_SHARING: LatencySharing = {
  latencyFactor: 13.01,
  bandwidthFactor: 0.97,
  windowBytes: 4_194_304,
  weightBytes: 20_537,
  crossTraffic: 0.05,
  duplex: 'full',
}

export function checkSharing(sharing: LatencySharing): void {
  const { latencyFactor, bandwidthFactor, windowBytes, weightBytes, crossTraffic } = sharing
  const refuse = (name: string, range: string, value: number): never => {
    throw new InvariantError(`sharing.${name} is ${range}, got ${value}`)
  }
  if (!(latencyFactor >= 0 && latencyFactor < Infinity))
    refuse('latencyFactor', '0 or more and finite', latencyFactor)
  if (!(bandwidthFactor > 0 && bandwidthFactor <= 1))
    refuse('bandwidthFactor', 'above 0 and at most 1', bandwidthFactor)
  if (!(windowBytes > 0)) refuse('windowBytes', 'more than 0, Infinity for no limit', windowBytes)
  if (!(weightBytes >= 0 && weightBytes < Infinity))
    refuse('weightBytes', '0 or more and finite', weightBytes)
  if (!(crossTraffic >= 0 && crossTraffic < Infinity))
    refuse('crossTraffic', '0 or more and finite', crossTraffic)
}

/** The resource that a direction's capacity stands for. */
export const resourceOf = ({ duplex }: LatencySharing, direction: number): number =>
  duplex === 'half' ? direction & ~1 : direction

/** Of a path that branches: the mean. */
export function latencyPs(path: Path, directions: Directions): number {
  let sumPs = 0
  for (let i = 0; i < path.length; i++) sumPs += path.shares[i]! * directions.delayPs[path.directions[i]!]!
  return sumPs
}

/** Weight and cap of a flow on this path; what it already has of a cap stays if that is less. */
export function weigh(spec: FlowSpec, path: Path, directions: Directions, sharing: LatencySharing): void {
  const ps = latencyPs(path, directions)
  if (ps === 0) return
  const { bandwidthFactor, windowBytes, weightBytes } = sharing
  let penalty = ps / PS_PER_SECOND
  for (let i = 0; i < path.length; i++) {
    const bytesPerSecond = (directions.capacity[path.directions[i]!]! * PS_PER_SECOND) / 8
    penalty += (path.shares[i]! * weightBytes) / bytesPerSecond
  }
  spec.weight = 1 / penalty
  spec.cap = Math.min(spec.cap, (bandwidthFactor * 8 * windowBytes) / (2 * ps))
}

/** Adds a crossing of a direction's resource, which the flow may cross already by another way. */
export function crossShared(spec: FlowSpec, direction: number, cost: number, sharing: LatencySharing): void {
  const resource = resourceOf(sharing, direction)
  const share = cost / sharing.bandwidthFactor
  for (let i = 0; i < spec.length; i++) {
    if (spec.resources[i] !== resource) continue
    spec.costs[i]! += share
    return
  }
  spec.cross(resource, share)
}
