/** Names without the `region/` that all of them share: what they differ in is what a picture has room for. */
export function withoutCommonPrefix(names: readonly string[]): string[] {
  const [first] = names
  if (first === undefined) return []
  let length = 0
  for (let end = first.indexOf('/'); end >= 0; end = first.indexOf('/', end + 1)) {
    const prefix = first.slice(0, end + 1)
    if (!names.every((name) => name.startsWith(prefix) && name.length > prefix.length)) break
    length = end + 1
  }
  return names.map((name) => name.slice(length))
}
