import { PacketRun } from '@weft/fabric'
import type { CompiledScenario } from '../../compile/compile.ts'
import { IngressRecords } from '../ingress-records.ts'
import { NameRecords } from '../name-records.ts'
import { CountedPools } from '../pool-records.ts'
import type { LinkMeter, PacketRecords, RunningClock } from '../running-clock.ts'
import { DropRecorder } from './drop-recorder.ts'
import { PacketLosses } from './packet-losses.ts'
import { QueueRecorder } from './queue-recorder.ts'
import { SentRecorder } from './sent-recorder.ts'
import { StreamRecorder } from './stream-recorder.ts'

/** A scenario under the packet clock: transmitters, queues and packets are looked at one by one. */
export class PacketRunningClock implements RunningClock {
  readonly engine: PacketRun
  readonly meter: LinkMeter
  readonly packets: PacketRecords
  readonly losses: PacketLosses
  readonly streams: StreamRecorder
  readonly pools: CountedPools
  readonly names: NameRecords | undefined
  readonly ingress?: IngressRecords
  readonly sharing = undefined

  constructor({ blueprint, run, expectations }: CompiledScenario, windows: number) {
    this.engine = new PacketRun(blueprint, { arrivalsEndPs: run.forPs })
    const { clock, network, flows } = this.engine
    const transmitters = clock.transmitters.flat()
    this.meter = {
      wireBytes: (direction) => transmitters[direction]!.wireBytesSent,
      busyPs: (direction) => transmitters[direction]!.busyPs,
    }
    const recordsBytes = expectations.some(({ bounds }) => bounds.some(({ unit }) => unit === 'bytes'))
    this.packets = {
      queues: new QueueRecorder(transmitters, { windows, recordsBytes }),
      drops: new DropRecorder(network, (flow) => flows.traffic[flow]!),
      sent: new SentRecorder(this.engine),
    }
    this.names = NameRecords.of(this.engine, this.engine.lookups)
    this.pools = new CountedPools(network)
    if (this.engine.ingress !== undefined) this.ingress = new IngressRecords(this.engine.ingress.controllers)
    this.losses = new PacketLosses(this.engine, this.packets.drops, this.packets.sent)
    const ofStreams = expectations.filter(({ metric }) => metric.startsWith('stream.'))
    this.streams = new StreamRecorder(this.engine, ofStreams)
  }

  get isIdle(): boolean {
    return this.engine.flows.active === 0 && this.engine.network.packets.live === 0
  }

  runUntil(untilPs: number): void {
    const { sim } = this.engine
    sim.run(untilPs - 1)
    sim.advanceTo(untilPs)
  }

  /** Packets are booked as they move. */
  book(): void {}

  markInstant(atPs: number): void {
    this.packets.queues.markInstant(atPs)
    this.packets.sent.markInstant(atPs)
    this.streams.markInstant(atPs)
    this.pools.markInstant(atPs)
    this.names?.markInstant(atPs)
    this.ingress?.markInstant(atPs)
  }

  closeWindow(): void {
    this.packets.queues.sample()
  }
}
