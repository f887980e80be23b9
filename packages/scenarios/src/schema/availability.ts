import { z } from 'zod'
import { percent, quantities } from './quantity.ts'
import { choice, type Documented, selector, strict, text } from './strict.ts'

/** Years, where the times of a run end with its clock. */
const longDuration = (doc: Documented) =>
  quantities(['duration'], doc, { positive: true }).transform(({ value }) => value)

const component = strict(
  'an availability',
  {
    of: choice(['link', 'switch', 'host', 'risk'], {
      description: 'All links, switches, hosts, or groups of `risks`.',
      examples: ['link'],
    }).optional(),
    tier: text(64, {
      description: 'Of those, only the links or switches of this tier.',
      examples: ['fabric'],
    }).optional(),
    name: selector({
      description:
        'Instead of `of`: these links, switches, hosts or groups of `risks`, by names or patterns.',
      examples: ['ord1/spine-*'],
    }).optional(),
    mtbf: longDuration({
      description: 'Mean time from a repair to the next failure, each of them for itself.',
      examples: ['3650d'],
    }).optional(),
    mttr: longDuration({
      description: 'Mean time from a failure to its repair.',
      examples: ['4h'],
    }).optional(),
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
    'How often parts of the network are up, each by itself; weft whatif --availability tells how often demands are served.',
  examples: [
    [
      { of: 'link', tier: 'fabric', mtbf: '3650d', mttr: '4h' },
      { of: 'switch', up: '99.99%' },
    ],
  ],
})

export type AvailabilityInput = z.output<typeof component>
