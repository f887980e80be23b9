/** What a reader may have to be told. */
export interface ReadOptions {
  /** Bits per second of a capacity or demand of 1, for SNDlib, whose numbers have no unit. */
  readonly unitBps?: number
  /** Patterns of nodes that are hosts, `*` for anything but a slash, instead of a guess; empty: none is. */
  readonly hostNodes?: readonly string[]
}
