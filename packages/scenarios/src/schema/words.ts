/** Words for values and kinds of values, shared by all messages. */

export function wrongType(expected: string, input: unknown): string {
  if (expected === 'int' && typeof input === 'number') return `${show(input)} is not a whole number`
  const quoted =
    typeof input === 'string' && (expected === 'int' || expected === 'number') && input.trim() !== ''
  const hint = quoted && Number.isFinite(Number(input)) ? '; remove the quotes' : ''
  return `expected ${kindName(expected)}, got ${show(input)}${hint}`
}

export function kindName(expected: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    number: 'a number',
    string: 'text',
    boolean: 'true or false',
    array: 'a list',
    tuple: 'a list',
    object: 'a map',
    record: 'a map',
  }
  return names[expected] ?? expected
}

const SHOWN_MAX = 60

/** A value as the user wrote it, cut short; maps and lists by their kind alone. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text
}

/** Why a number cannot stand in a scenario; undefined where it can. `shown` is how the user wrote it. */
export function numberRefusal(value: number, shown = String(value)): string | undefined {
  if (Number.isNaN(value)) return `${shown} is not a number that a scenario can use`
  if (!Number.isFinite(value)) return `${shown} is too large for a number`
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return undefined
  return `${shown} has more digits than a number can hold; as text, put it in quotes`
}

export const PROTO_KEY = '"__proto__" cannot be a key; choose another name'

/** Deeper than any scenario. */
export const DEPTH_MAX = 32
export const tooDeep = (depthMax: number) => `values are nested more than ${depthMax} deep`
export const TOO_DEEP = tooDeep(DEPTH_MAX)
