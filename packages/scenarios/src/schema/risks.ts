import { z } from 'zod'
import { name } from './names.ts'
import { selector } from './strict.ts'

/** Named groups of links and nodes that fail together: a conduit, a power feed, a line card. */
export const risksSchema = z
  .record(
    name('The name of a group; it stands for the group wherever parts that fail are named.', ['conduit-7']),
    selector({
      description: 'Links, switches and hosts that fail together: names or patterns.',
      examples: [['ord1/leaf-0:ord1/spine-0', 'ord1/leaf-1:ord1/spine-0']],
    }),
  )
  .meta({
    description: 'Shared risks: links, switches and hosts that fail together, by name.',
    examples: [{ 'conduit-7': ['ord1/leaf-0:ord1/spine-0', 'ord1/leaf-1:ord1/spine-0'] }],
  })

export type RisksInput = z.output<typeof risksSchema>
