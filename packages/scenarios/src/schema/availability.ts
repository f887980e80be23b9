import { z } from 'zod'
import { fallibleKeys, mtbf, mttr } from './fallible.ts'
import { percent } from './quantity.ts'
import { strict } from './strict.ts'

const component = strict(
  'an availability',
  {
    ...fallibleKeys,
    mtbf: mtbf.optional(),
    mttr: mttr.optional(),
    up: percent(
      { description: 'Instead of both: the share of time that each is up.', examples: ['99.95%'] },
      {
        positive: true,
        max: 1,
      },
    ).optional(),
  },
  {
    description: 'How often some links, switches, hosts or groups are up.',
    examples: [{ of: 'link', tier: 'fabric', mtbf: '3650d', mttr: '4h' }],
  },
)

export const availabilitySchema = z.array(component).meta({
  description:
    'How often parts of the network are up, each by itself; weft whatif --availability tells how often demands are served. ' +
    'Nothing fails in a run for it: that is `reliability`, whose parts have their availability from there.',
  examples: [
    [
      { of: 'link', tier: 'fabric', mtbf: '3650d', mttr: '4h' },
      { of: 'switch', up: '99.99%' },
    ],
  ],
})

export type AvailabilityInput = z.output<typeof component>
