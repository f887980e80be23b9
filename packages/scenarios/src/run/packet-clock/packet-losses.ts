import type { PacketRun } from '@weft/fabric'
import type { DropResult, PacketTotals } from '../../result/result.ts'
import type { LossRecords, LossRow } from '../loss-records.ts'
import type { DropRecorder } from './drop-recorder.ts'
import type { SentRecorder } from './sent-recorder.ts'

/** Lost packets, one by one. */
export class PacketLosses implements LossRecords {
  readonly #run: PacketRun
  readonly #drops: DropRecorder
  readonly #sent: SentRecorder

  constructor(run: PacketRun, drops: DropRecorder, sent: SentRecorder) {
    this.#run = run
    this.#drops = drops
    this.#sent = sent
  }

  /** Sums of many drops count in full wherever they overlap the time asked about. */
  *rowsBetween(fromPs: number, toPs: number): Generator<LossRow> {
    for (const row of this.#drops.rows()) if (row.lastPs >= fromPs && row.firstPs < toPs) yield row
  }

  sentBetween(fromPs: number, toPs: number, traffic?: number): number {
    return this.#sent.between(fromPs, toPs, traffic)
  }

  byPlace(): DropResult[] {
    const times = new Map<string, { firstPs: number; lastPs: number }>()
    for (const { firstPs, lastPs, reason, place } of this.#drops.rows()) {
      const known = times.get(`${reason}\n${place}`)
      if (known === undefined) times.set(`${reason}\n${place}`, { firstPs, lastPs })
      else known.lastPs = lastPs
    }
    return this.#run.network.ledger
      .drops()
      .map((row) => ({ ...row, ...times.get(`${row.reason}\n${row.place}`)! }))
      .sort((a, b) => b.packets - a.packets || (a.place < b.place ? -1 : 1))
  }

  droppedAt(place: string): number {
    return this.#drops.droppedAt(place)
  }

  totals(): PacketTotals {
    const { ledger, packets } = this.#run.network
    const { originated, delivered, dropped } = ledger
    return { originated, delivered, dropped, inFlight: packets.live }
  }

  series(windowPs: number, windows: number): ReturnType<LossRecords['series']> {
    const byReason = new Map<string, number[]>()
    for (const { firstPs, packets, reason } of this.#drops.rows()) {
      // sums of many drops are of no one window
      if (packets > 1) continue
      let values = byReason.get(reason)
      if (values === undefined) {
        values = new Array<number>(windows).fill(0)
        byReason.set(reason, values)
      }
      const window = Math.floor(firstPs / windowPs)
      if (window < values.length) values[window]!++
    }
    return [...byReason]
      .map(([reason, values]) => ({ reason, values }))
      .sort((a, b) => (a.reason < b.reason ? -1 : 1))
  }
}
