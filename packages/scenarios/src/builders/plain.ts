import type { Issue } from '@weft/core'
import { DEPTH_MAX, numberRefusal, PROTO_KEY, TOO_DEEP } from '../schema/words.ts'

/**
 * What in a value is not plain data, as a scenario file could hold: functions, dates, class instances, numbers
 * that are none, lists that contain themselves. Everything else is for the schema to judge.
 */
export function plainIssues(value: unknown): Issue[] {
  const issues: Issue[] = []
  visit(value, [], new Set(), issues)
  return issues
}

type Path = readonly (string | number)[]

function visit(value: unknown, path: Path, holders: Set<object>, issues: Issue[]): void {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return
  const refusal = refusalOf(value, path, holders)
  if (refusal !== undefined) {
    issues.push({ path, message: refusal })
    return
  }
  if (typeof value !== 'object') return
  holders.add(value)
  if (Array.isArray(value)) visitList(value, path, holders, issues)
  else visitMap(value, path, holders, issues)
  holders.delete(value)
}

function refusalOf(
  value: NonNullable<unknown>,
  path: Path,
  holders: ReadonlySet<object>,
): string | undefined {
  if (typeof value === 'number') return numberRefusal(value)
  if (typeof value !== 'object') return `expected plain data, got a ${typeof value}`
  if (holders.has(value)) return 'this value contains itself'
  return path.length > DEPTH_MAX ? TOO_DEEP : undefined
}

function visitList(list: readonly unknown[], path: Path, holders: Set<object>, issues: Issue[]): void {
  // Not forEach: a hole in a list is an undefined value too.
  for (let index = 0; index < list.length; index++) {
    const at = [...path, index]
    if (list[index] === undefined) issues.push({ path: at, message: 'expected a value, got nothing' })
    else visit(list[index], at, holders, issues)
  }
}

function visitMap(value: object, path: Path, holders: Set<object>, issues: Issue[]): void {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    issues.push({
      path,
      message: `expected plain data, got an instance of ${value.constructor?.name ?? 'a class'}`,
    })
    return
  }
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key === 'symbol') issues.push({ path, message: 'a key must be text' })
    else if (key === '__proto__') issues.push({ path: [...path, key], message: PROTO_KEY })
    else visit((value as Record<string, unknown>)[key], [...path, key], holders, issues)
  }
}
