/**
 * What the failure of one part alone changes, beyond everything being up. Cells are of class and switch, as the class
 * table's columns; sets of them are bits, 32 to a word.
 */
export interface PartChange {
  /** Links that are dead, those of dead nodes among them. */
  readonly links: Int32Array
  /** Endpoints whose only link is dead. */
  readonly endpoints: Int32Array
  /** By direction, bit/s on the wire. */
  readonly loads: Float64Array
  /** The most of it over the rate, by block of directions. */
  readonly rises: Float64Array
  /** IP bit/s of demand that finds no way. */
  readonly lostIp: number
  /** Cells where less or more comes in, or that send otherwise. */
  readonly visited: Int32Array
  /** Of these, cells that send otherwise; of these again, cells that are farther away or cut off. */
  readonly changed: Int32Array
  readonly moved: Int32Array
  /** The cells of `visited`, ascending, and by how much what comes in changes; bit/s on the wire. */
  readonly cells: Int32Array
  readonly deltas: Float64Array
  /** By class: 1 where something that moved has traffic, which goes along new ways or is lost. */
  readonly rerouted: Uint8Array
  /** Links of these new ways. */
  readonly fresh: Int32Array
}

/** Directions in a block. */
export const BLOCK = 64

/** The highest of loads over rates, by block of directions. */
export function risesOf(loads: Float64Array, perBps: Float64Array): Float64Array {
  const rises = new Float64Array(Math.ceil(loads.length / BLOCK)).fill(-Infinity)
  for (let i = 0; i < loads.length; i++) {
    const block = Math.floor(i / BLOCK)
    rises[block] = Math.max(rises[block]!, loads[i]! * perBps[i]!)
  }
  return rises
}

export const hasBit = (words: Int32Array, at: number): boolean => ((words[at >> 5]! >>> (at & 31)) & 1) === 1

/** By how much what comes in at a cell changes; 0 where it does not. */
export function deltaAt({ visited, cells, deltas }: PartChange, cell: number): number {
  if (!hasBit(visited, cell)) return 0
  let low = 0
  let high = cells.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (cells[middle]! < cell) low = middle + 1
    else high = middle
  }
  return deltas[low]!
}

/** About how much memory a change takes. */
export function bytesOf(change: PartChange): number {
  const columns = [
    change.links,
    change.endpoints,
    change.loads,
    change.rises,
    change.visited,
    change.changed,
    change.moved,
    change.cells,
    change.deltas,
    change.rerouted,
    change.fresh,
  ]
  return columns.reduce((sum, { byteLength }) => sum + byteLength, 0)
}
