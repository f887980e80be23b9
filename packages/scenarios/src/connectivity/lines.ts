/** Everyone in `from` may connect to everyone in `to`, in the same way; members are indices. */
export interface Line<Way> {
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly way: Way
}

/**
 * A table of ways (undefined: none) as lines of sets: members of one side with the same others in the same way share a
 * line. Put together by whichever side gives fewer lines. Ways compare by identity.
 */
export function linesOf<Way>(count: number, way: (from: number, to: number) => Way | undefined): Line<Way>[] {
  return fewLinesOf(count, way, Number.POSITIVE_INFINITY)!
}

/** `linesOf`; undefined, and found out soon, where there are more than `most`. */
export function fewLinesOf<Way>(
  count: number,
  way: (from: number, to: number) => Way | undefined,
  most: number,
): Line<Way>[] | undefined {
  const bySource = gather(count, way, most)
  const byDestination = gather(count, (to, from) => way(from, to), Math.min(most, bySource?.length ?? most))
  if (byDestination !== undefined && byDestination.length < (bySource?.length ?? Number.POSITIVE_INFINITY))
    return byDestination.map(({ keys, others, way }) => ({ from: others, to: keys, way }))
  return bySource?.map(({ keys, others, way }) => ({ from: keys, to: others, way }))
}

interface Gathered<Way> {
  readonly keys: number[]
  readonly others: readonly number[]
  readonly way: Way
}

function gather<Way>(
  count: number,
  wayOf: (key: number, other: number) => Way | undefined,
  most: number,
): Gathered<Way>[] | undefined {
  const numbers = new Map<Way, number>()
  const lines = new Map<string, Gathered<Way>>()
  for (let key = 0; key < count; key++) {
    const byWay = new Map<Way, number[]>()
    for (let other = 0; other < count; other++) {
      const way = wayOf(key, other)
      if (way === undefined) continue
      const known = byWay.get(way)
      if (known === undefined) byWay.set(way, [other])
      else known.push(other)
    }
    for (const [way, others] of byWay) {
      if (!numbers.has(way)) numbers.set(way, numbers.size)
      const name = `${numbers.get(way)}|${others}`
      const known = lines.get(name)
      if (known === undefined) lines.set(name, { keys: [key], others, way })
      else known.keys.push(key)
    }
    if (lines.size > most) return undefined
  }
  return [...lines.values()]
}
