/** One text or a list of them, as a list. */
export const asList = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value

/**
 * A name or pattern: `*` stands for any characters but `/` and `:`, `**` for any at all. Of a link `a:b`, the
 * ends may be given in either order.
 */
export function patternOf(text: string): (name: string) => boolean {
  const [test, turned] = spellingsOf(text).map(matcher) as [Matcher, Matcher?]
  return turned === undefined ? test : (name) => test(name) || turned(name)
}

type Matcher = (name: string) => boolean

/** A name or pattern as it is given, and of a link with its ends the other way round. */
export function spellingsOf(text: string): string[] {
  const ends = /^([^:]+):([^:#]+)(#\d+)?$/.exec(text)
  return ends === null ? [text] : [text, `${ends[2]}:${ends[1]}${ends[3] ?? ''}`]
}

export const isPattern = (text: string): boolean => text.includes('*')

/** Parts between stars are looked for one after the other, so that no pattern takes more than linear time per star. */
function matcher(pattern: string): Matcher {
  if (!isPattern(pattern)) return (name) => name === pattern
  const tokens = pattern.split(/(\*+)/)
  const [first] = tokens as [string]
  const last = tokens.at(-1)!
  // most names of a large network differ from the pattern before its first star or after its last
  return (name) => name.startsWith(first) && name.endsWith(last) && matches(tokens, 0, name, 0, new Set())
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
