import { z } from 'zod'
import { duration } from './quantity.ts'
import { strict } from './strict.ts'

const target = (what: string) =>
  z
    .string()
    .min(1)
    .meta({
      description: `The switch, host or link that ${what}. A switch or host takes all its links with it.`,
      examples: ['ord1/spine-3', 'ord1/leaf-0:ord1/spine-3'],
    })

const event = strict(
  'an event',
  {
    at: duration({ description: 'When, from the start of the run.', examples: ['2ms'] }),
    fail: target('goes down').optional(),
    repair: target('comes back').optional(),
  },
  { description: 'A failure or a repair.', examples: [{ at: '2ms', fail: 'ord1/spine-3' }] },
)

export const eventsSchema = z.array(event).meta({
  description: 'What fails and comes back, and when.',
  examples: [
    [
      { at: '2ms', fail: 'ord1/spine-3' },
      { at: '6ms', repair: 'ord1/spine-3' },
    ],
  ],
})

export type EventInput = z.output<typeof event>
