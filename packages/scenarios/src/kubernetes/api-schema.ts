import { nearest } from '@weft/core'
import { z } from 'zod'
import { show } from '../schema/words.ts'

/** A map with these fields and no others, as the API server takes it; `where` names it in messages. */
export function apiMap<Shape extends z.ZodRawShape>(where: string, shape: Shape) {
  const known = Object.keys(shape)
  const refusal = (key: string): string => {
    const meant = nearest(key, known)
    const hint = meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean "${meant}"?`
    return `unknown field ${JSON.stringify(key)} in ${where}; ${hint}`
  }
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? issue.keys.map(refusal).join('\n') : undefined),
  })
}

/** A field that may be missing. A null is a missing field, as for the API server. */
export const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => value ?? undefined, schema.optional())

/** A list of maps; a null among them is an empty map, as for the API server. */
export const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  z.array(z.preprocess((value) => value ?? {}, schema))

/** Text. Numbers and booleans that are meant as text come with how to write them. */
export const text = () =>
  z.string({
    error: ({ code, input }) => {
      if (code !== 'invalid_type') return undefined
      const isPlain = typeof input === 'number' || typeof input === 'boolean'
      return `expected text, got ${show(input)}${isPlain ? `; write it in quotes: "${input}"` : ''}`
    },
  })

/** Text of a form; `refusal` says what is wrong with it. */
export const textOf = (refusal: (text: string) => string | undefined) => checked(text(), refusal)

/** A value with a rule of its own beside its type. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  refusal: (value: z.output<Schema>) => string | undefined,
) {
  return schema.superRefine((value, context) => {
    const message = refusal(value)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
}

/** Adds an issue at a path below the map that a `superRefine` looks at. */
export function refuseAt(
  context: { addIssue(issue: { code: 'custom'; message: string; path: (string | number)[] }): void },
  path: (string | number)[],
  message: string,
): void {
  context.addIssue({ code: 'custom', message, path })
}
