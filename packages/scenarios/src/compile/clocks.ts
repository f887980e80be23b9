import type { Metric } from '../schema/expect.ts'
import { FLOW_HORIZON_PS, PACKET_HORIZON_PS } from '../schema/quantity.ts'
import type { ClockName } from '../schema/run.ts'

export type { ClockName }

/** What a scenario may ask of a clock. */
export interface ClockTraits {
  /** Runs end here at the latest. */
  readonly horizonPs: number
  /** Whether flows start one by one, so that there can be too many. */
  readonly startsFlows: boolean
  /** What its results leave out, in words. */
  readonly notModelled: readonly string[]
  /** Metrics that it cannot measure, and what to use in their place. */
  readonly refusedMetrics: ReadonlyMap<Metric, string>
  /** Metrics that it measures otherwise than their name lets expect, and how: `under the flow clock ...`. */
  readonly caveats: ReadonlyMap<Metric, string>
}

export const CLOCKS: Readonly<Record<ClockName, ClockTraits>> = {
  packet: {
    horizonPs: PACKET_HORIZON_PS,
    startsFlows: true,
    notModelled: [],
    refusedMetrics: new Map(),
    caveats: new Map(),
  },
  flow: {
    horizonPs: FLOW_HORIZON_PS,
    startsFlows: true,
    notModelled: [
      'queues',
      'ECN marks',
      'numbers of packets',
      'lost packets of flows',
      'bit errors',
      'retransmissions and timeouts',
      'jitter',
    ],
    refusedMetrics: new Map<Metric, string>([
      ['queue.depth', 'link.utilization'],
      ['link.marks', 'link.utilization'],
      ['drops', 'stream.loss of streams or flow.unfinished of flows'],
      ['flow.retransmissions', 'flow.slowdown or flow.unfinished'],
      ['flow.timeouts', 'flow.slowdown or flow.unfinished'],
      ['stream.jitter', 'stream.delay'],
    ]),
    caveats: new Map<Metric, string>([
      ['stream.delay', 'delays are those of idle links: nothing waits in queues'],
    ]),
  },
  steady: {
    horizonPs: FLOW_HORIZON_PS,
    startsFlows: false,
    notModelled: [
      'single flows and their completion times',
      'depths of queues',
      'ECN marks',
      'bit errors',
      'retransmissions and timeouts',
      'delays of streams',
      'jitter',
    ],
    refusedMetrics: new Map<Metric, string>([
      ['flow.slowdown', 'link.utilization, drops, the flow clock'],
      ['flow.fct', 'link.utilization, drops, the flow clock'],
      ['flow.throughput', 'link.utilization, drops, the flow clock'],
      ['flow.unfinished', 'drops, the flow clock'],
      ['flow.failed', 'drops, the flow clock'],
      ['flow.retransmissions', 'drops'],
      ['flow.timeouts', 'drops'],
      ['queue.depth', 'link.utilization'],
      ['link.marks', 'link.utilization'],
      ['stream.delay', 'link.utilization, the flow clock'],
      ['stream.jitter', 'link.utilization'],
    ]),
    caveats: new Map<Metric, string>([
      ['drops', 'nothing slows down: all that exceeds a link counts as lost, in numbers that are expected'],
    ]),
  },
}
