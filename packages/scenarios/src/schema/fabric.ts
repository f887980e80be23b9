import { z } from 'zod'
import { connections } from './connections.ts'
import { nodeName } from './names.ts'
import { delay, linkRate, packetsOrBytes, positiveDuration, size } from './quantity.ts'
import { choice, either, flag, number, selector, strict, text, wholeNumber } from './strict.ts'

/** More than any fabric that exists; totals are bounded separately, see `compile/size.ts`. */
const COUNT_MAX = 1_000_000
const NICS_MAX = 16

const queue = (description: string) =>
  strict(
    'queue',
    {
      capacity: packetsOrBytes({
        description:
          'Packets or IP bytes that may wait behind the one being sent; more are dropped as queue-full.',
        examples: ['256 packets', '1MB'],
      }).optional(),
      ecnThreshold: packetsOrBytes({
        description:
          'Packets of ECN-capable transports are marked CE when at least this much is waiting. Absent: no marking.',
        examples: ['65 packets', '100kB'],
      }).optional(),
      markAt: choice(['enqueue', 'dequeue'], {
        description: 'Whether the queue is looked at when a packet arrives (default) or when it leaves.',
        examples: ['enqueue'],
      }).optional(),
    },
    { description, examples: [{ capacity: '256 packets', ecnThreshold: '65 packets' }] },
  )

const framing = either(
  [
    z.literal('ethernet'),
    strict(
      'framing',
      {
        overhead: size(
          {
            description: 'Bytes on the wire beyond the IP packet.',
            examples: ['2B', '38B'],
          },
          { max: 65_535 },
        ),
        slot: size(
          {
            description:
              'The least that a packet occupies. A NIC or switch that takes P packets per second makes it rate / 8P: 417B for 30 million at 100Gbps. Default: none.',
            examples: ['84B', '417B'],
          },
          { max: 131_070 },
        ).optional(),
      },
      {
        description: 'A framing of your own.',
        examples: [{ overhead: '2B' }, { overhead: '38B', slot: '417B' }],
      },
    ),
  ],
  {
    description:
      'What a packet occupies on the wire beyond its IP bytes. ethernet (default): 38 bytes, at least 84 in all.',
    examples: ['ethernet', { overhead: '2B' }],
  },
)

const linkKeys = {
  rate: linkRate({ description: 'Bits per second in each direction.', examples: ['100Gbps'] }),
  delay: delay({
    description: 'Propagation delay of one direction. Default 1us: 200 m of fibre.',
    examples: ['1us', '500ns'],
  }).optional(),
  framing: framing.optional(),
  bitErrorRate: number(0, 0.999_999, {
    description: 'Probability that a bit arrives wrong; the packet is dropped as bit-error. Default 0.',
    examples: [1e-12],
  }).optional(),
  queue: queue("The transmit queues of these links, instead of the fabric's.").optional(),
  weight: wholeNumber(1, 65_535, {
    description: 'Share in an ECMP group. Absent: as the ecmp setting weighs.',
    examples: [2],
  }).optional(),
  cost: wholeNumber(1, 65_535, { description: 'Shortest-path cost. Default 1.', examples: [10] }).optional(),
}

const LINK_EXAMPLES = ['100Gbps', { rate: '100Gbps', delay: '1us' }]

export const link = (description: string) =>
  either([linkKeys.rate, strict('a link', linkKeys, { description, examples: LINK_EXAMPLES })], {
    description: `${description} A rate alone, or a map.`,
    examples: LINK_EXAMPLES,
  })

const ECMP_MODES = ['five-tuple', 'flowlet', 'spray', 'resilient'] as const

const ecmpMode = choice(ECMP_MODES, {
  description:
    'five-tuple: hash, a flow stays on its path (default). flowlet: may move after a pause. spray: every packet anew. ' +
    'resilient: hash that moves only the flows of a failed member.',
  examples: ['five-tuple'],
})

const ecmp = either(
  [
    ecmpMode,
    strict(
      'ecmp',
      {
        mode: ecmpMode,
        weights: choice(['equal', 'rate'], {
          description: 'Members count equally (default) or by the rate of their link (WCMP).',
          examples: ['rate'],
        }).optional(),
        flowletGap: positiveDuration({
          description: 'The pause after which a flowlet may move; for mode flowlet alone. Default 100us.',
          examples: ['100us'],
        }).optional(),
      },
      { description: 'ECMP in detail.', examples: [{ mode: 'flowlet', flowletGap: '50us' }] },
    ),
  ],
  {
    description: 'How switches choose among equal-cost next hops. A mode alone, or a map.',
    examples: ['five-tuple', { mode: 'flowlet', flowletGap: '50us' }],
  },
)

const commonKeys = {
  queue: queue('Every transmit queue of a switch. Default: 256 packets, no marking.').optional(),
  nicQueue: queue("Every transmit queue of a host. Default: as the switches'.").optional(),
  ecmp: ecmp.optional(),
}

const leafSpine = strict(
  'leafSpine',
  {
    leaves: wholeNumber(1, COUNT_MAX, { description: 'Leaf switches: leaf-0, leaf-1 ...', examples: [8] }),
    spines: wholeNumber(1, COUNT_MAX, { description: 'Spine switches: spine-0, spine-1 ...', examples: [8] }),
    hostsPerLeaf: wholeNumber(1, COUNT_MAX, { description: 'Hosts: leaf-0/host-0 ...', examples: [16] }),
    hostLink: link('Links between hosts and leaves.'),
    fabricLink: link('Links between leaves and spines.'),
    parallelLinks: wholeNumber(1, 256, {
      description: 'Links between one leaf and one spine. Default 1.',
      examples: [2],
    }).optional(),
    nicsPerHost: wholeNumber(1, NICS_MAX, {
      description: 'NICs of each host. Default 1.',
      examples: [2],
    }).optional(),
    nicAttachment: choice(['leaf', 'neighbours'], {
      description:
        'leaf: all NICs of a host go to its own leaf (default). neighbours: one each to as many neighbouring leaves ' +
        '(leaf-0 with leaf-1, leaf-2 with leaf-3 ... for two NICs).',
      examples: ['neighbours'],
    }).optional(),
    bond: flag({
      description:
        'The NICs of a host form one bond (LAG, five-tuple hash) with one address. Default false: an interface each.',
      examples: [true],
    }).optional(),
    ...commonKeys,
  },
  {
    description: 'Two tiers: every leaf has links to every spine.',
    examples: [{ leaves: 4, spines: 2, hostsPerLeaf: 8, hostLink: '100Gbps', fabricLink: '400Gbps' }],
  },
)

const fatTree = strict(
  'fatTree',
  {
    k: wholeNumber(2, 158, { description: 'Ports per switch, an even number: k³/4 hosts.', examples: [8] }),
    hostLink: link('Links between hosts and edge switches.'),
    fabricLink: link('Links between edge and aggregation switches.'),
    coreLink: link('Links between aggregation and core switches. Default: as fabricLink.').optional(),
    ...commonKeys,
  },
  {
    description: 'Three tiers of k-port switches: pod-0/edge-0, pod-0/agg-0, core-0, pod-0/edge-0/host-0 ...',
    examples: [{ k: 4, hostLink: '100Gbps', fabricLink: '100Gbps' }],
  },
)

const graphSwitch = strict(
  'a switch',
  {
    name: nodeName('Unique within the region.', ['leaf-0', 'pod-0/edge-1']),
    tier: text(64, {
      description: 'What drawings and expectations group by. Default switch.',
      examples: ['leaf'],
    }).optional(),
    ecmp: ecmp.optional(),
  },
  { description: 'A switch.', examples: [{ name: 'leaf-0', tier: 'leaf' }] },
)

const graphHost = strict(
  'a host',
  {
    name: nodeName('Unique within the region.', ['h1']),
    bond: flag({
      description: 'All its links form one bond. Default false: an interface each.',
      examples: [true],
    }).optional(),
  },
  { description: 'A host.', examples: [{ name: 'h1', bond: true }] },
)

const nodeList = <Detailed extends z.ZodType>(detailed: Detailed, description: string, examples: unknown[]) =>
  z
    .array(z.union([nodeName('A name alone.', ['a']), detailed]))
    .min(1)
    .meta({ description, examples })

const graphLink = strict(
  'a link',
  {
    between: z.tuple([z.string(), z.string()]).meta({
      description: 'The two ends. A pair that is listed again is a parallel link.',
      examples: [['a', 'b']],
    }),
    ...linkKeys,
    parallel: wholeNumber(1, 256, {
      description: 'How many such links. Default 1.',
      examples: [2],
    }).optional(),
    tier: text(64, {
      description:
        'What drawings and expectations group by. Default host where one end is a host, else fabric.',
      examples: ['core'],
    }).optional(),
  },
  { description: 'A link.', examples: [{ between: ['a', 'b'], rate: '100Gbps' }] },
)

const graph = strict(
  'graph',
  {
    switches: nodeList(graphSwitch, 'The switches: names, or maps.', [
      ['a', { name: 'b', tier: 'core' }],
    ]).optional(),
    hosts: nodeList(graphHost, 'The hosts: names, or maps.', [['h1', 'h2']]),
    links: z
      .array(graphLink)
      .min(1)
      .meta({
        description: 'The links, each with its rate.',
        examples: [[{ between: ['h1', 'a'], rate: '25Gbps' }]],
      }),
    ...commonKeys,
  },
  {
    description: 'Any graph, link by link.',
    examples: [{ switches: ['a'], hosts: ['h1', 'h2'], links: [{ between: ['h1', 'a'], rate: '25Gbps' }] }],
  },
)

const override = strict(
  'an override',
  {
    links: selector({
      description: 'Which links: full names or patterns; * stands for anything but a slash, ** for anything.',
      examples: ['ord1/leaf-*:ord1/spine-3'],
    }),
    ...linkKeys,
    rate: linkKeys.rate.optional(),
  },
  {
    description: 'What is different about some links.',
    examples: [{ links: 'ord1/*:ord1/spine-3', rate: '40Gbps' }],
  },
)

export const fabricSchema = strict(
  'fabric',
  {
    leafSpine: leafSpine.optional(),
    fatTree: fatTree.optional(),
    graph: graph.optional(),
    overrides: z
      .array(override)
      .meta({
        description:
          'Links that differ from what the generator made: mixed rates, weights, costs. Later ones win.',
        examples: [[{ links: 'ord1/leaf-*:ord1/spine-3', rate: '40Gbps', weight: 1 }]],
      })
      .optional(),
    connections: connections.optional(),
  },
  {
    description: 'Exactly one of leafSpine, fatTree and graph.',
    examples: [{ fatTree: { k: 4, hostLink: '100Gbps', fabricLink: '100Gbps' } }],
  },
)

type LinkMap = z.output<z.ZodObject<typeof linkKeys>>
export type LinkDetails = { readonly [Key in keyof LinkMap]?: LinkMap[Key] | undefined }
export type LinkInput = number | LinkMap
export type QueueInput = z.output<ReturnType<typeof queue>>
export type EcmpInput = z.output<typeof ecmp>
export type FabricInput = z.output<typeof fabricSchema>
export type LeafSpineInput = z.output<typeof leafSpine>
export type FatTreeInput = z.output<typeof fatTree>
export type GraphInput = z.output<typeof graph>
