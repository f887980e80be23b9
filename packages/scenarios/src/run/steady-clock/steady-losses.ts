import { SECOND } from '@weft/core'
import type { SteadyRun, SteadySpan } from '@weft/fabric'
import type { DropResult, PacketTotals } from '../../result/result.ts'
import { InstantLog } from '../instant-log.ts'
import type { LossRecords, LossRow } from '../loss-records.ts'
import type { SteadyBooks } from './steady-books.ts'

/** What is lost alike, up to the last change. */
interface Loss {
  readonly reason: string
  readonly place: string
  readonly traffic: number
  packets: number
  /** Begin and end of each time in which it was lost, ascending. */
  readonly spans: [fromPs: number, toPs: number][]
}

/** Losses below this share of what is sent are rounding: of a link that is just full. */
const DUST = 1e-12

/** Lost packets as their rates come to: expected numbers, which need not be whole. */
export class SteadyLosses implements LossRecords {
  readonly #run: SteadyRun
  readonly #books: SteadyBooks
  /** In the order in which they were first seen. */
  readonly #losses: Loss[] = []
  readonly #known = new Map<string, number>()
  /** Packets per second that are lost now, by number of the loss. */
  #rates = new Map<number, number>()
  #sincePs = 0
  /** By number of the loss. */
  readonly #log = new InstantLog<Float64Array>()
  /** By reason up to the end of each window. */
  readonly #windows: Map<string, number>[] = []
  /** By place, and the instant at which that was. */
  #dropped: Map<string, number> | undefined
  #droppedPs = -1

  constructor(run: SteadyRun, books: SteadyBooks) {
    this.#run = run
    this.#books = books
  }

  /** These losses go on from now on. */
  turn({ fromPs: nowPs, loads: { parts } }: SteadySpan): void {
    for (const [number, rate] of this.#rates) {
      const loss = this.#losses[number]!
      loss.packets += this.#lately(rate, nowPs)
      extend(loss.spans, this.#sincePs, nowPs)
    }
    this.#rates = new Map()
    this.#sincePs = nowPs
    parts.forEach(({ drops, demand }, part) => {
      const { traffic } = this.#run.parts[part]!
      for (const { reason, place, packetsPerSecond } of drops) {
        if (packetsPerSecond <= DUST * demand.packetsPerSecond) continue
        this.#add(reason, place, traffic, packetsPerSecond)
      }
    })
  }

  markInstant(atPs: number): void {
    this.#log.mark(
      atPs,
      Float64Array.from(this.#losses, (_, number) => this.#packets(number, atPs)),
    )
  }

  closeWindow(nowPs: number): void {
    const sums = new Map<string, number>()
    this.#losses.forEach(({ reason }, number) => {
      sums.set(reason, (sums.get(reason) ?? 0) + this.#packets(number, nowPs))
    })
    this.#windows.push(sums)
  }

  *rowsBetween(fromPs: number, toPs: number): Generator<LossRow> {
    const [before, after] = [this.#log.at(fromPs)!, this.#log.at(toPs)!]
    for (const [number, { reason, place, traffic }] of this.#losses.entries()) {
      const packets = (after[number] ?? 0) - (before[number] ?? 0)
      if (packets <= 0) continue
      const spans = this.#spans(number).filter(([from, to]) => from < toPs && to > fromPs)
      const firstPs = Math.max(fromPs, spans[0]![0])
      const lastPs = Math.min(toPs, spans.at(-1)![1])
      yield { firstPs, lastPs, reason, place, traffic, packets }
    }
  }

  sentBetween(fromPs: number, toPs: number, traffic?: number): number {
    return this.#run.parts.reduce((sum, part, index) => {
      if (traffic !== undefined && part.traffic !== traffic) return sum
      return sum + this.#books.between('sentPackets', index, fromPs, toPs)
    }, 0)
  }

  /** Rounded to whole packets. */
  byPlace(): DropResult[] {
    const { now } = this.#run.sim
    const sums = new Map<string, DropResult>()
    this.#losses.forEach(({ reason, place }, number) => {
      const spans = this.#spans(number)
      if (spans.length === 0) return
      const key = `${reason}\n${place}`
      const known = sums.get(key)
      sums.set(key, {
        reason,
        place,
        packets: (known?.packets ?? 0) + this.#packets(number, now),
        firstPs: Math.min(known?.firstPs ?? Infinity, spans[0]![0]),
        lastPs: Math.max(known?.lastPs ?? 0, spans.at(-1)![1]),
      })
    })
    return [...sums.values()]
      .map((row) => ({ ...row, packets: Math.round(row.packets) }))
      .filter(({ packets }) => packets > 0)
      .sort((a, b) => b.packets - a.packets || (a.place < b.place ? -1 : 1))
  }

  droppedAt(place: string): number {
    const { now } = this.#run.sim
    if (this.#dropped === undefined || this.#droppedPs !== now) {
      this.#dropped = new Map()
      this.#droppedPs = now
      for (const row of this.byPlace())
        this.#dropped.set(row.place, (this.#dropped.get(row.place) ?? 0) + row.packets)
    }
    return this.#dropped.get(place) ?? 0
  }

  totals(): PacketTotals {
    const { sentPackets } = this.#books.sums(this.#run.sim.now)
    const originated = Math.round(sentPackets.reduce((a, b) => a + b, 0))
    const dropped = this.byPlace().reduce((sum, { packets }) => sum + packets, 0)
    return { originated, delivered: originated - dropped, dropped, inFlight: 0 }
  }

  series(_windowPs: number, windows: number): ReturnType<LossRecords['series']> {
    const reasons = [...(this.#windows.at(-1)?.keys() ?? [])].sort()
    return reasons.map((reason) => ({
      reason,
      values: this.#windows.slice(0, windows).map((sums, window) => {
        const before = window === 0 ? undefined : this.#windows[window - 1]!.get(reason)
        return (sums.get(reason) ?? 0) - (before ?? 0)
      }),
    }))
  }

  /** The present one among them. */
  #spans(number: number): readonly (readonly [number, number])[] {
    const { now } = this.#run.sim
    const { spans } = this.#losses[number]!
    const isOn = this.#rates.has(number) && now > this.#sincePs
    return isOn ? [...spans, [this.#sincePs, now]] : spans
  }

  #packets(number: number, nowPs: number): number {
    return this.#losses[number]!.packets + this.#lately(this.#rates.get(number) ?? 0, nowPs)
  }

  /** Since the last change. */
  #lately(rate: number, nowPs: number): number {
    return (rate * (nowPs - this.#sincePs)) / SECOND
  }

  #add(reason: string, place: string, traffic: number, packetsPerSecond: number): void {
    const number = this.#numberOf(reason, place, traffic)
    this.#rates.set(number, (this.#rates.get(number) ?? 0) + packetsPerSecond)
  }

  #numberOf(reason: string, place: string, traffic: number): number {
    const key = `${traffic}\n${reason}\n${place}`
    let number = this.#known.get(key)
    if (number === undefined) {
      number = this.#losses.push({ reason, place, traffic, packets: 0, spans: [] }) - 1
      this.#known.set(key, number)
    }
    return number
  }
}

/** Times that follow one another are one. */
function extend(spans: [number, number][], fromPs: number, toPs: number): void {
  if (toPs <= fromPs) return
  const last = spans.at(-1)
  if (last?.[1] === fromPs) last[1] = toPs
  else spans.push([fromPs, toPs])
}
