import { QuantileSketch } from '@weft/core'
import type { PacketHandle } from '../../model/packet-table.ts'
import type { TransportContext } from '../context.ts'
import { NO_FLOW } from '../flow-table.ts'
import type { DatagramReceiver } from './udp.ts'

/** Told of every datagram that arrives, before its packet is freed. */
export interface DatagramListener {
  onArrival(packet: PacketHandle): void
}

/** Takes the datagrams of any number of streams, and measures them. */
export class DatagramSink implements DatagramReceiver {
  received = 0
  /** One-way delays in picoseconds. */
  readonly delayPs = new QuantileSketch()
  listener: DatagramListener | undefined = undefined
  private readonly context: TransportContext
  /** Bytes pass what a small integer holds within a simulated second: as a field they would change its kind. */
  private readonly bytes = new Float64Array(1)
  /** By flow: the delay of its last packet, negative before the first; and the jitter of RFC 3550 §6.4.1. */
  private lastDelayPs = new Float64Array(0)
  private jitterPs = new Float64Array(0)

  constructor(context: TransportContext) {
    this.context = context
  }

  onDatagram(packet: PacketHandle): void {
    const { packets, flows, sim } = this.context
    const payload = packets.payloadBytes[packet]!
    const flow = packets.flow[packet]!
    const delay = sim.now - packets.timestampValue[packet]!
    this.received++
    this.bytes[0]! += payload
    this.delayPs.record(delay)
    if (this.listener !== undefined) this.listener.onArrival(packet)
    if (flow === NO_FLOW) return
    flows.bytesDelivered[flow]! += payload
    if (flow >= this.lastDelayPs.length) this.grow(flow)
    const last = this.lastDelayPs[flow]!
    if (last >= 0) this.jitterPs[flow]! += (Math.abs(delay - last) - this.jitterPs[flow]!) / 16
    this.lastDelayPs[flow] = delay
  }

  get payloadBytes(): number {
    return this.bytes[0]!
  }

  /** Smoothed difference of successive delays of a flow, picoseconds. */
  jitterPsOf(flow: number): number {
    return this.jitterPs[flow] ?? 0
  }

  private grow(flow: number): void {
    const capacity = 2 ** Math.ceil(Math.log2(flow + 1))
    const last = new Float64Array(capacity).fill(-1)
    const jitter = new Float64Array(capacity)
    last.set(this.lastDelayPs)
    jitter.set(this.jitterPs)
    this.lastDelayPs = last
    this.jitterPs = jitter
  }
}
