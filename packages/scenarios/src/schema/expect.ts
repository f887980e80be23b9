import { POOL_KINDS, type PoolKind } from '@weft/fabric'
import { z } from 'zod'
import { type Dimension, nearest } from '@weft/core'
import { DROP_REASONS } from '@weft/fabric'
import { duration, quantities } from './quantity.ts'
import { reachable, unreachable } from './reach.ts'
import { choice, either, number, selector, strict, text } from './strict.ts'
import { sizeRange } from './size-range.ts'

const RELATIONS = {
  below: 'Less than',
  above: 'More than',
  atMost: 'At most',
  atLeast: 'At least',
  equals: 'Exactly',
}

type Relation = keyof typeof RELATIONS

function bounds<Value extends z.ZodType>(
  value: (doc: { description: string; examples: unknown[] }) => Value,
  example: unknown,
) {
  const entries = Object.entries(RELATIONS).map(([key, words]) => {
    return [key, value({ description: `${words} this.`, examples: [example] }).optional()]
  })
  return Object.fromEntries(entries) as Record<Relation, z.ZodOptional<Value>>
}

const bareNumber = (example: number) => bounds((doc) => number(0, Number.MAX_SAFE_INTEGER, doc), example)

const measured = (dimension: Dimension, example: string) =>
  bounds((doc) => quantities([dimension], doc).transform(({ value }) => value), example)

const packetsOrBytes = (example: string) => bounds((doc) => quantities(['packets', 'size'], doc), example)

const countOrShare = (example: unknown) =>
  bounds(
    (doc) => either([number(0, Number.MAX_SAFE_INTEGER, doc), quantities(['percent'], doc, { max: 1 })], doc),
    example,
  )

const window = {
  from: duration({
    description: 'Only what happens from this instant on. Default: the end of the warm-up.',
    examples: ['3.1ms'],
  }).optional(),
  to: duration({
    description: 'Only what happens before this instant. Default: the end of the run.',
    examples: ['6ms'],
  }).optional(),
}

const streamOf = text(64, {
  description: 'Only streams of the traffic with this name.',
  examples: ['voice'],
}).optional()

const flowFilters = {
  of: text(64, {
    description: 'Only flows of the traffic with this name.',
    examples: ['web-search'],
  }).optional(),
  sizes: sizeRange({
    description: 'Only flows of these sizes: "< 100kB", ">= 1MB", "100kB..1MB" (the upper end excluded).',
    examples: ['< 100kB', '100kB..1MB'],
  }).optional(),
  ...window,
}

const placeFilters = {
  tier: text(64, { description: 'Only links of this tier.', examples: ['fabric'] }).optional(),
  link: selector({
    description: 'Only these links, both directions: names or patterns.',
    examples: ['ord1/leaf-0:ord1/spine-3'],
  }).optional(),
  switch: selector({
    description: 'Only what these switches send: names or patterns.',
    examples: ['ord1/leaf-*'],
  }).optional(),
  ...window,
}

/** In others somebody gives way. */
const REFUSING_POOLS = POOL_KINDS.filter((kind) => kind !== 'session-affinity') as [
  Exclude<PoolKind, 'session-affinity'>,
]

const poolFilters = {
  host: selector({
    description: 'Only pools of these hosts, as in traffic. Default: all that have one.',
    examples: ['ord1/leaf-0'],
  }).optional(),
  pool: choice(REFUSING_POOLS, {
    description:
      'Only pools of this kind: connections that hosts accept, entries of the tables that their virtual switches keep; of NAT, which has no ' +
      'host, translated connections, ports, or mappings where ports are overloaded. Default: the first two.',
    examples: ['connection-tracking'],
  }).optional(),
  ...window,
}

const statistics = {
  percentile: number(0, 100, {
    description: 'This percentile, such as 99.',
    examples: [99, 99.9],
  }).optional(),
  statistic: choice(['mean', 'max', 'min'], {
    description: 'The mean, the largest or the smallest value, instead of a percentile.',
    examples: ['max'],
  }).optional(),
}

function expectation<const Metric extends string, Shape extends z.ZodRawShape>(
  metric: Metric,
  description: string,
  shape: Shape,
  example: object,
) {
  const literal = z.literal(metric).meta({ description, examples: [metric] })
  return strict(metric, { metric: literal, ...shape }, { description, examples: [{ metric, ...example }] })
}

const expectations = [
  expectation(
    'flow.slowdown',
    'Completion time over the time that the flow would take alone; 1 is the best there is.',
    { ...flowFilters, ...statistics, ...bareNumber(20) },
    { of: 'web-search', sizes: '< 100kB', percentile: 99, below: 20 },
  ),
  expectation(
    'flow.fct',
    'Completion time: from the connect call to the last payload byte at the receiver.',
    { ...flowFilters, ...statistics, ...measured('duration', '2ms') },
    { percentile: 99, below: '2ms' },
  ),
  expectation(
    'flow.throughput',
    'Payload bits over completion time, per flow.',
    { ...flowFilters, ...statistics, ...measured('rate', '10Gbps') },
    { sizes: '>= 1MB', statistic: 'mean', above: '10Gbps' },
  ),
  expectation(
    'flow.unfinished',
    'Flows that had not completed when the run ended, those that gave up among them: a number, or a share of those that started.',
    { ...flowFilters, ...countOrShare('1%') },
    { of: 'web-search', below: '1%' },
  ),
  expectation(
    'flow.failed',
    'Flows that gave up, since their connection was refused, reset, or never answered: a number, or a share of those that started.',
    { ...flowFilters, ...countOrShare('0.1%') },
    { of: 'shoppers', below: '0.1%' },
  ),
  expectation(
    'flow.retransmissions',
    'Segments that TCP sent again, all flows together.',
    { ...flowFilters, ...bareNumber(0) },
    { atMost: 100 },
  ),
  expectation(
    'flow.timeouts',
    'Retransmission timeouts, all flows together.',
    { ...flowFilters, ...bareNumber(0) },
    { equals: 0 },
  ),
  expectation(
    'stream.loss',
    'Packets of a stream that were lost: a number, or a share of those that it sent in that time; the worst stream counts.',
    { of: streamOf, ...window, ...countOrShare('0.1%') },
    { of: 'voice', below: '0.1%' },
  ),
  expectation(
    'stream.delay',
    'One-way delay of the packets that a stream sends in that time; the worst stream counts. Percentiles are within 0.4 %.',
    { of: streamOf, ...window, ...statistics, ...measured('duration', '150us') },
    { of: 'voice', percentile: 99, below: '150us' },
  ),
  expectation(
    'stream.goodput',
    'Payload bit/s that arrive of what a stream sends in that time; the worst stream counts.',
    { of: streamOf, ...window, ...measured('rate', '900Mbps') },
    { of: 'voice', atLeast: '900Mbps' },
  ),
  expectation(
    'stream.jitter',
    'Smoothed difference of successive delays of a stream (RFC 3550 §6.4.1) when the run ends; the worst stream counts.',
    { of: streamOf, ...measured('duration', '20us') },
    { of: 'voice', below: '20us' },
  ),
  expectation(
    'link.utilization',
    "Busy share of a link's direction, window by window; the worst direction counts.",
    { ...placeFilters, ...statistics, ...measured('percent', '90%') },
    { tier: 'fabric', percentile: 99, below: '90%' },
  ),
  expectation(
    'link.marks',
    'Packets that queues marked CE, all together.',
    { ...placeFilters, ...bareNumber(0) },
    { tier: 'fabric', below: 1000 },
  ),
  expectation(
    'queue.depth',
    'The most that waited in a queue, window by window; the worst queue counts. In packets or bytes, as the bound says.',
    { ...placeFilters, ...statistics, ...packetsOrBytes('200 packets') },
    { tier: 'fabric', statistic: 'max', below: '200 packets' },
  ),
  expectation(
    'drops',
    'Packets lost: a number, or a share of those that hosts sent in that time (of the traffic in "of").',
    {
      reason: choice(DROP_REASONS, {
        description: 'Only those lost for this reason.',
        examples: ['no-route'],
      }).optional(),
      of: flowFilters.of,
      ...placeFilters,
      ...countOrShare(0),
    },
    { reason: 'no-route', equals: 0 },
  ),
  expectation(
    'pool.refused',
    'SYNs that a full host refused, or new connections that a full table did: a number, or a share of those that it got in that time; the worst one counts.',
    { ...poolFilters, ...countOrShare('1%') },
    { host: 'ord1/leaf-0', below: '1%' },
  ),
  expectation(
    'pool.evicted',
    'Clients that had to give way in a full table of session affinity, and are balanced anew when they come back: a number, or a share of the new entries in that time; the worst table counts.',
    {
      host: selector({
        description: 'Only tables of these hosts, as in traffic. Default: those of gateways too.',
        examples: ['ord1/leaf-0'],
      }).optional(),
      ...window,
      ...countOrShare('1%'),
    },
    { below: '1%' },
  ),
  expectation(
    'ingress.refused',
    'Requests to an ingress controller that no backend and no rule answered (overload, no endpoint, certificates, lost connections): a number, or a share of those that ended in that time; the worst controller counts.',
    { ...window, ...countOrShare('0.1%') },
    { below: '0.1%' },
  ),
  expectation(
    'certificate.expired',
    'Certificates of ingress controllers that expired before their successors were there.',
    { ...window, ...bareNumber(0) },
    { equals: 0 },
  ),
  expectation(
    'dns.stale',
    'Connections to an address that their name did not stand for any more: a number, or a share of the lookups in that time; the worst traffic counts.',
    { of: flowFilters.of, ...window, ...countOrShare('1%') },
    { of: 'shoppers', below: '1%' },
  ),
  expectation(
    'dns.failed',
    'Lookups without an address, as there is no such name or nobody could say: a number, or a share of the lookups in that time; the worst traffic counts.',
    { of: flowFilters.of, ...window, ...countOrShare(0) },
    { equals: 0 },
  ),
] as const

const KINDS = ['metric', 'reachable', 'unreachable']

/** For expectations without a metric: the word that was meant, where there is one like it. */
function misspeltKind({ input }: { readonly input?: unknown }): string | undefined {
  if (typeof input !== 'object' || input === null || KINDS.some((kind) => Object.hasOwn(input, kind)))
    return undefined
  if (Object.hasOwn(input, 'reach'))
    return 'unknown key "reach" in an expectation; write "reachable" or "unreachable"'
  for (const key of Object.keys(input)) {
    const meant = nearest(key, KINDS)
    if (meant !== undefined)
      return `unknown key ${JSON.stringify(key)} in an expectation; did you mean "${meant}"?`
  }
  return undefined
}

export const METRICS = expectations.map((each) => each.shape.metric.value)

const measuredSchema = z.discriminatedUnion('metric', expectations, { error: misspeltKind })

export const expectSchema = z.array(z.union([measuredSchema, reachable, unreachable])).meta({
  description: 'What must hold; weft check measures each and says what broke it.',
  examples: [
    [
      { metric: 'flow.slowdown', sizes: '< 100kB', percentile: 99, below: 20 },
      { reachable: { from: 'all hosts', to: 'all hosts' } },
    ],
  ],
})

/** One that measures a metric. */
export type ExpectInput = z.output<typeof measuredSchema>
export type Metric = ExpectInput['metric']
export const relations = Object.keys(RELATIONS) as Relation[]
export type { Relation }
