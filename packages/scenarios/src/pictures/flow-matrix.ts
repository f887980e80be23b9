import type { Topology } from '@weft/fabric'
import { attachmentsOf, placesOf } from './attachments.ts'
import { foldSmallest } from './fold.ts'
import { withoutCommonPrefix } from './labels.ts'
import type { Matrix } from './tier-matrices.ts'

/** Bit/s between hosts, by name. */
export interface NamedFlow {
  readonly from: string
  readonly to: string
  readonly rateBps: number
}

export interface FlowMatrix extends Matrix {
  /** What rows and columns are: hosts, or the switches that they hang off. */
  readonly of: 'hosts' | 'places'
}

const ROWS_MAX = 48

/**
 * Who sends how much to whom: host by host where there are few, else by the switches that they hang off; beyond that
 * many, those that send or receive least stand together. The cells add up to all flows.
 */
export function flowMatrix(topology: Topology, flows: readonly NamedFlow[], rowsMax = ROWS_MAX): FlowMatrix {
  const inOrder = (names: Iterable<string>) =>
    [...new Set(names)].sort((a, b) => topology.nodeIndex(a) - topology.nodeIndex(b))
  const senders = inOrder(flows.map(({ from }) => from))
  const receivers = inOrder(flows.map(({ to }) => to))
  if (senders.length <= rowsMax && receivers.length <= rowsMax)
    return { of: 'hosts', ...matrixOf(flows, senders, receivers, rowsMax) }
  const attachments = attachmentsOf(topology)
  const places = placesOf(attachments)
  const placeOf = (host: string) => places.names[places.of[attachments.of[topology.nodeIndex(host)]!]!]!
  const byPlace = flows.map(({ from, to, rateBps }) => ({ from: placeOf(from), to: placeOf(to), rateBps }))
  const rows = new Set(byPlace.map(({ from }) => from))
  const columns = new Set(byPlace.map(({ to }) => to))
  const known = places.names.filter((name) => rows.has(name) || columns.has(name))
  const [own, others] = [known.filter((name) => rows.has(name)), known.filter((name) => columns.has(name))]
  return { of: 'places', ...matrixOf(byPlace, own, others, rowsMax) }
}

function matrixOf(
  flows: readonly NamedFlow[],
  rows: readonly string[],
  columns: readonly string[],
  most: number,
): Matrix {
  // one prefix for both: a row and a column of one name are one host
  const short = withoutCommonPrefix([...rows, ...columns])
  const [row, column] = [
    folding(flows, rows, short.slice(0, rows.length), 'from', most),
    folding(flows, columns, short.slice(rows.length), 'to', most),
  ] as const
  const width = column.labels.length
  const values: (number | null)[] = new Array(row.labels.length * width).fill(null)
  for (const { from, to, rateBps } of flows) {
    const cell = row.at.get(from)! * width + column.at.get(to)!
    values[cell] = (values[cell] ?? 0) + rateBps
  }
  return { rows: row.labels, columns: column.labels, values }
}

function folding(
  flows: readonly NamedFlow[],
  names: readonly string[],
  short: readonly string[],
  end: 'from' | 'to',
  most: number,
) {
  const sums = new Map(names.map((name) => [name, 0]))
  for (const flow of flows) sums.set(flow[end], sums.get(flow[end])! + flow.rateBps)
  const { kept, others } = foldSmallest([...sums.values()], most)
  const at = new Map<string, number>()
  for (const index of kept) at.set(names[index]!, at.size)
  for (const index of others) at.set(names[index]!, kept.length)
  const labels = kept.map((index) => short[index]!)
  return { at, labels: others.length > 0 ? [...labels, `${others.length} others`] : labels }
}
