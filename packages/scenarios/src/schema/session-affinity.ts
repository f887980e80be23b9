import type { z } from 'zod'
import { strict, wholeNumber } from './strict.ts'

const CAPACITY_MAX = 2 ** 24

/** Of the tables of clients that balancers lead back to their endpoints. */
export const sessionAffinitySchema = strict(
  'sessionAffinity',
  {
    capacity: wholeNumber(1, CAPACITY_MAX, {
      description:
        'Most entries of a table, one for each client of a port of a service; once it is full, the client that has been away for longest gives way. Default 65536, as Cilium.',
      examples: [4096],
    }).optional(),
  },
  {
    description:
      'The table of clients of services with `sessionAffinity: ClientIP` that each place which balances keeps: each host, or the gateways of a region that translate.',
    examples: [{ capacity: 4096 }],
    instead: {
      size: 'the most entries are "capacity"',
      max: 'the most entries are "capacity"',
      timeout:
        "it is each service's own: sessionAffinityConfig: { clientIP: { timeoutSeconds } } in its manifest",
      timeoutSeconds:
        "it is each service's own: sessionAffinityConfig: { clientIP: { timeoutSeconds } } in its manifest",
    },
  },
)

export type SessionAffinityInput = z.output<typeof sessionAffinitySchema>
