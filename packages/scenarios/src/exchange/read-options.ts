/** What a reader may have to be told. */
export interface ReadOptions {
  /** Bits per second of a capacity or demand of 1, for SNDlib, whose numbers have no unit. */
  readonly unitBps?: number
}
