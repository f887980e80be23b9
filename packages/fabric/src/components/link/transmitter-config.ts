import type { LossModel } from './bit-errors.ts'

/** One direction of a link as its transmitter takes it. */
export interface TransmitterConfig {
  readonly name: string
  readonly rateBps: number
  readonly delayPs: number
  /** Wire bytes beyond the IP bytes, and the least that a packet occupies. */
  readonly overheadBytes: number
  readonly slotBytesMin: number
  /** Waiting packets and IP bytes allowed behind the one in service; Infinity for no limit. */
  readonly capacityPackets: number
  readonly capacityBytes: number
  /** Waiting packets and IP bytes from which CE is set; Infinity for never. */
  readonly ecnPackets: number
  readonly ecnBytes: number
  readonly markAtDequeue: boolean
  readonly loss?: LossModel
}
