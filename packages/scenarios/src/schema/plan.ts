import { z } from 'zod'
import { percent, rate } from './quantity.ts'
import { either, number, selector, strict, text } from './strict.ts'

/** Tenfold in a year: beyond that, a percentage was probably a slip. */
const GROWTH_MAX = 9
const COST_MAX = 1e15
const STEPS_MAX = 50

const perYear = (description: string, examples: string[]) =>
  percent({ description, examples }, { max: GROWTH_MAX, maxReason: 'that is tenfold in a year' })

const share = (description: string, examples: string[]) =>
  percent({ description, examples }, { positive: true, max: 1, maxReason: 'more is lost' })

const cost = (description: string, examples: number[]) => number(0, COST_MAX, { description, examples })

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/

/** A day of the calendar, as ISO 8601 writes it. */
export function dayRefusal(day: string): string | undefined {
  const [, year, month, date] = DAY.exec(day) ?? []
  if (year === undefined) return `${JSON.stringify(day)} is not a day; write it as in 2026-01-31`
  const exists = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)))
  return exists.toISOString().startsWith(day) ? undefined : `${day} is not in the calendar`
}

const day = z
  .string()
  .superRefine((input, context) => {
    const message = dayRefusal(input)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
  .meta({
    description:
      'The day on which demand is what the scenario says. Default: none, and dates are given in years.',
    examples: ['2026-01-31'],
  })

const pairGrowth = strict(
  'growth of pairs',
  {
    from: selector({ description: 'Sending hosts, as in traffic.', examples: ['ord1/leaf-0'] }),
    to: selector({ description: 'Receiving hosts, as in traffic.', examples: ['ord1/leaf-1'] }),
    growth: perYear('Growth per year of what they send.', ['80%']),
  },
  {
    description: 'Growth of some pairs of hosts.',
    examples: [{ from: 'ord1/leaf-0', to: 'ord1/leaf-1', growth: '80%' }],
  },
)

const growthMap = strict(
  'growth',
  {
    all: perYear('Growth per year of everything that is not named below. Default 0%.', ['30%']).optional(),
    traffic: z
      .record(z.string().min(1), perYear('Growth per year.', ['60%']))
      .meta({ description: 'Growth per year of traffic by its name.', examples: [{ 'web-search': '60%' }] })
      .optional(),
    pairs: z
      .array(pairGrowth)
      .meta({
        description: 'Growth per year of pairs of hosts, whatever the traffic. Later ones win.',
        examples: [[{ from: 'ord1/leaf-0', to: 'ord1/leaf-1', growth: '80%' }]],
      })
      .optional(),
  },
  { description: 'Growth per year of some of the demand.', examples: [{ all: '30%' }] },
)

const GROWTH_EXAMPLES = ['40%', { all: '30%', traffic: { 'web-search': '60%' } }]
const growth = either([perYear('Growth per year of all demand.', ['40%']), growthMap], {
  description: 'How much more is sent every year: of all, or by traffic and pairs of hosts. Default 0%.',
  examples: GROWTH_EXAMPLES,
})

const limitKeys = {
  normal: share('Of the rate, while everything is up. Default 80%.', ['80%']).optional(),
  failure: share('Of the rate, under any failure of one link or switch. Default 100%.', ['100%']).optional(),
}

const limits = strict(
  'limits',
  {
    ...limitKeys,
    tiers: z
      .record(
        z.string().min(1),
        strict('limits of a tier', limitKeys, {
          description: 'Other limits for links of this tier.',
          examples: [{ normal: '60%' }],
        }),
      )
      .meta({ description: 'Other limits by tier of links.', examples: [{ host: { normal: '90%' } }] })
      .optional(),
    pools: percent(
      {
        description:
          'Of the SYNs that come to a host that limits the connections that it accepts, and of the new connections that come to a table, what is refused; of new entries of session affinity, those for which another one gives way. Default 1%.',
        examples: ['0.1%'],
      },
      { positive: true, max: 0.99, maxReason: 'more leaves nothing to plan for' },
    ).optional(),
  },
  {
    description:
      'How much of its rate a link should carry at most, and how many connections a host should refuse.',
    examples: [{ normal: '70%', failure: '95%' }],
  },
)

const upgrade = strict(
  'an upgrade',
  {
    to: rate({ description: 'The rate afterwards.', examples: ['400Gbps'] }),
    cost: cost('What it costs per link, from any lower rate.', [2500]),
  },
  { description: 'A rate that links can be upgraded to.', examples: [{ to: '400Gbps', cost: 2500 }] },
)

const linkCosts = strict(
  'costs of links',
  {
    each: cost('What a further link costs, both its ends included. Default 0.', [1200]).optional(),
    upgrades: z
      .array(upgrade)
      .min(1)
      .max(STEPS_MAX)
      .meta({
        description: 'Rates that its links can be upgraded to; absent: these links stay as they are.',
        examples: [[{ to: '400Gbps', cost: 2500 }]],
      })
      .optional(),
  },
  { description: 'Costs of links of this tier.', examples: [{ each: 1200 }] },
)

const costs = strict(
  'costs',
  {
    currency: text(12, { description: 'What costs are in. Default none.', examples: ['EUR'] }).optional(),
    links: z
      .record(z.string().min(1), linkCosts)
      .meta({
        description: 'By tier of links.',
        examples: [{ fabric: { each: 1200, upgrades: [{ to: '400Gbps', cost: 2500 }] } }],
      })
      .optional(),
    devices: z
      .record(z.string().min(1), cost('What a further device costs.', [60000]))
      .meta({
        description: 'By tier of switches; "host" for hosts.',
        examples: [{ spine: 60_000, leaf: 25_000 }],
      })
      .optional(),
  },
  {
    description: 'What links and devices cost: what upgrades are weighed by.',
    examples: [{ currency: 'EUR', devices: { spine: 60_000 } }],
  },
)

export const planSchema = strict(
  'plan',
  {
    from: day.optional(),
    growth: growth.optional(),
    limits: limits.optional(),
    costs: costs.optional(),
  },
  {
    description: 'What `weft plan` goes by: growth, limits and costs.',
    examples: [{ from: '2026-01-31', growth: '40%', limits: { normal: '70%' } }],
  },
)

export type PlanInput = z.output<typeof planSchema>
export type PlanGrowthInput = z.output<typeof growth>
