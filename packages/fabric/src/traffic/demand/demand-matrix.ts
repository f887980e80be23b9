import { ConfigError, type Issue } from '@weft/core'

/** A share of a class's packets that have this size. */
export interface PacketSizeShare {
  /** IP bytes, headers included. */
  readonly sizeBytes: number
  /** Of the packets; the shares of a class add up to 1. */
  readonly share: number
}

/** What demands have in common. */
export interface DemandClass {
  readonly name: string
  /** Which of its addresses a host uses. */
  readonly family: 'ipv4' | 'ipv6'
  /**
   * Sizes of packets. Absent: all packets of a demand have its mean size, which leaves queueing delays too low where
   * sizes are mixed.
   */
  readonly packetSizes?: readonly PacketSizeShare[]
  /**
   * The connections that its packets are of: what policies go by. Absent: not known, and no policy stops them. Connections
   * over TCP that are not let through send nothing.
   */
  readonly connections?: DemandConnections
}

export interface DemandConnections {
  /** IANA's number. */
  readonly protocol: number
  /** Destination port of who opens them. */
  readonly port: number
  /**
   * The address that who opens them calls, of a service that gives them to the receiver; absent: the receiver's own. What
   * nobody serves has its sender for a receiver.
   */
  readonly address?: string
  /** The packets go back to who opened them. */
  readonly isAnswer: boolean
}

/**
 * Who offers how much to whom: plain data, one entry per number in the columns. Entries of the same pair add up. Rates
 * are of IP packets, headers included: what a router counts, less the link's own framing.
 */
export interface DemandMatrix {
  readonly classes: readonly DemandClass[]
  /** Node indices of hosts, as the topology numbers them. */
  readonly source: Int32Array
  readonly destination: Int32Array
  /** Index into `classes`. */
  readonly classOf: Uint16Array
  /** IP bit/s, 0 or more. */
  readonly ipBps: Float64Array
  readonly packetsPerSecond: Float64Array
  /** New connections per second; 0 where nobody asks. */
  readonly connectionsPerSecond: Float64Array
}

export const PACKET_BYTES_DEFAULT = 1500

/** One class of IPv4 packets of 1500 bytes. */
export const DEFAULT_DEMAND_CLASS: DemandClass = {
  name: 'default',
  family: 'ipv4',
  packetSizes: [{ sizeBytes: PACKET_BYTES_DEFAULT, share: 1 }],
}

/** A matrix of zeros, to be filled in by whoever makes it. */
export function emptyDemand(entries: number, classes: readonly DemandClass[]): DemandMatrix {
  return {
    classes,
    source: new Int32Array(entries),
    destination: new Int32Array(entries),
    classOf: new Uint16Array(entries),
    ipBps: new Float64Array(entries),
    packetsPerSecond: new Float64Array(entries),
    connectionsPerSecond: new Float64Array(entries),
  }
}

/** Mean IP bytes of a class's packets; 1500 where it states no sizes. */
export function meanPacketBytes({ packetSizes }: DemandClass): number {
  if (packetSizes === undefined) return PACKET_BYTES_DEFAULT
  return packetSizes.reduce((sum, { sizeBytes, share }) => sum + sizeBytes * share, 0)
}

/** One demand as people write it. */
export interface Demand {
  readonly source: number
  readonly destination: number
  readonly ipBps: number
  /** Absent: as many as packets of the class's mean size make. */
  readonly packetsPerSecond?: number
  readonly connectionsPerSecond?: number
  /** Index into the classes; absent: the first. */
  readonly class?: number
}

export function demandMatrix(
  demands: readonly Demand[],
  classes: readonly DemandClass[] = [DEFAULT_DEMAND_CLASS],
): DemandMatrix {
  const matrix = emptyDemand(demands.length, classes)
  demands.forEach((demand, i) => {
    const of = demand.class ?? 0
    matrix.source[i] = demand.source
    matrix.destination[i] = demand.destination
    matrix.classOf[i] = of
    matrix.ipBps[i] = demand.ipBps
    matrix.packetsPerSecond[i] =
      demand.packetsPerSecond ?? demand.ipBps / (8 * meanPacketBytes(classes[of] ?? DEFAULT_DEMAND_CLASS))
    matrix.connectionsPerSecond[i] = demand.connectionsPerSecond ?? 0
  })
  return matrix
}

/** All entries of several matrices, their classes side by side. */
export function joinDemands(matrices: readonly DemandMatrix[]): DemandMatrix {
  const entries = matrices.reduce((sum, { source }) => sum + source.length, 0)
  const joined = emptyDemand(
    entries,
    matrices.flatMap(({ classes }) => classes),
  )
  let at = 0
  let firstClass = 0
  for (const matrix of matrices) {
    joined.source.set(matrix.source, at)
    joined.destination.set(matrix.destination, at)
    joined.ipBps.set(matrix.ipBps, at)
    joined.packetsPerSecond.set(matrix.packetsPerSecond, at)
    joined.connectionsPerSecond.set(matrix.connectionsPerSecond, at)
    for (let i = 0; i < matrix.source.length; i++) joined.classOf[at + i] = matrix.classOf[i]! + firstClass
    at += matrix.source.length
    firstClass += matrix.classes.length
  }
  return joined
}

const COLUMNS = ['source', 'destination', 'ipBps', 'packetsPerSecond', 'connectionsPerSecond'] as const

/** Some entries of a matrix, all of one class. */
export const demandOfClass = (demand: DemandMatrix, of: number, entries: readonly number[]): DemandMatrix =>
  demandOfClasses(demand, of, 1, entries)

/** Some entries of a matrix, all of so many classes from one on. */
export function demandOfClasses(
  demand: DemandMatrix,
  first: number,
  count: number,
  entries: readonly number[],
): DemandMatrix {
  const part = emptyDemand(entries.length, demand.classes.slice(first, first + count))
  entries.forEach((entry, i) => {
    part.classOf[i] = demand.classOf[entry]! - first
  })
  for (const column of COLUMNS) {
    const [from, to] = [demand[column], part[column]]
    entries.forEach((entry, i) => {
      to[i] = from[entry]!
    })
  }
  return part
}

const ISSUES_MAX = 20
/** How far shares of packet sizes may be from adding up to 1. */
const SHARE_TOLERANCE = 1e-9

/** Throws ConfigError with the first problems of a matrix. `nameOf` gives a node's name, or undefined where it is no host. */
export function checkDemand(matrix: DemandMatrix, nameOf: (node: number) => string | undefined): void {
  const issues: Issue[] = classIssues(matrix.classes)
  for (let i = 0; i < matrix.source.length && issues.length < ISSUES_MAX; i++) {
    if (
      isSound(matrix, i) &&
      nameOf(matrix.source[i]!) !== undefined &&
      nameOf(matrix.destination[i]!) !== undefined
    )
      continue
    const add = (column: string, message: string) => issues.push({ path: ['demands', i, column], message })
    for (const column of ['source', 'destination'] as const) {
      if (nameOf(matrix[column][i]!) === undefined)
        add(column, `node ${matrix[column][i]} is not a host; demands are between hosts`)
    }
    if (matrix.classOf[i]! >= matrix.classes.length)
      add('classOf', `class ${matrix.classOf[i]} is unknown; there are ${matrix.classes.length}`)
    for (const column of ['ipBps', 'packetsPerSecond', 'connectionsPerSecond'] as const) {
      const value = matrix[column][i]!
      if (!(value >= 0 && value < Infinity)) add(column, `is ${value}, expected a rate of 0 or more`)
    }
    if (matrix.ipBps[i]! > 0 && !(matrix.packetsPerSecond[i]! > 0))
      add('packetsPerSecond', `is ${matrix.packetsPerSecond[i]} while bits are sent; expected more than 0`)
  }
  if (issues.length > 0) throw new ConfigError(issues)
}

/** Whether an entry's numbers are in range: the quick answer for most of a million. */
function isSound(matrix: DemandMatrix, i: number): boolean {
  const ipBps = matrix.ipBps[i]!
  const packets = matrix.packetsPerSecond[i]!
  const connections = matrix.connectionsPerSecond[i]!
  if (!(ipBps >= 0 && ipBps < Infinity && packets >= 0 && packets < Infinity)) return false
  if (!(connections >= 0 && connections < Infinity) || (ipBps > 0 && packets === 0)) return false
  return matrix.classOf[i]! < matrix.classes.length
}

function classIssues(classes: readonly DemandClass[]): Issue[] {
  return classes.flatMap(({ name, packetSizes }, i) => {
    if (packetSizes === undefined) return []
    const sum = packetSizes.reduce((total, { share }) => total + share, 0)
    const valid = packetSizes.every(({ sizeBytes, share }) => sizeBytes > 0 && share >= 0)
    if (valid && Math.abs(sum - 1) <= SHARE_TOLERANCE) return []
    const message = `of class "${name}" have shares that add up to ${sum}; expected sizes above 0 and shares that add up to 1`
    return [{ path: ['classes', i, 'packetSizes'], message }]
  })
}
