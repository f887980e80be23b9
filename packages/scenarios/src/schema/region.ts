import type { z } from 'zod'
import { fabricSchema } from './fabric.ts'
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
        'Prefix that pods get their addresses from which have none; a list of an IPv4 and an IPv6 one for dual stack. Default 10.64.0.0/14.',
      examples: ['10.64.0.0/14', ['10.64.0.0/14', 'fd64::/64']],
    }).optional(),
    services: selector({
      description:
        'Prefix that services get their addresses from which have none; a list of an IPv4 and an IPv6 one for dual stack. Default 10.96.0.0/16.',
      examples: ['10.96.0.0/16'],
    }).optional(),
  },
  {
    description: 'Where addresses come from.',
    examples: [{ hosts: '10.0.0.0/8' }],
  },
)

export const regionSchema = strict(
  'a region',
  { fabric: fabricSchema, routing: routing.optional(), addresses: addresses.optional() },
  {
    description:
      'A region: one fabric, its routing, its addresses. Regions are not connected with each other yet.',
    examples: [
      {
        fabric: {
          leafSpine: { leaves: 4, spines: 2, hostsPerLeaf: 8, hostLink: '100Gbps', fabricLink: '400Gbps' },
        },
      },
    ],
    later: ['nat', 'internet', 'loadBalancers', 'firewall'],
  },
)

export type RegionInput = z.output<typeof regionSchema>
