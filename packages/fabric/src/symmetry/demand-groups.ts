import type { DemandMatrix } from '../traffic/demand/demand-matrix.ts'

export interface GroupDemand {
  /** Indices of groups; the same group where its members send to each other. */
  readonly from: number
  readonly to: number
  /** Everything that is the same for every pair: by class, rates. */
  readonly description: string
}

/**
 * Hosts in groups so that a demand depends on the two groups alone: swapping two hosts of a group changes nothing. Many
 * matrices are so; for one that is not, every host is a group of its own.
 */
export function demandGroups(demand: DemandMatrix): {
  readonly groups: readonly (readonly number[])[]
  readonly between: readonly GroupDemand[]
} {
  const { rows: cells, descriptions } = pairCells(demand)
  const hosts = [...new Set([...demand.source, ...demand.destination])].sort((a, b) => a - b)
  const groups: number[][] = []
  const byContents = new Map<string, number[][]>()
  const sums = neighbourSums(cells)
  for (const host of hosts) {
    // twins have the same cells, wherever they stand: only those need to be compared in full
    const candidates = listIn(byContents, contentsOf(cells, host))
    const known = candidates.find(
      (group) => mayBeTwins(cells, sums, group[0]!, host) && areTwins(cells, hosts, group[0]!, host),
    )
    if (known !== undefined) {
      known.push(host)
      continue
    }
    const group = [host]
    candidates.push(group)
    groups.push(group)
  }
  const between: GroupDemand[] = []
  groups.forEach((from, i) => {
    groups.forEach((to, j) => {
      const [a, b] = i === j ? [from[0], from[1]] : [from[0], to[0]]
      const cell = a === undefined || b === undefined ? undefined : cells.get(a)?.get(b)
      if (cell !== undefined) between.push({ from: i, to: j, description: descriptions[cell]! })
    })
  })
  return { groups, between }
}

/** What every host sends to every other, as the number of a description. */
type Cells = ReadonlyMap<number, ReadonlyMap<number, number>>

function pairCells(demand: DemandMatrix): { readonly rows: Cells; readonly descriptions: readonly string[] } {
  const rows = new Map<number, Map<number, number>>()
  const descriptions: string[] = []
  const numbers = new Map<string, number>()
  const numberOf = (description: string) => {
    let number = numbers.get(description)
    if (number === undefined) {
      number = descriptions.push(description) - 1
      numbers.set(description, number)
    }
    return number
  }
  const { source, destination, classOf, ipBps, packetsPerSecond, connectionsPerSecond } = demand
  const isLikeBefore = (i: number) =>
    i > 0 &&
    [classOf, ipBps, packetsPerSecond, connectionsPerSecond].every((column) => column[i] === column[i - 1])
  let entry = -1
  for (let i = 0; i < source.length; i++) {
    // most matrices repeat themselves: texts are made where something changes
    if (!isLikeBefore(i)) {
      entry = numberOf(`${classOf[i]}/${ipBps[i]}/${packetsPerSecond[i]}/${connectionsPerSecond[i]}`)
    }
    let row = rows.get(source[i]!)
    if (row === undefined) {
      row = new Map<number, number>()
      rows.set(source[i]!, row)
    }
    const there = row.get(destination[i]!)
    row.set(destination[i]!, there === undefined ? entry : numberOf(sum(descriptions, there, entry)))
  }
  return { rows, descriptions }
}

/** Several entries of one pair, in whatever order they came. */
function sum(descriptions: readonly string[], a: number, b: number): string {
  return [...descriptions[a]!.split(' '), descriptions[b]!].sort().join(' ')
}

/** How often which cell stands in a host's row. */
function contentsOf(cells: Cells, host: number): string {
  const counts = new Map<number, number>()
  for (const cell of cells.get(host)?.values() ?? []) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  return JSON.stringify([...counts].sort(([a], [b]) => a - b))
}

/** By host, a sum over all other hosts of a hash of what passes between the two. */
function neighbourSums(cells: Cells): ReadonlyMap<number, number> {
  const sums = new Map<number, number>()
  const add = (host: number, word: number) => sums.set(host, ((sums.get(host) ?? 0) + word) | 0)
  for (const [from, row] of cells) {
    for (const [to, cell] of row) {
      if (from === to) continue
      add(from, wordOf(to, cell, SENT))
      add(to, wordOf(from, cell, RECEIVED))
    }
  }
  return sums
}

const SENT = 0x9e3779b1
const RECEIVED = 0x85ebca6b

function wordOf(other: number, cell: number | undefined, direction: number): number {
  if (cell === undefined) return 0
  let h = Math.imul(other + 1, direction) ^ Math.imul(cell + 1, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  return h ^ (h >>> 15)
}

/** Whether sums agree once what passes between the two is taken out: false says no, true is to be looked at closely. */
function mayBeTwins(cells: Cells, sums: ReadonlyMap<number, number>, a: number, b: number): boolean {
  const ab = cells.get(a)?.get(b)
  const ba = cells.get(b)?.get(a)
  const ofA = (sums.get(a) ?? 0) - wordOf(b, ab, SENT) - wordOf(b, ba, RECEIVED)
  const ofB = (sums.get(b) ?? 0) - wordOf(a, ba, SENT) - wordOf(a, ab, RECEIVED)
  return (ofA | 0) === (ofB | 0)
}

function areTwins(cells: Cells, hosts: readonly number[], a: number, b: number): boolean {
  const cell = (from: number, to: number) => cells.get(from)?.get(to)
  if (cell(a, b) !== cell(b, a) || cell(a, a) !== cell(b, b)) return false
  return hosts.every(
    (other) =>
      other === a || other === b || (cell(a, other) === cell(b, other) && cell(other, a) === cell(other, b)),
  )
}

function listIn<Item>(lists: Map<string, Item[]>, key: string): Item[] {
  let list = lists.get(key)
  if (list === undefined) {
    list = []
    lists.set(key, list)
  }
  return list
}
