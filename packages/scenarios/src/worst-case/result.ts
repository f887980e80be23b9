/** The traffic within the limits that loads links most, and how much. */
export interface WorstCase {
  readonly schema: 1
  readonly clock: 'steady'
  readonly assumptions: readonly string[]
  /** IP bytes of all packets. */
  readonly packetBytes: number
  /** Classes of directions that symmetry tells apart, highest utilisation first. */
  readonly directions: readonly WorstDirection[]
  /** The matrix behind the first of `directions`, IP bit/s between hosts. */
  readonly witness: readonly WitnessFlow[]
  readonly covered: Coverage
  /** Interrupted: some failure sets were not looked at, and loads may be higher than said. */
  readonly partial: boolean
}

export interface WorstDirection {
  /** `a → b`. */
  readonly direction: string
  readonly link: string
  readonly tier: string
  /** How many directions, this one among them, can stand for each other. */
  readonly alike: number
  readonly rateBps: number
  /** Bit/s on the wire, framing included, that the worst matrix offers. */
  readonly loadBps: number
  /** No matrix within the limits offers more than this: a dual solution, within 1e-9 of `loadBps`. */
  readonly boundBps: number
  /** Load over rate. */
  readonly utilization: number
  /** What has failed in the worst case; empty: nothing. */
  readonly failed: readonly string[]
  /** Hosts that send, and that receive, in the worst matrix. */
  readonly senders: number
  readonly receivers: number
}

export interface WitnessFlow {
  readonly from: string
  readonly to: string
  readonly rateBps: number
}

/** What was looked at. Everything that was is exact: other sets are the same by symmetry. */
export interface Coverage {
  readonly hosts: number
  readonly links: number
  /** Directions asked about. */
  readonly directions: number
  /** Up to how many parts may fail, and which kind, such as `link` or `link/fabric`. */
  readonly failures: number
  readonly of: string
  /** Failure sets, none failing among them, and those that were routed; the rest are the same by symmetry. */
  readonly sets: number
  readonly setsRouted: number
  /** Programmes: solved, and left out because a bound showed that they cannot be worse. */
  readonly solved: number
  readonly bounded: number
}
