/** What stands between the names of nodes in those of links, directions and places: `a:b`, `a → b`, `a + b`. */
const BETWEEN = /(:| → | \+ )/

/**
 * Names without the `region/` that all of them share, also in the names of links and directions: what they differ in is
 * what a picture has room for.
 */
export function withoutCommonPrefix(names: readonly string[]): string[] {
  const nodes = names.flatMap((name) => name.split(BETWEEN).filter((_, part) => part % 2 === 0))
  const [first] = nodes
  if (first === undefined) return []
  let length = 0
  for (let end = first.indexOf('/'); end >= 0; end = first.indexOf('/', end + 1)) {
    const prefix = first.slice(0, end + 1)
    if (!nodes.every((node) => node.startsWith(prefix) && node.length > prefix.length)) break
    length = end + 1
  }
  return names.map((name) =>
    name
      .split(BETWEEN)
      .map((part, index) => (index % 2 === 0 ? part.slice(length) : part))
      .join(''),
  )
}
