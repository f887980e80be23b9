const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** Orders names as people do: `leaf-2` before `leaf-10`. A total order: equal only for equal strings. */
export function naturalCompare(a: string, b: string): number {
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    if (isDigit(a.charCodeAt(i)) && isDigit(b.charCodeAt(j))) {
      const endA = digitsEnd(a, i)
      const endB = digitsEnd(b, j)
      const difference = compareDigits(a.slice(i, endA), b.slice(j, endB))
      if (difference !== 0) return difference
      i = endA
      j = endB
    } else {
      const difference = a.charCodeAt(i++) - b.charCodeAt(j++)
      if (difference !== 0) return difference
    }
  }
  const rest = a.length - i - (b.length - j)
  // equal by value but spelt with other zeros (`leaf-1`, `leaf-01`): fall back to the spelling
  return rest !== 0 ? rest : a < b ? -1 : a > b ? 1 : 0
}

function digitsEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && isDigit(text.charCodeAt(end))) end++
  return end
}

/** By value, of any length. */
function compareDigits(a: string, b: string): number {
  const x = a.replace(/^0+(?=.)/, '')
  const y = b.replace(/^0+(?=.)/, '')
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0)
}
