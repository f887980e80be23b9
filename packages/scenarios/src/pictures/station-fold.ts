import type { Topology } from '@weft/fabric'
import { foldSmallest } from './fold.ts'
import { withoutCommonPrefix } from './labels.ts'
import { FURTHER, LAST_COLUMN, LOST, type RawStation, type WayFlows } from './way-flows.ts'

export interface WayColumn {
  readonly title: string
  readonly stations: readonly Station[]
}

export interface Station {
  readonly label: string
  /** How many places or switches it stands for. */
  readonly members: number
  readonly bps: number
  /** Where what has no way ends. */
  readonly isLost: boolean
}

/** From a station to another, further right. */
export interface Ribbon {
  readonly from: readonly [column: number, station: number]
  readonly to: readonly [column: number, station: number]
  readonly bps: number
}

/** Switches whose shares differ by less than that are alike: their tier stands for them. */
const ALIKE = 1.25

interface Group {
  readonly label: string
  readonly ids: readonly number[]
}

/** Columns of few stations from flows between many: the smallest of each column together, columns without any left out. */
export class StationFold {
  readonly columns: readonly WayColumn[]
  readonly ribbons: readonly Ribbon[]
  readonly #topology: Topology
  readonly #places: readonly string[]
  readonly #most: number

  constructor(topology: Topology, places: readonly string[], flows: WayFlows, most: number) {
    this.#topology = topology
    this.#places = withoutCommonPrefix(places)
    this.#most = most
    const through = throughput(flows)
    const groups = through.map((sums, column) => this.#group(column, sums))
    const place = new Map<string, readonly [number, number]>()
    const columns: WayColumn[] = []
    groups.forEach((own, column) => {
      if (own.length === 0) return
      for (const [index, { ids }] of own.entries())
        for (const id of ids) place.set(`${column},${id}`, [columns.length, index])
      columns.push({
        title: this.#titleOf(column, through[column]!),
        stations: own.map(({ label, ids }) => ({
          label,
          members: ids.length,
          bps: ids.reduce((sum, id) => sum + through[column]!.get(id)!, 0),
          isLost: ids[0] === LOST,
        })),
      })
    })
    this.columns = columns
    this.ribbons = ribbonsOf(flows, (station) => place.get(station.join())!)
  }

  #group(column: number, sums: ReadonlyMap<number, number>): Group[] {
    const own = [...sums.keys()].filter((id) => id >= 0).sort((a, b) => a - b)
    const special = [...sums.keys()].filter((id) => id < 0).map((id) => ({ label: SPECIAL[id]!, ids: [id] }))
    const isEnd = column === 0 || column === LAST_COLUMN
    const sizes = own.map((id) => sums.get(id)!)
    if (!isEnd && own.length > this.#most && Math.max(...sizes) < ALIKE * Math.min(...sizes))
      return [...this.#tiersOf(own), ...special]
    const { kept, others } = foldSmallest(sizes, this.#most)
    const labels = isEnd ? this.#places : this.#switchLabels(own)
    const groups = kept.map((index) => ({ label: labels[isEnd ? own[index]! : index]!, ids: [own[index]!] }))
    const rest = others.map((index) => own[index]!)
    return [
      ...groups,
      ...(rest.length > 0 ? [{ label: `${rest.length} others`, ids: rest }] : []),
      ...special,
    ]
  }

  /** A station for every tier. */
  #tiersOf(ids: readonly number[]): Group[] {
    const tiers = new Map<string, number[]>()
    for (const id of ids) tiers.set(this.#tierOf(id), [...(tiers.get(this.#tierOf(id)) ?? []), id])
    return [...tiers].map(([tier, own]) => ({ label: `${own.length} × ${tier}`, ids: own }))
  }

  #switchLabels(ids: readonly number[]): string[] {
    return withoutCommonPrefix(ids.map((id) => this.#topology.nodes[id]!.name))
  }

  #tierOf(id: number): string {
    const node = this.#topology.nodes[id]!
    return node.kind === 'switch' ? node.tier : 'host'
  }

  #titleOf(column: number, sums: ReadonlyMap<number, number>): string {
    if (column === 0) return 'from hosts of'
    if (column === LAST_COLUMN) return 'to hosts of'
    const tiers = new Set([...sums.keys()].filter((id) => id >= 0).map((id) => this.#tierOf(id)))
    return `via ${[...tiers].join(', ') || 'further hops'}`
  }
}

const SPECIAL: Readonly<Record<number, string>> = { [LOST]: 'no way', [FURTHER]: 'further hops' }

/** What goes through every station, by column: what enters it, of senders what leaves them. */
function throughput({ sums }: WayFlows): Map<number, number>[] {
  const through = Array.from({ length: LAST_COLUMN + 1 }, () => new Map<number, number>())
  const add = ([column, id]: RawStation, bps: number) => {
    const own = through[column]!
    own.set(id, (own.get(id) ?? 0) + bps)
  }
  for (const { from, to, bps } of sums.values()) {
    if (from[0] === 0) add(from, bps)
    add(to, bps)
  }
  return through
}

function ribbonsOf(
  { sums }: WayFlows,
  placeOf: (station: RawStation) => readonly [number, number],
): Ribbon[] {
  const merged = new Map<
    string,
    { from: readonly [number, number]; to: readonly [number, number]; bps: number }
  >()
  for (const { from: rawFrom, to: rawTo, bps } of sums.values()) {
    const [from, to] = [placeOf(rawFrom), placeOf(rawTo)]
    const key = `${from.join()}>${to.join()}`
    const known = merged.get(key)
    if (known === undefined) merged.set(key, { from, to, bps })
    else known.bps += bps
  }
  return [...merged.values()].sort(
    (a, b) => a.from[0] - b.from[0] || a.from[1] - b.from[1] || a.to[0] - b.to[0] || a.to[1] - b.to[1],
  )
}
