import { nearest } from '@weft/core'
import { z } from 'zod'
import { wrongType } from './words.ts'

export interface StrictOptions {
  readonly description: string
  readonly examples: readonly unknown[]
  /** Keys that are planned: refused by name, so that nobody looks for a typing error. */
  readonly later?: readonly string[]
  /** Keys that stand elsewhere or are called something else, each with what to do instead. */
  readonly instead?: Readonly<Record<string, string>>
}

/**
 * A map with these keys and no others. `where` names it in messages: `unknown key "spine" in leafSpine`.
 * zod reports all unknown keys of a map as one issue, so their messages are joined, one line each in the order of
 * `keys`; `issuesOf` takes them apart again.
 */
export function strict<Shape extends z.ZodRawShape>(where: string, shape: Shape, options: StrictOptions) {
  const { later = [], instead = {}, description, examples } = options
  const known = Object.keys(shape)
  const refusal = (key: string): string => {
    const quoted = JSON.stringify(key)
    if (later.includes(key)) return `${quoted} is not available yet; remove it`
    if (Object.hasOwn(instead, key)) return `unknown key ${quoted} in ${where}; ${instead[key]}`
    const meant = nearest(key, known)
    const hint =
      meant === undefined
        ? `; expected one of ${known.join(', ')}`
        : `; did you mean ${JSON.stringify(meant)}?`
    return `unknown key ${quoted} in ${where}${hint}`
  }
  return z
    .strictObject(shape, {
      error: (issue) => (issue.code === 'unrecognized_keys' ? issue.keys.map(refusal).join('\n') : undefined),
    })
    .meta({ description, examples: [...examples] })
}

/** What editors show beside a key. */
export interface Documented {
  readonly description: string
  readonly examples: readonly unknown[]
}

const documented = ({ description, examples }: Documented) => ({ description, examples: [...examples] })

export const wholeNumber = (min: number, max: number, doc: Documented) =>
  z
    .int({ error: ({ code, input }) => (code === 'invalid_type' ? wrongType('int', input) : undefined) })
    .min(min)
    .max(max)
    .meta(documented(doc))

export const number = (min: number, max: number, doc: Documented) =>
  z.number().min(min).max(max).meta(documented(doc))

export const flag = (doc: Documented) => z.boolean().meta(documented(doc))

export const choice = <const Names extends readonly [string, ...string[]]>(names: Names, doc: Documented) =>
  z.enum(names).meta(documented(doc))

export const text = (lengthMax: number, doc: Documented) =>
  z.string().min(1).max(lengthMax).meta(documented(doc))

const SELECTOR_LENGTH_MAX = 256
const SELECTORS_MAX = 1_000

/** One name or pattern, or a list of them. */
export const selector = (doc: Documented) => {
  const one = z.string().min(1).max(SELECTOR_LENGTH_MAX)
  return z.union([one, z.array(one).min(1).max(SELECTORS_MAX)]).meta(documented(doc))
}

/** Where YAML takes a short text and a map with details alike. */
export const either = <const Options extends readonly [z.ZodType, z.ZodType, ...z.ZodType[]]>(
  options: Options,
  doc: Documented,
) => z.union(options).meta(documented(doc))
