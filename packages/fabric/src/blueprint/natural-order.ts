const ZERO = 48
const NINE = 57

/**
 * Orders names the way people count: `leaf-2` before `leaf-10`. Runs of digits compare as numbers, everything
 * else by code unit, so the order is the same on every machine and in every language. Total: 0 for equal texts alone.
 */
export function naturalCompare(a: string, b: string): number {
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(j)
    if (isDigit(x) && isDigit(y)) {
      const endA = digitsEnd(a, i)
      const endB = digitsEnd(b, j)
      const difference = compareDigits(a, i, endA, b, j, endB)
      if (difference !== 0) return difference
      i = endA
      j = endB
    } else if (x !== y) {
      return x - y
    } else {
      i++
      j++
    }
  }
  const rest = a.length - i - (b.length - j)
  if (rest !== 0) return rest
  // Equal as numbers but not as text, such as `a-1` and `a-01`.
  return a < b ? -1 : a > b ? 1 : 0
}

/** Sorts by name in natural order; a new array. */
export function sortedByName<T extends { readonly name: string }>(items: readonly T[]): T[] {
  const copy = [...items]
  // generators make most of their parts in order
  const isSorted = copy.every((item, i) => i === 0 || naturalCompare(copy[i - 1]!.name, item.name) <= 0)
  return isSorted ? copy : copy.sort((a, b) => naturalCompare(a.name, b.name))
}

/** Lists that are each sorted by name, as one. */
export function mergedByName<T extends { readonly name: string }>(
  lists: readonly (readonly T[])[],
): readonly T[] {
  return lists.length === 1 ? lists[0]! : sortedByName(lists.flat())
}

const isDigit = (code: number) => code >= ZERO && code <= NINE

function digitsEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && isDigit(text.charCodeAt(end))) end++
  return end
}

/** Two runs of digits as numbers of any size; no text is made, as networks sort half a million names. */
function compareDigits(
  a: string,
  startA: number,
  endA: number,
  b: string,
  startB: number,
  endB: number,
): number {
  let i = significant(a, startA, endA)
  let j = significant(b, startB, endB)
  const length = endA - i - (endB - j)
  if (length !== 0) return length
  for (; i < endA; i++, j++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(j)
    if (difference !== 0) return difference
  }
  return 0
}

/** Where the run's leading zeros end; a zero alone is significant. */
function significant(text: string, start: number, end: number): number {
  let at = start
  while (at < end - 1 && text.charCodeAt(at) === ZERO) at++
  return at
}
