import type { z } from 'zod'
import { conntrackSchema } from './conntrack.ts'
import { sessionAffinitySchema } from './session-affinity.ts'
import { fabricSchema } from './fabric.ts'
import { regionInternetSchema } from './internet.ts'
import { natSchema } from './nat.ts'
import { delay } from './quantity.ts'
import { selector, strict } from './strict.ts'

const routing = strict(
  'routing',
  {
    detection: delay({
      description: 'From a failure or repair to its detection. Default 1ms.',
      examples: ['300us', '150ms'],
    }).optional(),
    convergence: delay({
      description:
        'From detection to the new forwarding tables; until then packets to the dead member drop as link-down. Default 1ms.',
      examples: ['700us'],
    }).optional(),
  },
  {
    description: 'How fast routes follow failures and repairs.',
    examples: [{ detection: '300us', convergence: '700us' }],
  },
)

const addresses = strict(
  'addresses',
  {
    hosts: selector({
      description:
        'Prefix that hosts get their addresses from; a list of an IPv4 and an IPv6 one for dual stack. Default 10.0.0.0/8.',
      examples: ['10.0.0.0/8', ['10.0.0.0/8', 'fd00::/64']],
    }).optional(),
    workloads: selector({
      description:
        'Prefix that pods get their addresses from which have none; a list of an IPv4 and an IPv6 one for dual stack. Pods of two regions need prefixes of their own. Default 10.64.0.0/14.',
      examples: ['10.64.0.0/14', ['10.64.0.0/14', 'fd64::/64']],
    }).optional(),
    services: selector({
      description:
        'Prefix that services get their addresses from which have none; a list of an IPv4 and an IPv6 one for dual stack. Clusters may have the same one: each calls its own services. Default 10.96.0.0/16.',
      examples: ['10.96.0.0/16'],
    }).optional(),
    loadBalancers: selector({
      description:
        'Prefix that services of type LoadBalancer get an address from which have none, at most one of each family. Default: such services have none.',
      examples: ['203.0.113.64/26'],
    }).optional(),
  },
  {
    description: 'Where addresses come from.',
    examples: [{ hosts: '10.0.0.0/8' }],
  },
)

export const regionSchema = strict(
  'a region',
  {
    fabric: fabricSchema,
    routing: routing.optional(),
    addresses: addresses.optional(),
    internet: regionInternetSchema.optional(),
    nat: natSchema.optional(),
    conntrack: conntrackSchema.optional(),
    sessionAffinity: sessionAffinitySchema.optional(),
  },
  {
    description:
      'A region: one fabric, its routing, its addresses, its way to the internet, over which alone regions reach each other.',
    examples: [
      {
        fabric: {
          leafSpine: { leaves: 4, spines: 2, hostsPerLeaf: 8, hostLink: '100Gbps', fabricLink: '400Gbps' },
        },
      },
    ],
    later: ['firewall'],
    instead: {
      loadBalancers: 'use addresses: { loadBalancers: ... }',
      affinity: 'use sessionAffinity: { capacity: ... }',
    },
  },
)

export type RegionInput = z.output<typeof regionSchema>
