/** One text or a list of them, as a list. */
export const asList = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value

/**
 * A name or pattern: `*` stands for any characters but `/` and `:`, `**` for any at all. Of a link `a:b`, the
 * ends may be given in either order.
 */
export function patternOf(text: string): (name: string) => boolean {
  const spellings = [text]
  const ends = /^([^:]+):([^:#]+)(#\d+)?$/.exec(text)
  if (ends !== null) spellings.push(`${ends[2]}:${ends[1]}${ends[3] ?? ''}`)
  const tests = spellings.map((spelling) => matcher(spelling))
  return (name) => tests.some((matches) => matches(name))
}

export const isPattern = (text: string): boolean => text.includes('*')

/** Parts between stars are looked for one after the other, so that no pattern takes more than linear time per star. */
function matcher(pattern: string): (name: string) => boolean {
  if (!isPattern(pattern)) return (name) => name === pattern
  const tokens = pattern.split(/(\*+)/)
  return (name) => matches(tokens, 0, name, 0, new Set())
}

function matches(
  tokens: readonly string[],
  index: number,
  name: string,
  start: number,
  failed: Set<number>,
): boolean {
  const literal = tokens[index]!
  if (!name.startsWith(literal, start)) return false
  let at = start + literal.length
  if (index + 1 === tokens.length) return at === name.length
  const state = index * (name.length + 1) + at
  if (failed.has(state)) return false
  const anything = tokens[index + 1]!.length > 1
  for (; at <= name.length; at++) {
    if (matches(tokens, index + 2, name, at, failed)) return true
    if (!anything && (name[at] === '/' || name[at] === ':')) break
  }
  failed.add(state)
  return false
}
