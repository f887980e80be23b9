/** Everyone in `from` may connect to everyone in `to`, in the same way; members are indices. */
export interface Line<Way> {
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly way: Way
}

/** A table of ways (undefined: none) between members, by their indices. Ways compare by identity. */
export interface WayTable<Way> {
  readonly count: number
  way(from: number, to: number): Way | undefined
  /** Whether it says nothing that a member stands on both sides of a line, as it has no way to itself that anybody asks for. */
  isSelfless?(member: number): boolean
}

/**
 * A table as lines of sets: members of one side with the same others in the same way share a line. Put together by
 * whichever side gives fewer lines.
 */
export function linesOf<Way>(table: WayTable<Way>): Line<Way>[] {
  return fewLinesOf(table, Number.POSITIVE_INFINITY)!
}

/** `linesOf`; undefined, and found out soon, where there are more than `most`. */
export function fewLinesOf<Way>(table: WayTable<Way>, most: number): Line<Way>[] | undefined {
  const bySource = gather(table, most)
  const turned = { ...table, way: (to: number, from: number) => table.way(from, to) }
  const byDestination = gather(turned, Math.min(most, bySource?.length ?? most))
  if (byDestination !== undefined && byDestination.length < (bySource?.length ?? Number.POSITIVE_INFINITY))
    return byDestination.map(({ keys, others, way }) => ({ from: others, to: keys, way }))
  return bySource?.map(({ keys, others, way }) => ({ from: keys, to: others, way }))
}

interface Gathered<Way> {
  readonly keys: number[]
  readonly others: readonly number[]
  readonly way: Way
}

/** The others of a member in one way, by a name for them all; with itself among them where that says nothing. */
interface Row<Way> {
  readonly key: number
  readonly way: Way
  readonly names: readonly { readonly name: string; readonly others: readonly number[] }[]
}

function gather<Way>(table: WayTable<Way>, most: number): Gathered<Way>[] | undefined {
  const rows: Row<Way>[] = []
  const uses = new Map<string, number>()
  const [own, selfless] = [new Set<string>(), new Set<string>()]
  for (const row of rowsOf(table)) {
    rows.push(row)
    for (const { name } of row.names) uses.set(name, (uses.get(name) ?? 0) + 1)
    own.add(row.names[0]!.name)
    selfless.add(row.names.at(-1)!.name)
    if (Math.min(own.size, selfless.size) > most) return undefined
  }
  const lines = new Map<string, Gathered<Way>>()
  for (const { key, way, names } of rows) {
    const { name, others } = names.reduce((best, each) =>
      uses.get(each.name)! > uses.get(best.name)! ? each : best,
    )
    const known = lines.get(name)
    if (known === undefined) lines.set(name, { keys: [key], others, way })
    else known.keys.push(key)
  }
  return lines.size > most ? undefined : [...lines.values()]
}

function* rowsOf<Way>({ count, way: wayOf, isSelfless }: WayTable<Way>): Generator<Row<Way>> {
  const numbers = new Map<Way, number>()
  for (let key = 0; key < count; key++) {
    const byWay = new Map<Way, number[]>()
    for (let other = 0; other < count; other++) {
      const way = wayOf(key, other)
      if (way === undefined) continue
      const known = byWay.get(way)
      if (known === undefined) byWay.set(way, [other])
      else known.push(other)
    }
    const isAlone = isSelfless?.(key) ?? false
    for (const [way, others] of byWay) {
      if (!numbers.has(way)) numbers.set(way, numbers.size)
      const sets = isAlone ? [others, [...others, key].sort((a, b) => a - b)] : [others]
      const names = sets.map((each) => ({ name: `${numbers.get(way)}|${each}`, others: each }))
      yield { key, way, names }
    }
  }
}
