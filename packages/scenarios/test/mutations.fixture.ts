import fc from 'fast-check'

export type Path = (string | number)[]

export function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  yield path
  if (typeof value !== 'object' || value === null) return
  for (const [key, child] of Object.entries(value))
    yield* pathsOf(child, [...path, Array.isArray(value) ? Number(key) : key])
}

export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, part) => (at as Record<string | number, unknown>)[part], value)

/** A copy with the holder of `path` changed. */
export function changed(
  value: unknown,
  path: Path,
  change: (holder: Record<string | number, unknown>, key: string | number) => void,
) {
  const copy: unknown = structuredClone(value)
  change(valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>, path[path.length - 1]!)
  return copy
}

/** A change of plain data somewhere, with odd values from `value`. */
export const mutationOf = (value: fc.Arbitrary<unknown>) =>
  fc.record({
    pick: fc.nat(),
    other: fc.nat(),
    kind: fc.constantFrom('delete', 'rename', 'replace', 'replace', 'replace', 'repeat', 'move', 'wrap'),
    value,
  })

export type Mutation = ReturnType<typeof mutationOf> extends fc.Arbitrary<infer T> ? T : never

/** A copy with the change made. */
export function mutate(data: unknown, { pick, other, kind, value }: Mutation): unknown {
  const paths = [...pathsOf(data)].filter((path) => path.length > 0)
  if (paths.length === 0) return value
  const path = paths[pick % paths.length]!
  const source = paths[other % paths.length]!
  return changed(data, path, (holder, key) => {
    const own = holder[key]
    if (kind === 'replace') holder[key] = value
    else if (kind === 'move') holder[key] = structuredClone(valueAt(data, source))
    else if (kind === 'wrap') holder[key] = [own]
    else if (Array.isArray(holder))
      holder.splice(Number(key), kind === 'delete' ? 1 : 0, ...(kind === 'delete' ? [] : [own]))
    else {
      delete holder[key]
      if (kind === 'rename') holder[`${key}x`] = own
      if (kind === 'repeat') holder[String(key).slice(0, -1)] = own
    }
  })
}

/** Bytes of a text that are taken out at a place, and others that are put in. */
export interface TextEdit {
  /** Of whatever length the text has by then. */
  readonly at: number
  readonly remove: number
  readonly insert: string
}

export const edited = (text: string, edits: readonly TextEdit[]): string =>
  edits.reduce((result, { at, remove, insert }) => {
    const start = at % (result.length + 1)
    return result.slice(0, start) + insert + result.slice(start + remove)
  }, text)
