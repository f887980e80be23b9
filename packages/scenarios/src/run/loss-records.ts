import type { DropResult, PacketTotals } from '../result/result.ts'

/** Packets that were lost alike: for the same reason, at the same place, of the same traffic. */
export interface LossRow {
  readonly firstPs: number
  readonly lastPs: number
  readonly reason: string
  /** A direction of a link, or a node. */
  readonly place: string
  /** Index of the traffic; -1 for packets that belong to no flow, and for ICMP errors. */
  readonly traffic: number
  /** Whole where packets are followed; where rates are, what is expected. */
  readonly packets: number
}

/** What became of packets: where a clock tells of single ones, or of rates that lose a part of them. */
export interface LossRecords {
  /** What was lost from one marked instant up to another. */
  rowsBetween(fromPs: number, toPs: number): Iterable<LossRow>
  /** Packets of one traffic, or of all, that were sent between two marked instants. */
  sentBetween(fromPs: number, toPs: number, traffic?: number): number
  /** All of the run, by reason and place, most first. */
  byPlace(): DropResult[]
  droppedAt(place: string): number
  totals(): PacketTotals
  /** By reason, window by window, for so many windows of this length from the start. */
  series(windowPs: number, windows: number): { readonly reason: string; readonly values: readonly number[] }[]
}
