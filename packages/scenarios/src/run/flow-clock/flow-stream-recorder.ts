import type { Arrivals, FlowIndex, FlowRun, LiveStream } from '@weft/fabric'
import type { Expectation } from '../../compile/questions/expect.ts'
import { InstantLog } from '../instant-log.ts'
import type { StreamRecords, StreamTally, StreamTotals } from '../running-clock.ts'
import { WeightedDelays } from './weighted-delays.ts'

/** One stream up to an instant. */
interface StreamCounts {
  readonly sent: number
  readonly payloadBytes: number
  readonly arrivals: readonly Readonly<Arrivals>[]
}

/** Shares of packets below this are rounding, not loss. */
const DUST = 1e-12

/**
 * Streams at the instants that expectations ask about, from the flow clock's books. Delays are those of idle links; numbers
 * of packets are those that mean rates come to, and are whole in totals alone.
 */
export class FlowStreamRecorder implements StreamRecords {
  readonly rows: readonly FlowIndex[]
  readonly #run: FlowRun
  /** In the order of `rows`. */
  readonly #streams: readonly LiveStream[]
  readonly #counts = new InstantLog<readonly StreamCounts[]>()

  /** Keeps nothing unless it is asked for. */
  constructor(run: FlowRun, isAskedFor: boolean) {
    this.#run = run
    this.#streams = isAskedFor ? run.clock.streams : []
    this.rows = this.#streams.map(({ flow }) => flow)
  }

  markInstant(atPs: number): void {
    const { bytesDelivered } = this.#run.flows
    this.#counts.mark(
      atPs,
      this.#streams.map(({ flow, packetsSent, arrivals }) => ({
        sent: packetsSent,
        payloadBytes: bytesDelivered[flow]!,
        arrivals: arrivals.map((each) => ({ ...each })),
      })),
    )
  }

  sentBetween(row: number, fromPs: number, toPs: number): number {
    return this.#counts.at(toPs)![row]!.sent - this.#counts.at(fromPs)![row]!.sent
  }

  tally({ fromPs, toPs }: Expectation, flow: FlowIndex): StreamTally {
    const row = this.rows.indexOf(flow)
    const [before, after] = [this.#counts.at(fromPs)![row]!, this.#counts.at(toPs)![row]!]
    // delays are only ever added, so that those of before stand first
    const arrivals = after.arrivals.map(({ delayPs, packets }, i) => ({
      delayPs,
      packets: packets - (before.arrivals[i]?.packets ?? 0),
    }))
    const delayPs = new WeightedDelays(arrivals)
    return {
      lost: lossOf(after.sent - before.sent, delayPs.count),
      payloadBytes: after.payloadBytes - before.payloadBytes,
      delayPs,
    }
  }

  jitterPsOf(): undefined {
    return undefined
  }

  totals(traffic: number): StreamTotals | undefined {
    const { flows, clock } = this.#run
    const own = clock.streams.filter(({ flow }) => flows.traffic[flow] === traffic)
    if (own.length === 0) return undefined
    const sum = (read: (stream: LiveStream) => number) => own.reduce((total, each) => total + read(each), 0)
    const sent = sum(({ packetsSent }) => packetsSent)
    const lost = lossOf(
      sent,
      sum(({ packetsReceived }) => packetsReceived),
    )
    const packetsSent = Math.round(sent)
    const packetsLost = Math.round(lost)
    return {
      streams: own.length,
      packetsSent,
      packetsReceived: packetsSent - packetsLost,
      packetsLost,
      payloadBytes: sum(({ flow }) => flows.bytesDelivered[flow]!),
      delayPs: new WeightedDelays(own.flatMap(({ arrivals }) => arrivals)),
      jitterPs: undefined,
    }
  }
}

function lossOf(sent: number, received: number): number {
  const lost = sent - received
  return lost > sent * DUST ? lost : 0
}
