import { hopsFromHosts, type Topology } from '@weft/fabric'
import { binsOf } from './fold.ts'
import { withoutCommonPrefix } from './labels.ts'

/** A number for every two things that have one, such as the utilisation of links between switches of two tiers. */
export interface Matrix {
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  /** Row by row; null where there is none. */
  readonly values: readonly (number | null)[]
}

export interface TierMatrix extends Matrix {
  /** Tiers: senders, receivers. Rows are those of the tier nearer to the hosts, whoever sends. */
  readonly from: string
  readonly to: string
  readonly rowTier: string
  readonly columnTier: string
  /** Columns are the first, second ... neighbour of each row, not the same ones for all rows. */
  readonly isByNeighbour: boolean
  /** Neighbouring rows and columns stand together, the highest value for all; 1 where each is on its own. */
  readonly rowsEach: number
  readonly columnsEach: number
  readonly links: number
}

export interface TierMatrixOptions {
  /** Rows and columns, at most. */
  readonly cellsMax?: number
}

const CELLS_MAX = 64

/** Links between the nodes of two tiers. */
interface Joint {
  readonly row: string
  readonly column: string
  readonly links: {
    readonly link: number
    readonly row: number
    readonly column: number
    readonly up: 0 | 1
  }[]
}

/**
 * Utilisation of links between tiers, a matrix for each two tiers and direction, in order of tiers from the hosts up. Links
 * within a tier are in none. Of parallel links a cell has the highest value.
 */
export function tierMatrices(
  topology: Topology,
  utilizationOf: (direction: number) => number,
  { cellsMax = CELLS_MAX }: TierMatrixOptions = {},
): TierMatrix[] {
  return jointsOf(topology).flatMap((joint) => {
    const shape = shapeOf(topology, joint)
    if (shape.columns.length < 2) return []
    return [true, false].map((isUp): TierMatrix => {
      const cell = (index: number) => {
        const { link, up } = joint.links[index]!
        return utilizationOf(2 * link + (isUp ? up : 1 - up))
      }
      return {
        from: isUp ? joint.row : joint.column,
        to: isUp ? joint.column : joint.row,
        rowTier: joint.row,
        columnTier: joint.column,
        isByNeighbour: shape.isByNeighbour,
        links: joint.links.length,
        ...binned(shape, cell, cellsMax),
      }
    })
  })
}

function jointsOf(topology: Topology): Joint[] {
  const level = hopsFromHosts(topology)
  const tierOf = (node: number) => {
    const each = topology.nodes[node]!
    return each.kind === 'host' ? 'host' : each.tier
  }
  const joints = new Map<string, Joint>()
  const heightOf = (node: number) => level.get(topology.nodes[node]!.name) ?? Number.MAX_VALUE
  topology.linkNodes.forEach(([a, b], link) => {
    if (tierOf(a) === tierOf(b)) return
    const isUpward = heightOf(a) === heightOf(b) ? tierOf(a) < tierOf(b) : heightOf(a) < heightOf(b)
    const [low, high] = isUpward ? [a, b] : [b, a]
    // hosts are columns of their switch's row: a row for each would be endless
    const isOfHosts = tierOf(low) === 'host'
    const [row, column] = isOfHosts ? [high, low] : [low, high]
    const key = JSON.stringify([tierOf(row), tierOf(column)])
    const joint = joints.get(key) ?? { row: tierOf(row), column: tierOf(column), links: [] }
    joints.set(key, joint)
    // the end that the row's node sends from
    joint.links.push({ link, row, column, up: topology.linkNodes[link]![0] === row ? 0 : 1 })
  })
  return [...joints.values()].sort((a, b) => lowest(a, heightOf) - lowest(b, heightOf))
}

/** Hosts come last: the fabric is what is asked about. */
const lowest = ({ links, column }: Joint, heightOf: (node: number) => number) =>
  column === 'host'
    ? Number.MAX_VALUE
    : links.reduce((least, { row }) => Math.min(least, heightOf(row)), Infinity)

interface Shape {
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  readonly isByNeighbour: boolean
  /** Of every link: its row and column. */
  readonly places: readonly (readonly [number, number])[]
}

/** Where nearly every row has a link to nearly every column they are named; else columns count each row's neighbours. */
function shapeOf(topology: Topology, { links }: Joint): Shape {
  const ordered = (key: 'row' | 'column') =>
    [...new Set(links.map((each) => each[key]))].sort((a, b) => a - b)
  const [rows, columns] = [ordered('row'), ordered('column')]
  const rowAt = new Map(rows.map((node, index) => [node, index]))
  const neighbours = rows.map(() => new Map<number, number>())
  for (const { row, column } of [...links].sort((a, b) => a.column - b.column)) {
    const own = neighbours[rowAt.get(row)!]!
    if (!own.has(column)) own.set(column, own.size)
  }
  const filled = neighbours.reduce((sum, own) => sum + own.size, 0)
  const names = withoutCommonPrefix(rows.map((node) => topology.nodes[node]!.name))
  const columnAt = new Map(columns.map((node, index) => [node, index]))
  if (filled > 0.5 * rows.length * columns.length)
    return {
      rows: names,
      columns: withoutCommonPrefix(columns.map((node) => topology.nodes[node]!.name)),
      isByNeighbour: false,
      places: links.map(({ row, column }) => [rowAt.get(row)!, columnAt.get(column)!]),
    }
  const widest = neighbours.reduce((most, own) => Math.max(most, own.size), 0)
  return {
    rows: names,
    columns: Array.from({ length: widest }, (_, index) => String(index + 1)),
    isByNeighbour: true,
    places: links.map(({ row, column }) => [rowAt.get(row)!, neighbours[rowAt.get(row)!]!.get(column)!]),
  }
}

function binned(
  { rows, columns, places }: Shape,
  numberOf: (index: number) => number,
  most: number,
): Matrix & Pick<TierMatrix, 'rowsEach' | 'columnsEach'> {
  const [rowBins, columnBins] = [binsOf(rows.length, most), binsOf(columns.length, most)]
  const [rowBin, columnBin] = [binIndex(rowBins), binIndex(columnBins)]
  const width = columnBins.length - 1
  const values: (number | null)[] = new Array((rowBins.length - 1) * width).fill(null)
  places.forEach(([row, column], index) => {
    const cell = rowBin[row]! * width + columnBin[column]!
    values[cell] = Math.max(values[cell] ?? 0, numberOf(index))
  })
  return {
    rows: binNames(rows, rowBins),
    columns: binNames(columns, columnBins),
    values,
    rowsEach: Math.ceil(rows.length / (rowBins.length - 1)),
    columnsEach: Math.ceil(columns.length / width),
  }
}

/** The bin of every thing. */
const binIndex = (bins: readonly number[]): number[] =>
  bins.slice(1).flatMap((end, bin) => Array.from({ length: end - bins[bin]! }, () => bin))

/** `leaf-0`, or `leaf-0 to leaf-3`. */
const binNames = (names: readonly string[], bins: readonly number[]): string[] =>
  bins.slice(1).map((end, bin) => {
    const [first, last] = [names[bins[bin]!]!, names[end - 1]!]
    return first === last ? first : `${first} to ${last}`
  })
