import { z } from 'zod'
import { flowModelSchema } from './flow-model.ts'
import { instant } from './instant.ts'
import { duration, positiveDuration } from './quantity.ts'
import { strict } from './strict.ts'

const CLOCK_NAMES = ['packet', 'flow', 'steady'] as const

export type ClockName = (typeof CLOCK_NAMES)[number]

const clock = z.enum(CLOCK_NAMES).meta({
  description:
    'The engine. packet (default) follows every packet. flow shares capacities among flows fairly, and takes ' +
    'runs of weeks; it has no queues, marks and losses of packets. steady has the loads that are expected from one ' +
    'failure, start or stop to the next, and what of them exceeds links; it has no single flows.',
  examples: ['packet', 'flow', 'steady'],
})

export const runSchema = strict(
  'run',
  {
    clock: clock.optional(),
    begin: duration({
      description:
        'When in the day or week of profiles the run begins: 20h looks at a Monday evening. Default 0s: midnight, and Monday.',
      examples: ['20h', '32h'],
    }).optional(),
    date: instant({
      description:
        'The instant at which the run begins, in UTC, a day at its midnight: certificates in Secrets of manifests are valid and expire by it. Default: none, and they count as valid all the time. Profiles go by "begin".',
      examples: ['2026-01-31', '2026-01-31T08:00:00Z'],
    }).optional(),
    for: positiveDuration({
      description: 'How long traffic arrives. Default 10ms.',
      examples: ['10ms'],
    }).optional(),
    warmup: duration({
      description:
        'Flows that start, and link and queue statistics, before this instant are left out. Default 0s.',
      examples: ['1ms'],
    }).optional(),
    drain: duration({
      description:
        'How long to run on after arrivals end so that flows can finish; ends early when all have. ' +
        'What is unfinished then is counted. Default: as long as `for`.',
      examples: ['10ms', '0s'],
    }).optional(),
    window: positiveDuration({
      description: 'Step of the time series. Default: a hundredth of `for`.',
      examples: ['100us'],
    }).optional(),
    flow: flowModelSchema.optional(),
  },
  { description: 'How to run it.', examples: [{ clock: 'packet', for: '10ms', warmup: '1ms' }] },
)

export type RunInput = z.output<typeof runSchema>
