import type { DemandMatrix, Network } from '@weft/fabric'
import { demandWays } from '../../pictures/demand-ways.ts'
import type { CapacityPlan, PlanUpgradeStep } from '../../planning/capacity-plan.ts'
import type { GrowthCurves } from '../../planning/growth-curve.ts'
import { profilesText } from '../../planning/profile-rates.ts'
import type { Sizing } from '../../planning/sizing.ts'
import { changeText } from '../../planning/sizing-text.ts'
import { brief, count, many, percent, percentCell, rate } from '../format.ts'
import { pageHeader, tile } from '../header-parts.ts'
import { type Html, html } from '../html.ts'
import { renderPage, type Section } from '../page.ts'
import type { GridReading } from '../plots/heat-map.ts'
import { sankey } from '../plots/sankey.ts'
import { utilizationStrip } from '../plots/utilization-strip.ts'
import { plainTable } from '../table.ts'
import type { Verdict } from '../verdict.ts'
import { aboutBanners, aboutFacts, aboutSection, type ReportAbout } from './about.ts'
import { resourceByDirection } from './loads-of-plan.ts'
import { loadedTopology, tierMaps } from './maps.ts'
import { growthSection } from './plan-growth.ts'
import { byPoolKind, POOL_WORDS } from '../pool-words.ts'
import { planIngressSection } from './plan-ingress.ts'
import { planPoolsSection } from './plan-pools.ts'
import { headroomSection, times, untilText, untilWords } from './plan-headroom.ts'

/** What a plan's pictures are drawn from, beside the plan. */
export interface PlanReportInput {
  readonly plan: CapacityPlan
  readonly network: Network
  /** Today's, that the plan was made for. */
  readonly demand: DemandMatrix
  readonly curves: GrowthCurves
  readonly about: ReportAbout
}

/** The report of a plan, one HTML file; the same plan gives the same bytes. */
export async function renderPlanReport(input: PlanReportInput): Promise<string> {
  const { plan, about } = input
  const load = await loadSection(input)
  const sections: Section[] = [
    ['growth', 'What passes first', growthSection(plan, input.curves)],
    ['load', 'Utilisation', load.html],
    ['headroom', 'Headroom', headroomSection(plan)],
    ...byPoolKind(plan.pools).map(
      ([kind, pools]) =>
        [`pools-${kind}`, POOL_WORDS[kind].title, planPoolsSection(kind, pools, plan)] as const,
    ),
    ...(plan.ingress.length > 0
      ? [['ingress', 'Ingress controllers', planIngressSection(plan)] as const]
      : []),
    ['demand', 'Where demand goes', demandSection(input)],
    ['upgrades', 'Next upgrades', upgradesSection(plan)],
    ...(plan.sizing.length + plan.notSized.length > 0
      ? [['sizes', 'Sizes', sizesSection(plan)] as const]
      : []),
    ['losses', 'Failures that lose demand', lossesSection(plan)],
    ['method', 'Method', aboutSection(about, assumptionsOf(plan))],
  ]
  return renderPage({
    title: `${about.name} · Weft capacity plan`,
    header: header(input),
    sections,
    by: 'with the steady clock',
    readings: { grids: load.readings },
  })
}

function header({ plan, about }: PlanReportInput): Html {
  const { normal, failure, demand, growth, partial, failures } = plan
  const fullest = plan.resources.reduce<(typeof plan.resources)[number] | null>(
    (best, each) => (best === null || each.utilization > best.utilization ? each : best),
    null,
  )
  const room = (passing: CapacityPlan['normal']) => (passing === null ? '–' : times(passing.growth))
  const until = (passing: CapacityPlan['normal']) => {
    if (passing === null) return 'nothing is loaded'
    return passing.years === null ? passing.resource : `${untilWords(passing)}: ${passing.resource}`
  }
  const left =
    failures.left > 0
      ? `${count(failures.left)} of ${many(failures.total, 'failure')} were not looked at`
      : 'upgrades or sizes are missing'
  return pageHeader({
    kicker: 'Weft capacity plan',
    name: about.name,
    verdict: verdictOf(plan),
    banners: aboutBanners(about, partial ? `Interrupted: ${left}.` : null),
    facts: [
      ...aboutFacts(about),
      [
        'Demand',
        `${rate(Math.round(demand.ipBps))} ${demand.of === 'matrix' ? 'of the matrix given' : 'expected of its traffic'}`,
      ],
      ['In packets', `${brief(demand.packetsPerSecond)} a second`],
      ...(demand.connectionsPerSecond > 0
        ? [['New connections', `${brief(demand.connectionsPerSecond)} a second`] as const]
        : []),
      ['Growth', growthText(demand.growth)],
      ...(plan.from === null ? [] : [['From', plan.from] as const]),
      ...(growth === 1 ? [] : [['Asked about', `${times(growth)} today's demand`] as const]),
    ],
    tiles: [
      tile('Room, everything up', room(normal), until(normal)),
      tile('Room, one failure', room(failure), until(failure)),
      tile(
        'Fullest now',
        fullest === null ? '–' : percent(fullest.utilization),
        fullest?.names[0] ?? 'no links',
      ),
      tile(
        'Failures looked at',
        count(failures.total - failures.left),
        `of one link or switch, ${count(failures.computed)} computed`,
      ),
    ],
  })
}

function verdictOf({ normal, failure, growth, losses, pools, ingress }: CapacityPlan): Verdict {
  const least = [normal, failure].flatMap((passing) => passing ?? []).sort((a, b) => a.growth - b.growth)[0]
  const cut = losses.filter(({ cutBps }) => cutBps > 0)
  const cutText =
    cut.length === 0
      ? ''
      : `${many(cut.length, 'kind')} of failure cut${cut.length === 1 ? 's' : ''} hosts off from each other.`
  if (least === undefined) return { state: 'plain', mark: '–', title: 'Nothing is loaded', detail: cutText }
  const [pool] = pools
  const isPoolEnough = pool === undefined || pool.growth === null || pool.growth >= growth
  const [controller] = ingress
  const isServed = controller === undefined || controller.growth >= growth
  const isEnough = least.growth >= growth && cut.length === 0 && isPoolEnough && isServed
  const title =
    least.growth >= 1
      ? `Room for ${times(least.growth)} today's demand`
      : `Too full by ${times(1 / least.growth)}`
  const where = least.failure === null ? 'with everything up' : `when ${least.failure} fails`
  const poolText = isPoolEnough
    ? ''
    : pool.kind === 'session-affinity'
      ? `${pool.names[0]!} has no room for all clients of session affinity from ${times(pool.growth!)} on. `
      : `${pool.names[0]!} refuses more connections than ${percent(pool.limit)} from ${times(pool.growth!)} on. `
  const servedText = isServed
    ? ''
    : `The workers of ${controller.controller} keep up with ${times(controller.growth)} today's requests. `
  const detail = `${least.resource} passes ${percent(least.limit)} first, ${where}. ${poolText}${servedText}${cutText}`
  return { state: isEnough ? 'good' : 'bad', mark: isEnough ? '✓' : '✗', title, detail }
}

function growthText(growth: CapacityPlan['demand']['growth']): string {
  if (growth.every(({ perYear }) => perYear === 0)) return 'none given'
  return growth
    .map(({ perYear, ipBps }) => `${percent(perYear)} a year of ${rate(Math.round(ipBps))}`)
    .join(', ')
}

async function loadSection({
  plan,
  network,
  about,
}: PlanReportInput): Promise<{ html: Html; readings: readonly GridReading[] }> {
  const { topology } = network
  const resources = resourceByDirection(topology, plan)
  const utilizationOf = (direction: number) => resources[direction]?.utilization ?? 0
  const maps = tierMaps(topology, utilizationOf, 'load')
  const strip = utilizationStrip({
    bars: plan.resources.map(({ names, utilization, underFailure }) => ({
      name: names[0]!,
      alike: names.length,
      utilization,
      worst: underFailure?.utilization ?? null,
    })),
    limits: [
      {
        text: `limit with everything up, ${percent(plan.limits.normal)}`,
        at: plan.limits.normal,
        isDashed: false,
      },
      {
        text: `limit under a failure, ${percent(plan.limits.failure)}`,
        at: plan.limits.failure,
        isDashed: true,
      },
    ],
  })
  const drawing = await loadedTopology(topology, utilizationOf, {
    title: `Topology of ${about.name}, links coloured by offered load with everything up`,
  })
  return {
    html: html`${strip}${maps.readings.length > 0 && html`<h3 class="apart">By tier</h3>${maps.html}`}<h3 class="apart">On the network</h3>${drawing}
<p class="note">Offered load over rate, with everything up.</p>`,
    readings: maps.readings,
  }
}

function demandSection({ network, demand }: PlanReportInput): Html {
  const ways = demandWays(network, demand)
  const left =
    ways.pairsShown === ways.pairs
      ? 'All demand is shown.'
      : `Shown: the ${count(ways.pairsShown)} largest of ${many(ways.pairs, 'pair')} of places, ${percent(ways.shownBps / ways.totalBps)} of demand.`
  return html`${sankey(ways, 'Demand from hosts through tiers of switches to hosts')}
<p class="note">${left} Hosts stand together by the switches that they hang off; the smallest of each column stand together
as others, and switches of a tier that carry alike as their tier. IP bits, with everything up.</p>`
}

const ENDS: Readonly<Record<CapacityPlan['upgrades']['end'], string>> = {
  'growth reached': 'What was asked for is reached.',
  'steps shown': 'More steps: --upgrades.',
  'no further rate': 'It ends there: what passes first has no further rate to go to.',
  'no gain': 'It ends there: no single upgrade gains anything.',
  interrupted: 'It ends there: interrupted.',
}

function upgradesSection({ upgrades }: CapacityPlan): Html {
  const { steps, end, hasCosts, currency } = upgrades
  if (steps.length === 0)
    return html`<p class="empty${end === 'growth reached' && ' good'}">${end === 'growth reached' ? 'No upgrade is needed.' : ENDS[end]}</p>`
  const most = Math.max(...steps.map(({ growth }) => growth))
  const rows = steps.map((step, index) => [
    html`${index + 1}. ${upgradeText(step)}`,
    count(step.cost),
    count(step.costSoFar),
    html`<span class="bar"><i style="width:${((step.growth / most) * 100).toFixed(1)}%"></i></span><span class="fixed">${times(step.growth)}</span>`,
    untilText(step),
    step.next === null
      ? '–'
      : html`${step.next.resource}${step.next.failure !== null && html` <small>when ${step.next.failure} fails</small>`}`,
  ])
  const unit = hasCosts ? (currency ?? 'Cost') : 'Links'
  return html`${plainTable(['Upgrade', unit, 'Together', 'Room for', 'Until', 'Then first'], 'lrrrll', rows)}
<p class="note">Greedy, one step after the other: what gains most growth per cost, all computed anew after each. ${ENDS[end]}</p>`
}

const upgradeText = ({ upgraded }: PlanUpgradeStep): string =>
  upgraded
    .map(
      ({ tier, links, fromBps, toBps }) => `${count(links.length)} ${tier} ${rate(fromBps)} → ${rate(toBps)}`,
    )
    .join(', ')

const NOUNS: Readonly<Record<Sizing['key'], string>> = {
  spines: 'spines',
  parallelLinks: 'parallel links',
  hostsPerLeaf: 'hosts per leaf',
  k: 'ports per switch',
}

function sizesSection({ sizing, notSized, growth, upgrades }: CapacityPlan): Html {
  const rows = sizing.map((each) => [
    `${each.region} ${NOUNS[each.key]}`,
    count(each.now),
    each.needed === null ? html`<span class="badText">none</span>` : count(each.needed),
    each.needed === null ? each.why! : changeText(each, upgrades.currency),
  ])
  const table = plainTable([`For ${times(growth)} today's demand`, 'Now', 'Needed', 'Change'], 'lrrl', rows)
  return html`${rows.length > 0 && table}
${notSized.map((region) => html`<p class="note">${region} is a graph, link by link: sizes can be tried where a generator makes the fabric.</p>`)}
<p class="note">One number at a time, all else as it is; the least that keeps every limit.</p>`
}

const LOSSES_MAX = 40

function lossesSection({ losses, demand }: CapacityPlan): Html {
  if (losses.length === 0)
    return html`<p class="empty good">No failure of one link or switch loses demand.</p>`
  const rows = losses
    .slice(0, LOSSES_MAX)
    .map(({ failure, alike, cutBps, detachedBps }) => [
      failure,
      count(alike),
      cutBps === 0 ? '0' : html`<span class="badText">${rate(Math.round(cutBps))}</span>`,
      detachedBps === 0 ? '0' : rate(Math.round(detachedBps)),
      percentCell((cutBps + detachedBps) / demand.ipBps),
    ])
  const left = losses.length - rows.length
  return html`${plainTable(['Failure', 'Alike', 'Cut off', 'Of hosts that hang off it', 'Of demand'], 'lrrrr', rows)}
<p class="note">Cut off: between hosts that are still attached. ${left > 0 && `Left to the JSON answer: ${many(left, 'failure')} that lose less.`}</p>`
}

function coverage({ failures }: CapacityPlan): string {
  const { total, computed, bySymmetry } = failures
  const symmetry = bySymmetry === 0 ? '' : `, ${count(bySymmetry)} by checked symmetry with these`
  return `${many(total, 'failure')} of one link or switch: ${count(computed)} computed${symmetry}`
}

const assumptionsOf = (plan: CapacityPlan): string[] => [
  coverage(plan),
  ...plan.assumptions,
  ...(plan.profiles === null ? [] : [profilesText(plan.profiles)]),
]
