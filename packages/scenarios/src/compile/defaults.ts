import { MS, US } from '@weft/core'
import type { EcmpBlueprint, QueueBlueprint, RoutingBlueprint } from '@weft/fabric'

/** What holds where a scenario says nothing; the schema's descriptions repeat these for editors. */
export const DEFAULTS = {
  name: 'scenario',
  seed: 'weft',
  delayPs: US,
  queue: { capacity: { packets: 256 } } satisfies QueueBlueprint,
  markAt: 'enqueue',
  ecmp: { mode: 'five-tuple', weights: 'equal', flowletGapPs: 100 * US } satisfies EcmpBlueprint,
  routing: { detectionPs: MS, convergencePs: MS } satisfies RoutingBlueprint,
  hosts: '10.0.0.0/8',
  workloads: '10.64.0.0/14',
  services: '10.96.0.0/16',
  /** Bytes of requests and answers: HTTP headers, a page; and next to nothing on connections that are held open. */
  requestSize: 500,
  responseSize: 10_000,
  connectionResponseSize: 500,
  forPs: 10 * MS,
  /** Steps of the time series. */
  windows: 100,
} as const

/** Bounds on what is built: refused before it is, with the number that it would have been. */
export const LIMITS = {
  links: 250_000,
  flows: 10_000_000,
  /** Arrivals that are drawn at the peak of a profile, most of them not to be. */
  drawnFlows: 100_000_000,
  windows: 10_000,
  /** Directions of links times windows, 8 to 12 bytes each. */
  cells: 100_000_000,
} as const
