import { SECOND } from '@weft/core'
import { TTL_SECONDS_MAX } from '@weft/fabric'
import { z } from 'zod'
import { delay, quantities } from './quantity.ts'
import { choice, either, selector, strict, wholeNumber } from './strict.ts'

const CACHE_MAX = 2 ** 24

/** A time to live, 0 or more. */
export const ttl = (description: string, examples: readonly string[] = ['30s']) =>
  quantities(
    ['duration'],
    { description, examples: [...examples] },
    { max: TTL_SECONDS_MAX * SECOND },
  ).transform(({ value }) => value)

const delays = (description: string, example: string) =>
  either(
    [
      delay({ description, examples: [example] }),
      strict(
        'delay',
        {
          mean: delay({ description: 'The mean.', examples: [example] }),
          distribution: choice(['constant', 'exponential'], {
            description: 'How delays are distributed. Default constant.',
            examples: ['exponential'],
          }).optional(),
        },
        { description, examples: [{ mean: example, distribution: 'exponential' }] },
      ),
    ],
    { description, examples: [example, { mean: example, distribution: 'exponential' }] },
  ).optional()

const targets = selector({
  description:
    'What the name stands for: addresses; a host, pod or service, for its addresses; or one other name.',
  examples: ['203.0.113.9', ['192.0.2.1', '192.0.2.2'], 'shop/store', 'ord1/leaf-0/host-0'],
})

const records = z
  .record(
    z.string().min(1).max(253),
    either(
      [
        targets,
        strict(
          'a record',
          { to: targets, ttl: ttl('How long it may be kept. Default as for all.').optional() },
          {
            description: 'A record with a time to live of its own.',
            examples: [{ to: '203.0.113.9', ttl: '30s' }],
          },
        ),
      ],
      {
        description: 'What a name stands for.',
        examples: ['203.0.113.9', { to: '203.0.113.9', ttl: '30s' }],
      },
    ),
  )
  .meta({
    description:
      'Public names, beside those that services and ingresses ask for by annotations of external-dns; in place of theirs where both say one.',
    examples: [{ 'shop.example.com': { to: 'shop/store', ttl: '30s' } }],
  })

const resolver = strict(
  'resolver',
  {
    each: choice(['cluster', 'host'], {
      description:
        'Who has one: each cluster, and each region for who is in none (default), so that all its caches change at once; or each pod and host one of its own, as caches at nodes come near to.',
      examples: ['host'],
    }).optional(),
    start: choice(['aged', 'empty'], {
      description:
        'What it has when the run begins: what others asked it before, so that its first answers have ages, evenly spread over their times to live (default); or nothing, so that what all ask for first expires together.',
      examples: ['empty'],
    }).optional(),
    capacity: wholeNumber(1, CACHE_MAX, {
      description:
        'Answers that it keeps; of a full cache those go that were used longest ago. Default 10000.',
      examples: [1000],
    }).optional(),
    maxTtl: ttl('It keeps nothing for longer. Default: as long as records say.').optional(),
    minTtl: ttl('It keeps everything for so long. Default 0s.', ['5s']).optional(),
    delay: delays(
      'From a question of a host to its answer, where the resolver need not ask anybody. Default 500us.',
      '500us',
    ),
    upstream: delays(
      "From a question of the resolver to the answer of those who have the public names. Default 20ms. A cluster's own names it has itself.",
      '20ms',
    ),
  },
  { description: 'Whom hosts ask for names.', examples: [{ each: 'host', maxTtl: '30s', upstream: '20ms' }] },
)

const clients = strict(
  'clients',
  {
    cache: either(
      [
        choice(['ttl', 'none'], {
          description: 'As long as answers may be kept, or not at all.',
          examples: ['none'],
        }),
        ttl('For so long, whatever records say.'),
      ],
      {
        description:
          'How long pods and hosts keep answers themselves: as long as these may be kept (ttl, the default); not at all (none), as the C libraries do it; or for a fixed time, as some runtimes do.',
        examples: ['none', '30s'],
      },
    ).optional(),
    library: choice(['glibc', 'musl'], {
      description: 'Whose rules for search paths they follow; musl is that of Alpine. Default glibc.',
      examples: ['musl'],
    }).optional(),
    ndots: wholeNumber(0, 15, {
      description:
        'Names with fewer dots are tried with the search paths first. Default as manifests say, 5 for pods; others have no search paths.',
      examples: [2],
    }).optional(),
    answers: choice(['rotated', 'first'], {
      description: 'Of several addresses the next one for each connection (default), or always the first.',
      examples: ['first'],
    }).optional(),
  },
  { description: 'How pods and hosts resolve names.', examples: [{ cache: 'none', ndots: 2 }] },
)

export const dnsSchema = strict(
  'dns',
  {
    records: records.optional(),
    ttl: ttl(
      'Of public records that state none, by themselves or by the annotation external-dns.alpha.kubernetes.io/ttl. Default 300s.',
      ['60s'],
    ).optional(),
    clusterTtl: ttl("Of records of clusters' services. Default 30s, as kubeadm has it.", ['5s']).optional(),
    negativeTtl: ttl('How long it may be kept that there is no such name. Default as long as records.', [
      '5s',
    ]).optional(),
    resolver: resolver.optional(),
    clients: clients.optional(),
  },
  {
    description:
      'Names while the network runs: with it, even empty, flows to names and URLs look them up when they begin, with caches and their times to live. Without it names are looked up once, when the scenario is built.',
    examples: [
      { records: { 'shop.example.com': { to: 'shop/store', ttl: '30s' } } },
      { clusterTtl: '5s', resolver: { each: 'host' }, clients: { cache: 'none' } },
    ],
  },
)

export type DnsInput = z.output<typeof dnsSchema>
export type DelayInput = NonNullable<NonNullable<DnsInput['resolver']>['delay']>
