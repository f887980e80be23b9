/**
 * What every format is read into and written from: no more than a drawing of a network, its demands, and where in the
 * file each part stood. Quantities are in base units; what a file does not say is absent, never guessed here.
 */
export interface ExchangeNetwork {
  readonly name?: string
  readonly nodes: readonly ExchangeNode[]
  /** Parallel links are links of their own, in the order of the file. */
  readonly links: readonly ExchangeLink[]
  readonly demands: readonly ExchangeDemand[]
}

export interface ExchangeNode {
  /** Unique; what links and demands call it. */
  readonly id: string
  /** What people call it, where that is not the id. Need not be unique. */
  readonly label?: string
  readonly kind: 'switch' | 'host'
  readonly line?: number
  readonly tier?: string
  readonly bond?: boolean
  readonly place?: Place
  /** False where traffic neither begins nor ends, such as a shared segment drawn as a node. */
  readonly endpoint?: boolean
}

/** A point on Earth, in degrees: north and east are positive. */
export interface Place {
  readonly latitudeDeg: number
  readonly longitudeDeg: number
}

export interface ExchangeLink {
  /** Ids of two nodes. */
  readonly ends: readonly [string, string]
  readonly line?: number
  /** Of each direction. Not yet fit for a scenario: it may be a fraction, or one that cannot be timed exactly. */
  readonly rateBps?: number
  /** Why `rateBps` is absent, where the file says something of the rate. */
  readonly rateRefusal?: string
  readonly delayPs?: number
  readonly cost?: number
  readonly weight?: number
  readonly bitErrorRate?: number
  /** Bytes beyond the IP packet; absent: Ethernet. */
  readonly overheadBytes?: number
  /** The least that a packet occupies, beside `overheadBytes`; absent: nothing. */
  readonly slotBytesMin?: number
  readonly tier?: string
}

/** Traffic of one node for another. */
export interface ExchangeDemand {
  readonly name?: string
  /** Ids of nodes; in a matrix that stands alone, whatever names its file uses. */
  readonly from: string
  readonly to: string
  /** IP bits per second, 0 or more, fractions allowed. */
  readonly rateBps: number
  /** Absent: nobody states it. */
  readonly packetsPerSecond?: number
  /** New connections that the sender opens to the receiver; absent: nobody states it. */
  readonly connectionsPerSecond?: number
  readonly line?: number
}

export const linkText = ({ ends: [a, b] }: ExchangeLink): string => `${a} - ${b}`

export const demandText = ({ name, from, to }: ExchangeDemand): string => name ?? `${from} -> ${to}`
