import { z } from 'zod'
import { fallibleKeys, mtbf, mttr } from './fallible.ts'
import { strict } from './strict.ts'

const component = strict(
  'a reliability',
  { ...fallibleKeys, mtbf, mttr },
  {
    description: 'How often some links, switches, hosts or groups fail, and how long they stay down.',
    examples: [{ of: 'link', tier: 'fabric', mtbf: '365d', mttr: '4h' }],
  },
)

export const reliabilitySchema = z.array(component).meta({
  description:
    'What fails by itself in a run, again and again, and is repaired: exponential times of these means, each part from random ' +
    'numbers of its own. For `weft whatif --availability` each is up for mtbf / (mtbf + mttr) of the time.',
  examples: [
    [
      { of: 'link', tier: 'fabric', mtbf: '365d', mttr: '4h' },
      { name: 'ord1/spine-*', mtbf: '180d', mttr: '2h' },
    ],
  ],
})

export type ReliabilityInput = z.output<typeof component>
