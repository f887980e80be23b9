import { QuantileSketch } from '@weft/core'
import type { DatagramListener, DropListener, FlowIndex, PacketHandle, PacketRun } from '@weft/fabric'
import type { Expectation } from '../compile/expect.ts'
import { InstantLog } from './instant-log.ts'

/** What became of the packets of one stream that left in one window. */
export class StreamTally {
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
  readonly tallies: Map<FlowIndex, StreamTally>
}

/**
 * Streams one by one in the windows that expectations ask about. A packet belongs to the window in which it left,
 * wherever it is when that ends. Where nothing is asked, nothing listens.
 */
export class StreamRecorder implements DatagramListener, DropListener {
  /** Rows of all streams: they are there from the start. */
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
    if (this.#run.flows.bytes[flow] !== Infinity) return
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

  /** Packets that the stream in this place of `rows` sent between two marked instants. */
  sentBetween(row: number, fromPs: number, toPs: number): number {
    return this.#sent.at(toPs)![row]! - this.#sent.at(fromPs)![row]!
  }

  /** A stream in the window of an expectation. */
  tally({ fromPs, toPs }: Expectation, flow: FlowIndex): StreamTally {
    const window = this.#windows.find((each) => each.fromPs === fromPs && each.toPs === toPs)!
    return tallyOf(window, flow)
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

function tallyOf({ tallies }: Window, flow: FlowIndex): StreamTally {
  let tally = tallies.get(flow)
  if (tally === undefined) {
    tally = new StreamTally()
    tallies.set(flow, tally)
  }
  return tally
}
