import {
  type Dimension,
  type ParseOptions,
  parseQuantity,
  printRate,
  type Quantity,
  SECOND,
} from '@weft/core'
import { isTimedExactly } from '@weft/fabric'
import { z } from 'zod'
import type { Documented } from './strict.ts'

/**
 * A quantity with its unit, given as text; validation turns it into a number in base units.
 * All messages are the quantity parser's own, so that files, builders and the command line say the same.
 */
function quantity(dimension: Dimension, doc: Documented, options: ParseOptions = {}) {
  return quantities([dimension], doc, options).transform(({ value }) => value)
}

/** A quantity of one of several dimensions, such as a queue's capacity in packets or bytes. */
export function quantities(
  dimensions: readonly [Dimension, ...Dimension[]],
  { description, examples }: Documented,
  options: ParseOptions = {},
) {
  return z
    .string({ error: ({ input }) => messageFor(input, dimensions, options) })
    .meta({ description, examples: [...examples] })
    .transform((text, context): Quantity => {
      const parsed = parseQuantity(text, dimensions, options)
      if (parsed.ok) return parsed.value
      context.addIssue({ code: 'custom', message: parsed.message })
      return z.NEVER
    })
}

function messageFor(input: unknown, dimensions: readonly [Dimension, ...Dimension[]], options: ParseOptions) {
  const parsed = parseQuantity(input, dimensions, options)
  return parsed.ok ? undefined : parsed.message
}

/** A rate at which packets are sent. */
export const rate = (doc: Documented) =>
  quantities(['rate'], doc, { positive: true }).transform(({ value }, context): number => {
    if (isTimedExactly(value)) return value
    context.addIssue({ code: 'custom', message: `${printRate(value)} ${untimed(value)}` })
    return z.NEVER
  })

const MBPS = 1e6

/** Rates in whole megabits have short fractions. */
function untimed(rateBps: number): string {
  const round = Math.round(rateBps / MBPS) * MBPS
  const hint = isTimedExactly(round) ? `; use ${printRate(round)}` : ''
  return `cannot be timed to the picosecond${hint}`
}

export const size = (doc: Documented, options: ParseOptions = { positive: true }) =>
  quantity('size', doc, options)

export const percent = (doc: Documented, options: ParseOptions = {}) => quantity('percent', doc, options)

export const perSecond = (doc: Documented, options: ParseOptions = {}) => quantity('perSecond', doc, options)

/** Just below 2^53 ps, where the packet clock ends. */
export const HORIZON_MAX_PS = 2.5 * 3600 * SECOND
const CLOCK_END = { max: HORIZON_MAX_PS, maxReason: 'the packet clock ends there' }

/** An instant or a delay that may be zero. */
export const duration = (doc: Documented) => quantity('duration', doc, CLOCK_END)

export const positiveDuration = (doc: Documented) =>
  quantity('duration', doc, { ...CLOCK_END, positive: true })

export const packetsOrBytes = (doc: Documented) => quantities(['packets', 'size'], doc, { positive: true })
