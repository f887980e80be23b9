import { FlowRun } from '@weft/fabric'
import type { CompiledScenario } from '../../compile/compile.ts'
import type { SharingCounts } from '../../result/result.ts'
import { NameRecords } from '../name-records.ts'
import { CountedPools } from '../pool-records.ts'
import type { LinkMeter, RunningClock, StreamLosses } from '../running-clock.ts'
import { FlowStreamRecorder } from './flow-stream-recorder.ts'
import { IngressRecords } from '../ingress-records.ts'
import { instantBefore } from '../instants.ts'

const BITS_PER_BYTE = 8

/** A scenario under the flow clock: flows with rates, and what these add up to on links. */
export class FlowRunningClock implements RunningClock {
  readonly engine: FlowRun
  readonly meter: LinkMeter
  readonly packets = undefined
  readonly losses = undefined
  readonly streams: FlowStreamRecorder
  readonly pools: CountedPools
  readonly names: NameRecords | undefined
  readonly ingress: IngressRecords

  constructor({ blueprint, run, expectations }: CompiledScenario) {
    this.engine = new FlowRun(blueprint, { arrivalsEndPs: run.forPs, model: run.flow.model })
    const { clock } = this.engine
    this.meter = {
      wireBytes: (direction) => clock.carriedBits(direction) / BITS_PER_BYTE,
      busyPs: (direction) => clock.carriedBits(direction) / clock.directions.capacity[direction]!,
    }
    this.names = NameRecords.of(this.engine, this.engine.lookups)
    this.pools = new CountedPools(this.engine.network)
    this.ingress = new IngressRecords(this.engine.ingress?.controllers ?? [])
    const isAskedFor = expectations.some(({ metric }) => metric.startsWith('stream.'))
    this.streams = new FlowStreamRecorder(this.engine, isAskedFor)
  }

  get sharing(): SharingCounts {
    const { solutions, flowsTouched, flowsTouchedMax } = this.engine.clock.transfers
    return { solutions, flowsTouched, flowsTouchedMax }
  }

  get streamLosses(): StreamLosses {
    const { clock } = this.engine
    const sent = clock.streams.reduce((sum, { packetsSent }) => sum + packetsSent, 0)
    return { sent, on: (direction) => clock.lostPackets(direction), atNodes: clock.droppedPackets }
  }

  get isIdle(): boolean {
    return this.engine.flows.active === 0
  }

  runUntil(untilPs: number): void {
    const { sim } = this.engine
    sim.run(instantBefore(untilPs))
    sim.advanceTo(untilPs)
  }

  book(): void {
    this.engine.clock.bookAll()
  }

  markInstant(atPs: number): void {
    this.streams.markInstant(atPs)
    this.pools.markInstant(atPs)
    this.names?.markInstant(atPs)
    this.ingress.markInstant(atPs)
  }

  closeWindow(): void {}
}
