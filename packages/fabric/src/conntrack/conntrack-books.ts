/** Who found the table full first, and when. */
export interface ConntrackVictim {
  readonly atPs: number
  readonly protocol: number
  readonly zone: number
  /** Interned addresses. */
  readonly source: number
  readonly destination: number
  readonly sourcePort: number
  readonly destinationPort: number
}

/** One side of a connection, addresses interned; of ICMP both ports are the identifier. */
export interface ConntrackTuple {
  readonly source: number
  readonly destination: number
  readonly sourcePort: number
  readonly destinationPort: number
}

/** A connection as it stands. */
export interface ConntrackEntry {
  readonly protocol: number
  readonly zone: number
  readonly original: ConntrackTuple
  readonly reply: ConntrackTuple
  /** Of the protocol's own states: see `TCP_STATES`. */
  readonly state: number
  readonly isAnswered: boolean
  readonly isAssured: boolean
  readonly createdPs: number
  readonly expiryPs: number
}

/** What a table of connections has counted. */
export interface ConntrackCounts {
  readonly size: number
  readonly peak: number
  readonly peakPs: number
  /** Entries over time. */
  readonly mean: number
  readonly inserted: number
  readonly expired: number
  /** New connections that found the table full. */
  readonly refused: number
  /** New connections whose replies could not be told from those of another one. */
  readonly clashed: number
  /** Entries that made room for new ones before their time. */
  readonly evicted: number
  /** Packets of no connection that could not open one. */
  readonly invalid: number
  readonly firstVictim: ConntrackVictim | undefined
}
