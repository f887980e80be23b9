import { parseSize } from '@weft/core'
import { z } from 'zod'
import type { Documented } from './strict.ts'

/** Flow sizes from `minBytes` up to but not including `belowBytes`. */
export interface SizeRange {
  readonly minBytes: number
  readonly belowBytes: number
}

const FORM = '"< 100kB", ">= 1MB" or "100kB..1MB"'

/** Size filters as people write them: `< 100kB`, `<= 100kB`, `> 1MB`, `>= 1MB`, `100kB..1MB`. */
export function parseSizeRange(
  text: unknown,
): { ok: true; value: SizeRange } | { ok: false; message: string } {
  if (typeof text !== 'string') return { ok: false, message: `expected flow sizes such as ${FORM}` }
  const compared = /^\s*(<=|>=|<|>)\s*(.*)$/.exec(text)
  const spanned = /^(.*?)\.\.(.*)$/.exec(text)
  if (compared === null && spanned === null) {
    return { ok: false, message: `${JSON.stringify(text)} is not a range of sizes; expected ${FORM}` }
  }
  const sizes = compared === null ? [spanned![1], spanned![2]] : [compared[2]]
  const values: number[] = []
  for (const size of sizes) {
    const parsed = parseSize(size!.trim())
    if (!parsed.ok) return parsed
    values.push(parsed.value)
  }
  const range =
    compared === null ? { minBytes: values[0]!, belowBytes: values[1]! } : halfOpen(compared[1]!, values[0]!)
  if (range.minBytes >= range.belowBytes) {
    return { ok: false, message: `${JSON.stringify(text)} holds no size; the lower end comes first` }
  }
  return { ok: true, value: range }
}

function halfOpen(comparison: string, bytes: number): SizeRange {
  const infinity = Number.POSITIVE_INFINITY
  if (comparison === '<') return { minBytes: 0, belowBytes: bytes }
  if (comparison === '<=') return { minBytes: 0, belowBytes: bytes + 1 }
  return { minBytes: comparison === '>' ? bytes + 1 : bytes, belowBytes: infinity }
}

export function sizeRange({ description, examples }: Documented) {
  return z
    .string({
      error: ({ input }) => (input === undefined ? undefined : `expected flow sizes such as ${FORM}`),
    })
    .meta({ description, examples: [...examples] })
    .transform((text, context): SizeRange => {
      const parsed = parseSizeRange(text)
      if (parsed.ok) return parsed.value
      context.addIssue({ code: 'custom', message: parsed.message })
      return z.NEVER
    })
}
