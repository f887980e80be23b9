import { fileURLToPath } from 'node:url'
import { CalendarQueue, type EventQueue, HeapQueue, randomStream } from '@weft/core'
import { type Costs, Meter } from '../harness.ts'
import { distributions } from './distributions.ts'

export interface HoldTask {
  readonly queue: 'calendar' | 'heap'
  readonly distribution: string
  readonly pending: number
  readonly holds: number
}

export interface HoldMeasurement extends Costs {
  readonly holdsPerCpuSecond: number
  /** The time and the payload of the last event popped: equal for all queues that are right. */
  readonly lastTimePs: number
  readonly lastEvent: number
}

/** Increments are drawn beforehand, so that the draw is not measured. */
const INCREMENTS = 1 << 13
/** Share of the measured holds that run before, so that compiler and queue have settled; at least one per event. */
const WARMUP_SHARE = 4

/** The hold model (J. Vaucher and P. Duval, 1975): pop the earliest event, push one that is later. */
export function measureHold({ queue: kind, distribution, pending, holds }: HoldTask): HoldMeasurement {
  const queue = kind === 'heap' ? new HeapQueue() : new CalendarQueue()
  const random = randomStream('hold', distribution)
  const increments = Float64Array.from({ length: INCREMENTS }, () =>
    Math.floor(distributions[distribution]!(random)),
  )
  for (let i = 0; i < pending; i++) {
    queue.due = increments[i & (INCREMENTS - 1)]!
    queue.push(i & 63, i, i)
  }
  hold(queue, increments, Math.max(Math.ceil(holds / WARMUP_SHARE), pending))
  const meter = new Meter()
  meter.measure(() => hold(queue, increments, holds))
  const { costs } = meter
  return { holdsPerCpuSecond: holds / costs.cpuSeconds, lastTimePs: queue.time, lastEvent: queue.b, ...costs }
}

function hold(queue: EventQueue, increments: Float64Array, holds: number): void {
  for (let i = 0; i < holds; i++) {
    queue.pop()
    queue.due = queue.time + increments[i & (INCREMENTS - 1)]!
    queue.push(queue.handler, queue.a, i)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(JSON.stringify(measureHold(JSON.parse(process.argv[2]!) as HoldTask)))
}
