import type { DemandConnections, FlowIndex, MixLoads, SteadyRun } from '@weft/fabric'
import type { Expectation } from '../../compile/questions/expect.ts'
import { WeightedDelays } from '../flow-clock/weighted-delays.ts'
import { InstantLog } from '../instant-log.ts'
import type { StreamRecords, StreamTally, StreamTotals } from '../running-clock.ts'
import { RateBook } from './rate-book.ts'
import type { SteadyBooks } from './steady-books.ts'

/** Shares of packets below this are rounding, not loss. */
const DUST = 1e-12
/** Delays are not modelled. */
const NO_DELAYS = new WeightedDelays([])

interface Counts {
  readonly sent: Float64Array
  readonly received: Float64Array
}

/** Streams one by one where expectations ask about them, and the streams of each traffic together. */
export class SteadyStreams implements StreamRecords {
  readonly rows: readonly FlowIndex[]
  readonly #run: SteadyRun
  readonly #books: SteadyBooks
  /** Packets per second of every row while it sends. */
  readonly #packetsPerSecond: Float64Array
  readonly #payloadBytes: Float64Array
  /** Of every row: the demand that it is of, and the entry of its matrix. */
  readonly #of: readonly (readonly [part: number, entry: number])[]
  /** By part, how many streams: one that is shared among a service's endpoints has an entry for each. */
  readonly #streams: readonly number[]
  readonly #connections: readonly (DemandConnections | undefined)[]
  readonly #sent: RateBook
  readonly #received: RateBook
  readonly #log = new InstantLog<Counts>()

  constructor(run: SteadyRun, books: SteadyBooks, isAskedFor: boolean) {
    this.#run = run
    this.#books = books
    const streams = run.parts.flatMap(({ traffic, demand, payloadShare }, part) => {
      const { offered } = run.blueprint.traffic[traffic]!
      if (offered.kind !== 'stream') return []
      return Array.from(demand.packetsPerSecond, (packetsPerSecond, entry) => ({
        of: [part, entry] as const,
        packetsPerSecond,
        payloadBytes: payloadShare * offered.packetBytes,
        // of a service's address, whoever serves now
        connections: calledAsItIs(demand.classes[0]!.connections),
      }))
    })
    this.#streams = run.parts.map(({ demand }) => new Set(demand.source).size)
    this.#of = streams.map(({ of }) => of)
    this.#connections = streams.map((stream) => stream.connections)
    this.rows = isAskedFor ? streams.map((_, flow) => flow) : []
    this.#packetsPerSecond = Float64Array.from(streams, ({ packetsPerSecond }) => packetsPerSecond)
    this.#payloadBytes = Float64Array.from(streams, ({ payloadBytes }) => payloadBytes)
    this.#sent = new RateBook(this.rows.length)
    this.#received = new RateBook(this.rows.length)
  }

  /** These losses hold from now on. */
  turn(nowPs: number, { passes }: MixLoads): void {
    if (this.rows.length === 0) return
    const { flows, sending, mix, network } = this.#run
    const connections = this.#connections
    const sent = this.#packetsPerSecond.map((rate, flow) => {
      const isSending = network.runs(network.hostOf(flows.source[flow]!)!)
      return isSending ? rate * sending[flows.traffic[flow]!]! : 0
    })
    const received = sent.map((rate, flow) => {
      if (rate === 0) return 0
      const pair = {
        source: flows.source[flow]!,
        destination: flows.destination[flow]!,
        connections: connections[flow],
      }
      return rate * mix.admittedShare(...this.#of[flow]!) * mix.deliveredShare(pair, passes)
    })
    this.#sent.turn(nowPs, sent)
    this.#received.turn(nowPs, received)
  }

  markInstant(atPs: number): void {
    this.#log.mark(atPs, { sent: this.#sent.all(atPs), received: this.#received.all(atPs) })
  }

  sentBetween(row: number, fromPs: number, toPs: number): number {
    return this.#between('sent', row, fromPs, toPs)
  }

  tally({ fromPs, toPs }: Expectation, flow: FlowIndex): StreamTally {
    const received = this.#between('received', flow, fromPs, toPs)
    return {
      lost: lossOf(this.#between('sent', flow, fromPs, toPs), received),
      payloadBytes: received * this.#payloadBytes[flow]!,
      delayPs: NO_DELAYS,
    }
  }

  jitterPsOf(): undefined {
    return undefined
  }

  totals(traffic: number): StreamTotals | undefined {
    const { blueprint, parts, sim } = this.#run
    const { offered } = blueprint.traffic[traffic]!
    const part = parts.findIndex((each) => each.traffic === traffic)
    if (offered.kind !== 'stream') return undefined
    const { sentPackets, deliveredPackets } = this.#books.sums(sim.now)
    const [sent, received] = [sentPackets[part]!, deliveredPackets[part]!]
    const packetsSent = Math.round(sent)
    const packetsLost = Math.round(lossOf(sent, received))
    return {
      streams: this.#streams[part]!,
      packetsSent,
      packetsReceived: packetsSent - packetsLost,
      packetsLost,
      payloadBytes: received * parts[part]!.payloadShare * offered.packetBytes,
      delayPs: NO_DELAYS,
      jitterPs: undefined,
    }
  }

  #between(key: keyof Counts, row: number, fromPs: number, toPs: number): number {
    return this.#log.at(toPs)![key][row]! - this.#log.at(fromPs)![key][row]!
  }
}

function calledAsItIs(connections: DemandConnections | undefined): DemandConnections | undefined {
  if (connections?.address === undefined) return connections
  const { protocol, port, isAnswer } = connections
  return { protocol, port, isAnswer }
}

function lossOf(sent: number, received: number): number {
  const lost = sent - received
  return lost > sent * DUST ? lost : 0
}
