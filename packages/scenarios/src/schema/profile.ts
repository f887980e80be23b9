import { nearest, type ParseOptions, parseDuration } from '@weft/core'
import { namedProfiles } from '@weft/fabric'
import { z } from 'zod'
import { CLOCK_END, duration, percent } from './quantity.ts'
import { either, strict } from './strict.ts'

/** Ten times the load: beyond that, a percentage was probably a slip. */
const MULTIPLE_MAX = 10
const POINTS_MAX = 1_000
const DAY_PS = 86_400e12
const NAMED_PERIODS: Readonly<Record<string, number>> = { day: DAY_PS, week: 7 * DAY_PS }

type ProfileName = keyof typeof namedProfiles
const names = Object.keys(namedProfiles) as [ProfileName, ...ProfileName[]]

const shape = z
  .enum(names, {
    error: ({ input }) => {
      if (typeof input !== 'string') return undefined
      const meant = nearest(input, names)
      const hint = meant === undefined ? `expected one of ${names.join(', ')}` : `did you mean ${meant}?`
      return `unknown profile ${JSON.stringify(input)}; ${hint}`
    },
  })
  .meta({
    description: 'A shape that Weft brings. business-hours: a week of offices. evening: a day of homes.',
    examples: ['evening'],
  })

const PERIOD: ParseOptions = { ...CLOCK_END, positive: true, example: '12h' }

const period = z
  .string({ error: ({ input }) => periodMessage(input) })
  .meta({
    description: 'How long until it begins again: day, week (from Monday on), or a duration.',
    examples: ['day', 'week', '12h'],
  })
  .transform((text, context) => {
    const named = Object.hasOwn(NAMED_PERIODS, text) ? NAMED_PERIODS[text] : undefined
    if (named !== undefined) return named
    const parsed = parseDuration(text, PERIOD)
    if (parsed.ok) return parsed.value
    const isNumber = /^[\s\d.+-]/.test(text)
    context.addIssue({ code: 'custom', message: isNumber ? parsed.message : unknownPeriod(text) })
    return z.NEVER
  })

function periodMessage(input: unknown): string | undefined {
  const parsed = parseDuration(input, PERIOD)
  return parsed.ok ? undefined : parsed.message
}

function unknownPeriod(text: string): string {
  const words = Object.keys(NAMED_PERIODS)
  const meant = nearest(text, words)
  const hint = meant === undefined ? 'expected day, week or a duration such as 12h' : `did you mean ${meant}?`
  return `unknown period ${JSON.stringify(text)}; ${hint}`
}

const point = z.tuple([
  duration({ description: 'Time in the period.', examples: ['9h'] }),
  percent(
    { description: 'Of the load.', examples: ['80%'] },
    { max: MULTIPLE_MAX, maxReason: 'raise the load instead' },
  ),
])

const OFFSET = /^([+-])(\d\d):(\d\d)$/
const OFFSET_MIN_PS = -12 * 3_600e12
const OFFSET_MAX_PS = 14 * 3_600e12

/** `+08:00`, as ISO 8601 writes offsets, in picoseconds; else what is wrong with it. */
function parseOffset(text: string): number | string {
  const [, sign, hours, minutes] = OFFSET.exec(text) ?? []
  const shown = JSON.stringify(text)
  if (sign === undefined) return `${shown} is no time zone; write its offset from UTC, as in "+08:00"`
  const ps = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60e12
  if (Number(minutes) > 59 || ps < OFFSET_MIN_PS || ps > OFFSET_MAX_PS)
    return `${shown} is no time zone's offset; they go from -12:00 to +14:00`
  return ps
}

const zone = z
  .string()
  .transform((text, context) => {
    const parsed = parseOffset(text)
    if (typeof parsed === 'number') return parsed
    context.addIssue({ code: 'custom', message: parsed })
    return z.NEVER
  })
  .meta({
    description: "By how much the clocks of these hosts are ahead of the run's. Default +00:00.",
    examples: ['+08:00'],
  })

const details = strict(
  'profile',
  {
    shape: shape.optional(),
    period: period.optional(),
    points: z
      .array(point)
      .min(2)
      .max(POINTS_MAX)
      .meta({
        description:
          'Points of time in the period and percent of the load, linear in between, and from the last to the first of the ' +
          'next period. Two of one time make a step.',
        examples: [
          [
            ['0h', '30%'],
            ['4h', '20%'],
            ['20h', '100%'],
          ],
        ],
      })
      .optional(),
    swing: percent(
      {
        description: 'Instead of points: a cosine about the load, by so much of it up and down.',
        examples: ['60%'],
      },
      { max: 1, maxReason: 'rates are not negative' },
    ).optional(),
    peak: duration({ description: 'With swing: when in the period it peaks.', examples: ['20h'] }).optional(),
    zone: zone.optional(),
  },
  {
    description: 'A shape; a period with points; or a period with swing and peak.',
    examples: [
      {
        period: 'day',
        points: [
          ['4h', '20%'],
          ['20h', '100%'],
        ],
      },
    ],
    instead: {
      timezone: 'use zone, such as "+08:00"',
      offset: 'use zone, such as "+08:00", or `begin` in `run`',
      phase: 'use zone, such as "+08:00", or `begin` in `run`',
      day: 'use period: day',
      week: 'use period: week',
    },
  },
)

export const profileSchema = either([shape, details], {
  description:
    'How the rate follows the day or the week: percent of load or flowRate over time. A shape alone (business-hours, evening), ' +
    'or a map. Time 0 of the run is midnight, and Monday, unless `run.begin` says otherwise.',
  examples: [
    'evening',
    {
      period: 'day',
      points: [
        ['4h', '20%'],
        ['20h', '100%'],
      ],
    },
    { period: 'day', swing: '60%', peak: '20h', zone: '+08:00' },
  ],
})

export type ProfileInput = z.output<typeof profileSchema>
