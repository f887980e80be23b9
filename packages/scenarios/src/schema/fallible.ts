import type { z } from 'zod'
import { quantities } from './quantity.ts'
import { choice, type Documented, selector, text } from './strict.ts'

/** Years, where the times of a run end with its clock. */
const longDuration = (doc: Documented) =>
  quantities(['duration'], doc, { positive: true }).transform(({ value }) => value)

/** Which parts of a network an entry about failures speaks of. */
export const fallibleKeys = {
  of: choice(['link', 'switch', 'host', 'risk'], {
    description:
      'All links, switches, hosts, or groups of `risks`: machines and cables. What is in a server goes with it; who is on the internet has no part in it.',
    examples: ['link'],
  }).optional(),
  tier: text(64, {
    description: 'Of those, only the links or switches of this tier.',
    examples: ['fabric'],
  }).optional(),
  name: selector({
    description: 'Instead of `of`: these links, switches, hosts or groups of `risks`, by names or patterns.',
    examples: ['ord1/spine-*'],
  }).optional(),
}

export const mtbf = longDuration({
  description: 'Mean time from a repair to the next failure, each of them for itself.',
  examples: ['3650d'],
})

export const mttr = longDuration({
  description: 'Mean time from a failure to its repair.',
  examples: ['4h'],
})

/** What selects parts in entries of `availability` and `reliability`. */
export type FallibleInput = {
  readonly [Key in keyof typeof fallibleKeys]?: z.output<(typeof fallibleKeys)[Key]>
}
