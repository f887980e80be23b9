import { type Issue, nearest } from '@weft/core'
import type { z } from 'zod'
import { kindName, show, wrongType } from './words.ts'

type ZodIssue = z.core.$ZodIssue
type Path = (string | number)[]

/** An issue that may be about a key rather than about its value. */
export interface BorderIssue extends Issue {
  readonly about?: 'key'
}

/**
 * Weft's words for what zod found, with every unknown key as an issue of its own. `data` is what was validated, and
 * `whole` what messages call it.
 */
export function issuesOf(error: z.ZodError, data: unknown, whole = 'the scenario'): BorderIssue[] {
  return withoutEchoes(error.issues.flatMap((issue) => convert(issue, [], { data, whole })))
}

interface Validated {
  readonly data: unknown
  readonly whole: string
}

/** A misspelt key is also a missing one; saying so once is enough. */
function withoutEchoes(issues: readonly BorderIssue[]): BorderIssue[] {
  const meant = new Set<string>()
  for (const { path, message, about } of issues) {
    const hint = about === 'key' ? /; did you mean "(.*)"\?$/.exec(message) : null
    if (hint !== null) meant.add(JSON.stringify([...path.slice(0, -1), hint[1]]))
  }
  return issues.filter(
    ({ path, message }) => !message.startsWith('missing key') || !meant.has(JSON.stringify(path)),
  )
}

function convert(issue: ZodIssue, prefix: Path, validated: Validated): BorderIssue[] {
  const path: Path = [
    ...prefix,
    ...issue.path.map((part) => (typeof part === 'number' ? part : String(part))),
  ]
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n')
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      message: messages[index]!,
      about: 'key' as const,
    }))
  }
  // A union with words of its own knows better than that a key is missing.
  if (issue.code === 'invalid_union' && !ZODS_OWN.test(issue.message))
    return [{ path: path.slice(0, -1), message: issue.message }]
  if (issue.code !== 'custom' && isMissing(path, validated.data))
    return [{ path, message: missing(issue, path, validated.whole) }]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return fromUnion(issue, path, validated)
  return [{ path, message: messageOf(issue) }]
}

/** A union fails in one issue; what helps are the issues of the option that was probably meant. */
function fromUnion(
  issue: ZodIssue & { code: 'invalid_union' },
  path: Path,
  validated: Validated,
): BorderIssue[] {
  // of words to choose from, a map is no wrong word, nor is a number: it lacks its unit
  const isNoWord = typeof issue.input === 'object' || typeof issue.input === 'number'
  const isWrongKind = (each: ZodIssue) =>
    each.path.length === 0 && (each.code === 'invalid_type' || (isNoWord && each.code === 'invalid_value'))
  const fitting = issue.errors.filter((option) => !option.some(isWrongKind))
  const whole = fitting.filter((option) => !option.some((each) => lacksKey(each, issue.input)))
  const [meant] = whole.length > 0 ? whole : fitting.length > 0 ? fitting : issue.errors
  if (fitting.length > 0) return meant!.flatMap((each) => convert(each, path, validated))
  const input = issue.input
  const isText = typeof input === 'string' || typeof input === 'number'
  if (isText) return meant!.flatMap((each) => convert(each, path, validated))
  const kinds = issue.errors.map((option) => kindWanted(option[0]!))
  return [{ path, message: `expected ${[...new Set(kinds)].join(' or ')}, got ${show(input)}` }]
}

/** Of maps, the one that has all keys that it needs is the one that was meant. */
function lacksKey({ path, code }: ZodIssue, input: unknown): boolean {
  if (path.length !== 1 || (code !== 'invalid_type' && code !== 'invalid_union')) return false
  return typeof input === 'object' && input !== null && !Object.hasOwn(input, path[0]!)
}

function kindWanted(issue: ZodIssue): string {
  const own = /^expected (.*), got .*$/.exec(issue.message)
  if (own !== null) return own[1]!
  if (issue.code === 'invalid_value') return issue.values.map(String).join(', ')
  return issue.code === 'invalid_type' ? kindName(issue.expected) : 'another value'
}

function isMissing(path: Path, data: unknown): boolean {
  if (path.length === 0) return false
  let holder = data
  for (const part of path.slice(0, -1)) {
    if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, part)) return false
    holder = (holder as Record<string | number, unknown>)[part]
  }
  const key = path[path.length - 1]!
  if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return false
  return !Object.hasOwn(holder, key) || (holder as Record<string | number, unknown>)[key] === undefined
}

function missing(issue: ZodIssue, path: Path, whole: string): string {
  const key = path[path.length - 1]
  const expected = expectationOf(issue)
  return `missing key ${JSON.stringify(key)} in ${placeOf(path.slice(0, -1), whole)}${expected === '' ? '' : `; expected ${expected}`}`
}

function expectationOf(issue: ZodIssue): string {
  if (issue.code === 'invalid_union')
    return issue.errors.length > 0 ? expectationOf(issue.errors[0]![0]!) : `one of ${optionsOf(issue)}`
  const own = /^expected (.*), got nothing$/.exec(issue.message)
  if (own !== null) return own[1]!
  if (issue.code === 'invalid_value') return issue.values.map(String).join(' or ')
  return issue.code === 'invalid_type' ? kindName(issue.expected) : ''
}

/** A container as people call it: `leafSpine`, `traffic[1]`, `the scenario`. */
function placeOf(path: Path, whole: string): string {
  let last = path.length - 1
  while (last >= 0 && typeof path[last] !== 'string') last--
  if (last < 0) return whole
  return (
    String(path[last]) +
    path
      .slice(last + 1)
      .map((index) => `[${index}]`)
      .join('')
  )
}

/** zod's own sentences begin like this; any other message is ours already. */
const ZODS_OWN = /^(Invalid|Too |Unrecognized|Expected )/

function messageOf(issue: ZodIssue): string {
  if (issue.code !== 'invalid_key' && !ZODS_OWN.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, issue.input)
    case 'too_small':
      return `${bounded(issue)}; expected ${issue.inclusive === false ? 'more than ' : ''}${limit(issue.origin, issue.minimum)}${issue.inclusive === false ? '' : ' or more'}`
    case 'too_big':
      return `${bounded(issue)}; expected ${limit(issue.origin, issue.maximum)} or less`
    case 'invalid_value':
      return unknownValue(issue.input, issue.values.map(String))
    case 'invalid_union':
      return unknownDiscriminator(issue)
    case 'invalid_key':
      return issue.issues.map(messageOf).join('; ')
    default:
      return issue.message.charAt(0).toLowerCase() + issue.message.slice(1)
  }
}

function bounded(issue: ZodIssue & { code: 'too_small' | 'too_big' }): string {
  const { origin, input } = issue
  if (origin === 'array' || origin === 'string') {
    const length = (input as { length: number }).length
    if (length === 0) return origin === 'array' ? 'the list is empty' : 'the text is empty'
    return limit(origin, length)
  }
  return `${show(input)} is too ${issue.code === 'too_small' ? 'small' : 'large'}`
}

function limit(origin: string, value: number | bigint): string {
  if (origin === 'array') return `${value} item${value === 1 ? '' : 's'}`
  return origin === 'string' ? `${value} character${value === 1 ? '' : 's'}` : String(value)
}

function unknownValue(input: unknown, values: readonly string[]): string {
  const meant = typeof input === 'string' ? nearest(input, values) : undefined
  const expected = values.length === 1 ? values[0] : `one of ${values.join(', ')}`
  return `${show(input)} is not known here; ${meant === undefined ? `expected ${expected}` : `did you mean ${meant}?`}`
}

const optionsOf = (issue: ZodIssue & { code: 'invalid_union' }) =>
  ('options' in issue ? (issue.options as unknown[]) : []).map(String).join(', ')

function unknownDiscriminator(issue: ZodIssue & { code: 'invalid_union' }): string {
  const key = 'discriminator' in issue ? String(issue.discriminator) : ''
  const input = (issue.input as Record<string, unknown> | undefined)?.[key]
  return unknownValue(input, optionsOf(issue).split(', '))
}
