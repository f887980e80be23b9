import { EDGE_PLACES } from '@weft/fabric'
import { z } from 'zod'
import { link } from './fabric.ts'
import { delay, linkRate } from './quantity.ts'
import { choice, either, selector, strict, text, wholeNumber } from './strict.ts'

const GATEWAYS_MAX = 256
const CLIENTS_MAX = 10_000

const rate = linkRate({
  description: "Bits per second of each gateway's link to the internet, in each direction.",
  examples: ['400Gbps'],
})

/** How a region meets the internet. */
export const regionInternetSchema = either(
  [
    rate,
    strict(
      'internet',
      {
        rate,
        delay: delay({
          description: 'From the gateways to whoever is on the internet, one way. Default 5ms.',
          examples: ['4ms'],
        }).optional(),
        gateways: wholeNumber(1, GATEWAYS_MAX, {
          description: 'Gateways, each with a link to the internet. Default 1.',
          examples: [2],
        }).optional(),
        switches: selector({
          description:
            'Switches that each gateway has a link to, by names or patterns. Default: those of the topmost tier (spines, cores); of a graph, all that no host hangs off, or all.',
          examples: ['ord1/spine-*'],
        }).optional(),
        link: link(
          'Links from gateways to these switches. Default: as fast as the link to the internet.',
        ).optional(),
        translation: choice(EDGE_PLACES, {
          description:
            'Where public addresses are translated: at the gateways, which share one state (default), or at the hosts, each with its share of the ports, so that no box in the middle keeps state.',
          examples: ['hosts'],
        }).optional(),
      },
      {
        description: 'The way to the internet.',
        examples: [{ rate: '400Gbps', delay: '4ms', gateways: 2 }],
      },
    ),
  ],
  {
    description: 'The way to the internet: the rate of a gateway, or a map. Absent: there is none.',
    examples: ['400Gbps', { rate: '400Gbps', delay: '4ms', gateways: 2 }],
  },
)

/** Who is on the internet. */
export const internetSchema = strict(
  'internet',
  {
    clients: wholeNumber(0, CLIENTS_MAX, {
      description:
        'Hosts internet/client-0, internet/client-1 ... that traffic from "internet" comes from. Default 8.',
      examples: [100],
    }).optional(),
    endpoints: selector({
      description:
        'Addresses of others on the internet, each a host internet/ADDRESS; those that traffic names are there anyway.',
      examples: ['192.0.2.80', ['192.0.2.80', '2001:db8::80']],
    }).optional(),
  },
  {
    description: 'Who is on the internet, beyond the gateways of all regions.',
    examples: [{ clients: 100, endpoints: ['192.0.2.80'] }],
  },
)

const ATTACHED_MAX = 10_000

export const directAttachSchema = z
  .array(
    strict(
      'directAttach',
      {
        workload: text(300, {
          description: 'A pod, or what has one pod alone, by namespace/name; or a host.',
          examples: ['games/lobby'],
        }),
        address: text(64, {
          description: 'An address that nothing else has; a public one needs a way to the internet.',
          examples: ['203.0.113.7'],
        }),
      },
      {
        description: 'One address for one workload.',
        examples: [{ workload: 'games/lobby', address: '203.0.113.7' }],
      },
    ),
  )
  .max(ATTACHED_MAX)
  .meta({
    description:
      'Addresses that workloads have to themselves, on their own interface: nothing translates them, and what such a workload sends to the internet bears its own.',
    examples: [[{ workload: 'games/lobby', address: '203.0.113.7' }]],
  })

export type RegionInternetInput = z.output<typeof regionInternetSchema>
export type InternetInput = z.output<typeof internetSchema>
export type DirectAttachInput = z.output<typeof directAttachSchema>
