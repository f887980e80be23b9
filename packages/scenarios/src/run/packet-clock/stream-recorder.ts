import { QuantileSketch } from '@weft/core'
import {
  type DatagramListener,
  type DropListener,
  type FlowIndex,
  isIcmp,
  type PacketHandle,
  type PacketRun,
} from '@weft/fabric'
import type { Expectation } from '../../compile/questions/expect.ts'
import { InstantLog } from '../instant-log.ts'
import type { StreamRecords, StreamTally, StreamTotals } from '../running-clock.ts'

/** What became of the packets of one stream that left in one window. */
class Tally implements StreamTally {
  lost = 0
  payloadBytes = 0
  /** One-way delays of those that arrived. */
  readonly delayPs = new QuantileSketch()
}

interface Window {
  readonly fromPs: number
  readonly toPs: number
  /** Sketches take memory for every stream; only delays need them. */
  readonly recordsDelay: boolean
  readonly tallies: Map<FlowIndex, Tally>
}

/**
 * Streams one by one in the windows that expectations ask about. A packet belongs to the window in which it left,
 * wherever it is when that ends. Where nothing is asked, nothing listens.
 */
export class StreamRecorder implements StreamRecords, DatagramListener, DropListener {
  /** All streams: they are there from the start. */
  readonly rows: readonly FlowIndex[]
  readonly #run: PacketRun
  readonly #windows: readonly Window[]
  /** Packets sent so far, in the order of `rows`. */
  readonly #sent = new InstantLog<Float64Array>()

  constructor(run: PacketRun, expectations: readonly Expectation[]) {
    this.#run = run
    this.#windows = windowsOf(expectations)
    const { flows, sinks, network } = run
    const listens = this.#windows.length > 0
    const all = Array.from({ length: listens ? flows.size : 0 }, (_, flow) => flow)
    this.rows = all.filter((flow) => flows.bytes[flow] === Infinity)
    if (!listens) return
    network.ledger.addDropListener(this)
    for (const sink of sinks) if (sink !== undefined) sink.listener = this
  }

  onArrival(packet: PacketHandle): void {
    const { packets, sim } = this.#run.network
    const leftPs = packets.timestampValue[packet]!
    for (const window of this.#windows) {
      if (leftPs < window.fromPs || leftPs >= window.toPs) continue
      const tally = tallyOf(window, packets.flow[packet]!)
      tally.payloadBytes += packets.payloadBytes[packet]!
      if (window.recordsDelay) tally.delayPs.record(sim.now - leftPs)
    }
  }

  onDrop(packet: PacketHandle): void {
    const { packets } = this.#run.network
    const flow = packets.flow[packet]!
    if (this.#run.flows.bytes[flow] !== Infinity || isIcmp(packets.protocol[packet]!)) return
    const leftPs = packets.timestampValue[packet]!
    for (const window of this.#windows) {
      if (leftPs >= window.fromPs && leftPs < window.toPs) tallyOf(window, flow).lost++
    }
  }

  markInstant(atPs: number): void {
    const { packetsOriginated } = this.#run.flows
    this.#sent.mark(
      atPs,
      Float64Array.from(this.rows, (flow) => packetsOriginated[flow]!),
    )
  }

  sentBetween(row: number, fromPs: number, toPs: number): number {
    return this.#sent.at(toPs)![row]! - this.#sent.at(fromPs)![row]!
  }

  tally({ fromPs, toPs }: Expectation, flow: FlowIndex): StreamTally {
    const window = this.#windows.find((each) => each.fromPs === fromPs && each.toPs === toPs)!
    return tallyOf(window, flow)
  }

  jitterPsOf(flow: FlowIndex): number | undefined {
    return this.#run.sinks[this.#run.flows.traffic[flow]!]!.jitterPsOf(flow)
  }

  totals(traffic: number): StreamTotals | undefined {
    const { flows, sinks } = this.#run
    const sink = sinks[traffic]
    if (sink === undefined) return undefined
    const rows: FlowIndex[] = []
    for (let flow = 0; flow < flows.size; flow++) if (flows.traffic[flow] === traffic) rows.push(flow)
    const sum = (columnAt: (flow: FlowIndex) => number) =>
      rows.reduce((total, flow) => total + columnAt(flow), 0)
    return {
      streams: rows.length,
      packetsSent: sum((flow) => flows.packetsOriginated[flow]!),
      packetsReceived: sink.received,
      packetsLost: sum((flow) => flows.packetsDropped[flow]!),
      payloadBytes: sink.payloadBytes,
      delayPs: sink.delayPs,
      jitterPs: sum((flow) => sink.jitterPsOf(flow)) / Math.max(1, rows.length),
    }
  }
}

function windowsOf(expectations: readonly Expectation[]): Window[] {
  const windows = new Map<string, Window>()
  for (const { fromPs, toPs, metric } of expectations) {
    const key = `${fromPs}..${toPs}`
    const recordsDelay = metric === 'stream.delay' || windows.get(key)?.recordsDelay === true
    windows.set(key, { fromPs, toPs, recordsDelay, tallies: new Map() })
  }
  return [...windows.values()]
}

function tallyOf({ tallies }: Window, flow: FlowIndex): Tally {
  let tally = tallies.get(flow)
  if (tally === undefined) {
    tally = new Tally()
    tallies.set(flow, tally)
  }
  return tally
}
