import { z } from 'zod'
import { requestSchema } from './ingress.ts'
import { name } from './names.ts'
import { profileSchema } from './profile.ts'
import { duration, percent, perSecond, positiveDuration, rate, size } from './quantity.ts'
import { sizesSchema } from './sizes.ts'
import { choice, either, selector, strict, wholeNumber } from './strict.ts'
import { transportSchema } from './transport.ts'

/** Ten times a sender's link: beyond that, a percentage was probably a slip. */
const LOAD_MAX = 10
/** The largest UDP datagram over IPv4, RFC 768 and 791. */
export const PACKET_BYTES_MAX = 65_535

const HOSTS =
  'all hosts, a host, a switch or region (the hosts below it), a workload of a cluster (its pods), a pattern with * and **, or a list of these'

const stream = strict(
  'stream',
  {
    packet: size(
      { description: 'IP bytes of every packet.', examples: ['1500B'] },
      { positive: true, max: PACKET_BYTES_MAX },
    ),
    rate: rate({
      description: 'Mean IP bit rate per sender, over on and off periods.',
      examples: ['10Gbps'],
    }),
    process: choice(['constant', 'poisson', 'on-off'], {
      description: 'How packets are spaced. Default constant.',
      examples: ['poisson'],
    }).optional(),
    on: positiveDuration({ description: 'Mean on period of on-off.', examples: ['1ms'] }).optional(),
    off: positiveDuration({ description: 'Mean off period of on-off.', examples: ['1ms'] }).optional(),
  },
  { description: 'Open-loop packets over UDP.', examples: [{ packet: '1500B', rate: '10Gbps' }] },
)

const HOLD_DOC = {
  description:
    'With newConnections: how long each stays open after it was opened. A time, or a mean and how times are distributed.',
  examples: ['60s'],
}

const holdTimes = strict(
  'hold',
  {
    mean: positiveDuration({ description: 'The mean time.', examples: ['60s'] }),
    distribution: choice(['constant', 'exponential'], {
      description: 'How times are distributed. Default constant.',
      examples: ['exponential'],
    }).optional(),
  },
  { description: HOLD_DOC.description, examples: [{ mean: '60s', distribution: 'exponential' }] },
)

const flow = strict(
  'a flow',
  {
    at: duration({ description: 'When it starts.', examples: ['0us', '1.5ms'] }),
    from: z
      .string()
      .min(1)
      .meta({
        description: 'The sending host: its name, a pod, or a workload that has one pod.',
        examples: ['ord1/leaf-0/host-0', 'shop/front'],
      }),
    to: z
      .string()
      .min(1)
      .meta({
        description:
          'The receiving host, named alike; or a service, an address or a name, one for all flows of the entry.',
        examples: ['ord1/leaf-1/host-0', 'shop/cart'],
      }),
    size: size({ description: 'Payload bytes.', examples: ['1MB'] }),
  },
  {
    description: 'One flow.',
    examples: [{ at: '0us', from: 'ord1/leaf-0/host-0', to: 'ord1/leaf-1/host-0', size: '1MB' }],
  },
)

const pairKeys = {
  between: selector({
    description: `Every flow goes from a random one of these hosts to a random other one. ${HOSTS}.`,
    examples: ['all hosts', ['ord1/leaf-0', 'ord1/leaf-1']],
  }).optional(),
  from: selector({
    description: `The senders, with "to". ${HOSTS}.`,
    examples: ['ord1/leaf-*/host-0'],
  }).optional(),
  to: selector({
    description: `The receivers, with "from". ${HOSTS}. Or one service namespace/name, which comes before a workload of that name; an address; a name that a cluster's DNS or its public records know; a URL with one. An address of a region's NAT, with "port", is who has a mapping there when packets come.`,
    examples: ['ord1/leaf-0/host-0', 'shop/cart', '10.96.0.10', 'https://shop.example.com/'],
  }).optional(),
  permutation: selector({
    description: `Every one of these hosts sends to exactly one and receives from exactly one. ${HOSTS}.`,
    examples: ['all hosts'],
  }).optional(),
}

const offeredKeys = {
  sizes: sizesSchema.optional(),
  response: sizesSchema.optional().meta({
    description:
      'What a receiver answers each flow with once it has all of it; then the sender closes. A size, a published distribution or one of your own, as in sizes. Default 10kB with rate, 500B with newConnections, else nothing.',
    examples: ['10kB', { exponential: '20kB' }],
  }),
  load: percent(
    {
      description: "Payload bits over the sender's link rate, per sender; flows arrive as a Poisson process.",
      examples: ['50%'],
    },
    { positive: true, max: LOAD_MAX },
  ).optional(),
  flowRate: perSecond(
    { description: 'Flows per second and sender, instead of load.', examples: ['1000/s'] },
    { positive: true, of: 'flows' },
  ).optional(),
  rate: perSecond(
    {
      description:
        'Requests per second of all senders together, instead of load: each a connection of its own, a request of "sizes" (default 500B) and its "response". A Poisson process.',
      examples: ['2000 requests/s'],
    },
    { positive: true, of: 'requests' },
  ).optional(),
  newConnections: perSecond(
    {
      description:
        'New connections per second of all senders together, instead of load, that stay open for "hold": each with one request of "sizes" (default 500B) and its "response". A Poisson process.',
      examples: ['1100/s'],
    },
    { positive: true, of: 'connections' },
  ).optional(),
  hold: either([positiveDuration(HOLD_DOC), holdTimes], HOLD_DOC).optional(),
  profile: profileSchema.optional(),
  burst: size({
    description: 'One flow of this size from every sender to every receiver, all at "start".',
    examples: ['1MB'],
  }).optional(),
  stream: stream.optional(),
  flows: z
    .array(flow)
    .min(1)
    .meta({
      description: 'The very flows, one by one.',
      examples: [[{ at: '0us', from: 'ord1/leaf-0/host-0', to: 'ord1/leaf-1/host-0', size: '1MB' }]],
    })
    .optional(),
}

const traffic = strict(
  'a traffic entry',
  {
    name: name(
      'What expectations and reports call it. Default traffic-1, traffic-2 ... by its place in the list.',
      ['web-search'],
    ).optional(),
    ...pairKeys,
    ...offeredKeys,
    start: duration({ description: 'When it begins. Default 0s.', examples: ['1ms'] }).optional(),
    stop: positiveDuration({
      description: 'No new flows or packets from here on. Default: the end of arrivals.',
      examples: ['5ms'],
    }).optional(),
    request: requestSchema.optional(),
    transport: transportSchema.optional(),
    dscp: wholeNumber(0, 63, {
      description: 'Differentiated services code point, RFC 2474. Default 0.',
      examples: [46],
    }).optional(),
    priority: wholeNumber(0, 7, {
      description: 'Traffic class, 0 (default) is best effort.',
      examples: [3],
    }).optional(),
    port: wholeNumber(1, 65_535, {
      description:
        "Destination port; policies go by it. Default a URL's, or a service's if it has one alone; else one of the traffic's own, from 5001 on.",
      examples: [443],
    }).optional(),
    sourcePort: wholeNumber(1, 65_535, {
      description:
        'The port that every sender uses for all its connections or its stream. A connection fails while another one to the same address and port has it. Default a free one from 49152 on; of a stream, the destination port.',
      examples: [40_000],
    }).optional(),
    family: choice(['ipv4', 'ipv6'], {
      description: 'IP version. Default ipv4 where hosts have it.',
      examples: ['ipv6'],
    }).optional(),
  },
  {
    description:
      'Who sends what to whom: hosts by between, from and to, or permutation; sizes with load, flowRate, rate or newConnections, burst, stream, or flows.',
    examples: [
      { name: 'web-search', between: 'all hosts', sizes: 'WebSearch', load: '50%' },
      { name: 'shoppers', from: 'all hosts', to: 'shop/store', rate: '2000 requests/s', response: '20kB' },
    ],
    instead: { requests: 'use rate, as in rate: 2000 requests/s' },
  },
)

export const trafficSchema = z.array(traffic).meta({
  description: 'The traffic, any number of kinds at once.',
  examples: [[{ name: 'web-search', between: 'all hosts', sizes: 'WebSearch', load: '50%' }]],
})

export type TrafficInput = z.output<typeof traffic>
export type StreamInput = z.output<typeof stream>
