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
  return quantities([dimension], doc, { ...usual(dimension, doc), ...options }).transform(
    ({ value }) => value,
  )
}

/** Durations go from nanoseconds to years: those of a key are like its example. */
function usual(dimension: Dimension, { examples: [example] }: Documented): ParseOptions {
  return dimension === 'duration' && typeof example === 'string' && /^[1-9]/.test(example) ? { example } : {}
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

/** A rate at which no packet takes longer than the clock has room for. */
export const linkRate = (doc: Documented) =>
  rate(doc).refine((value) => value >= LINK_RATE_MIN_BPS, {
    error: ({ input }) =>
      `${printRate(input as number)} is too slow for a link; expected ${printRate(LINK_RATE_MIN_BPS)} or more`,
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

/**
 * Where runs under the packet clock end at the latest. The clock counts to 2^53 ps, half an hour more: room for what is
 * scheduled just before the end and would happen after it. The furthest ahead that anything is scheduled is a timer, or
 * a packet that takes its transmission time and then the propagation delay; the bounds below keep both within 28 minutes.
 */
export const PACKET_HORIZON_PS = 7200 * SECOND
/** Under the flow clock, which counts to 2^63 ps, 106 days. */
export const FLOW_HORIZON_PS = 100 * 86_400 * SECOND
export const TIMER_MAX_PS = 600 * SECOND
/** At this rate the largest packet in the largest framing, 131,070 bytes, takes 17.5 minutes. */
export const LINK_RATE_MIN_BPS = 1000

/** What the plan of a run and its clock allow is checked when they are known. */
export const CLOCK_END = { max: FLOW_HORIZON_PS, maxReason: 'no clock goes on for longer' }
const TIMER_END = { max: TIMER_MAX_PS, maxReason: 'no delay or timer may outlast the packet clock' }

/** An instant, or a span of the run, that may be zero. */
export const duration = (doc: Documented) => quantity('duration', doc, CLOCK_END)

export const positiveDuration = (doc: Documented) =>
  quantity('duration', doc, { ...CLOCK_END, positive: true })

/** How long after something else a thing happens; may be zero. */
export const delay = (doc: Documented) => quantity('duration', doc, TIMER_END)

export const timer = (doc: Documented) => quantity('duration', doc, { ...TIMER_END, positive: true })

export const packetsOrBytes = (doc: Documented) => quantities(['packets', 'size'], doc, { positive: true })
