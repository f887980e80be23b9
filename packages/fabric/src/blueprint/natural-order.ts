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
      const difference = compareDigits(a.slice(i, endA), b.slice(j, endB))
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
  return [...items].sort((a, b) => naturalCompare(a.name, b.name))
}

const isDigit = (code: number) => code >= ZERO && code <= NINE

function digitsEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && isDigit(text.charCodeAt(end))) end++
  return end
}

function compareDigits(a: string, b: string): number {
  const x = a.replace(/^0+(?=\d)/, '')
  const y = b.replace(/^0+(?=\d)/, '')
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0)
}
