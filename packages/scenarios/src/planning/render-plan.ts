import { printPercent } from '@weft/core'
import colours from 'picocolors'
import { brief, count, duration, many, percentCell, rate } from '../report/format.ts'
import { type Palette, plain, textTable } from '../text/text-table.ts'
import type { CapacityPlan, PlanPassing, PlanUpgradeStep, ResourcePlan } from './capacity-plan.ts'
import { profilesText } from './profile-rates.ts'
import { ingressTable, ingressVerdict } from './render-ingress.ts'
import { poolTable, poolVerdict } from './render-pools.ts'
import type { Sizing } from './sizing.ts'
import { changeText } from './sizing-text.ts'

const RESOURCES_SHOWN = 8
const LOSSES_SHOWN = 3
const ROUNDING = 1e-9

/** A plan as lines for a terminal. */
export function renderPlan(plan: CapacityPlan, { color }: { readonly color: boolean }): string {
  const paint = colours.createColors(color)
  const blocks = [
    headline(plan, paint),
    verdict(plan, paint),
    tierTable(plan, paint),
    resourceTable(plan, paint),
    poolTable(plan, paint),
    ingressTable(plan, paint),
    lossLines(plan, paint),
    upgradeTable(plan, paint),
    sizeTable(plan, paint),
    footing(plan, paint),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function headline(
  { name, demand, profiles, growth, warnings, partial, failures }: CapacityPlan,
  paint: Palette,
): string {
  const source = demand.of === 'traffic' ? 'expected of its traffic' : 'of the matrix given'
  const lines = [
    `${paint.bold(plain(name))}  ${paint.dim(`steady clock, ${rate(demand.ipBps)} ${source}, ${growthText(demand.growth)}`)}`,
  ]
  if (profiles !== null) lines.push(plain(profilesText(profiles)))
  if (growth !== 1) lines.push(`Asked about ${times(growth)} today's demand.`)
  if (partial) lines.push(paint.yellow(`partial: interrupted, ${missingText(failures.left, failures.total)}`))
  for (const warning of warnings) lines.push(paint.yellow(`warning: ${plain(warning)}`))
  return lines.join('\n')
}

function missingText(left: number, total: number): string {
  if (left === 0) return 'upgrades or sizes are missing'
  return `${count(left)} of ${many(total, 'failure')} not looked at`
}

function growthText(growth: CapacityPlan['demand']['growth']): string {
  const rates = growth.map(({ perYear }) => printPercent(perYear, { digits: 3 }))
  if (growth.every(({ perYear }) => perYear === 0)) return 'no growth given'
  return rates.length === 1 ? `growing ${rates[0]} a year` : `parts growing ${rates.join(', ')} a year`
}

/** What passes its limit first, and when. */
function verdict(plan: CapacityPlan, paint: Palette): string {
  const { normal, failure, normalByDate, failureByDate, growth, demand } = plan
  const lines = [
    passingLine('with everything up', normal, growth, paint),
    passingLine('under a single failure', failure, growth, paint),
    ...poolVerdict(plan, paint),
    ...ingressVerdict(plan, paint),
  ]
  // where parts grow differently, what passes first in time may be another resource
  const isOther = (byDate: PlanPassing | null, byGrowth: PlanPassing | null) =>
    demand.growth.length > 1 &&
    byDate !== null &&
    byDate.date !== null &&
    byDate.resource !== byGrowth?.resource
  for (const [byDate, byGrowth, when] of [
    [normalByDate, normal, 'with everything up'],
    [failureByDate, failure, 'under a single failure'],
  ] as const) {
    if (isOther(byDate, byGrowth))
      lines.push(`  first in time ${when}: ${whatOf(byDate!)} on ${byDate!.date}`)
  }
  return lines.join('\n')
}

function passingLine(when: string, passing: PlanPassing | null, growth: number, paint: Palette): string {
  if (passing === null) return `${paint.green('✓')} ${when} nothing is loaded`
  const { growth: holds, utilization, limit } = passing
  const mark = holds >= growth ? paint.green('✓') : paint.red('✗')
  const room =
    holds >= 1 ? `room for ${paint.bold(times(holds))}` : paint.red(`too full by ${times(1 / holds)}`)
  const now = `${percentCell(utilization)} of at most ${printPercent(limit, { digits: 3 })}`
  return [`${mark} ${when}: ${room}${whenText(passing)}`, `  ${whatOf(passing)}  ${paint.dim(now)}`].join(
    '\n',
  )
}

function whenText({ years, date }: Pick<PlanPassing, 'years' | 'date'>): string {
  if (years === null || years === 0) return ''
  return date === null ? `, in ${significantYears(years)}` : `, until ${date}`
}

const significantYears = (years: number) => `${Number(years.toPrecision(3))} years`

function whatOf({ resource, alike, failure }: PlanPassing): string {
  const others = alike > 1 ? ` and ${many(alike - 1, 'like it', 'like it')}` : ''
  return `${plain(resource)}${others}${failure === null ? '' : ` when ${plain(failure)} fails`}`
}

function tierTable({ tiers, oversubscription }: CapacityPlan, paint: Palette): string {
  const rows = tiers.map((tier) => [
    plain(tier.tier),
    count(tier.links),
    percentCell(tier.loadBps / tier.capacityBps),
    percentCell(tier.utilizationMax),
    percentCell(tier.utilizationMaxUnderFailure),
    tier.growth === null ? '–' : times(tier.growth),
  ])
  const ratios = oversubscription.map(({ tier, text }) => `${plain(tier)} ${text}`).join(', ')
  const made = textTable(
    ['Links', 'number', 'mean', 'fullest', 'under failure', 'room for'],
    'lrrrrr',
    rows,
    paint,
  )
  return ratios === '' ? made : `${made}\n${paint.dim(`oversubscription: ${ratios}`)}`
}

function resourceTable({ resources, demand }: CapacityPlan, paint: Palette): string {
  const loaded = resources.filter(({ growth }) => growth !== null)
  const opens = demand.connectionsPerSecond > 0
  const rows = loaded
    .slice(0, RESOURCES_SHOWN)
    .map((resource) => [
      nameOf(resource),
      rate(resource.rateBps),
      percentCell(resource.utilization),
      brief(resource.packetsPerSecond),
      ...(opens ? [brief(resource.connectionsPerSecond)] : []),
      resource.headroomBps < 0 ? paint.red('none') : rate(Math.round(resource.headroomBps)),
      resource.waitPs === null ? '–' : duration(Math.round(resource.waitPs)),
      underFailure(resource),
      times(resource.growth!),
    ])
  if (rows.length === 0) return ''
  const perSecond = opens ? ['packets/s', 'new conn/s'] : ['packets/s']
  const head = ['Fullest', 'rate', 'now', ...perSecond, 'headroom', 'mean wait', 'at worst', 'room for']
  const made = textTable(head, opens ? 'lrrrrrrlr' : 'lrrrrrlr', rows, paint)
  const more = loaded.length - rows.length
  return more > 0 ? `${made}\n${paint.dim(`${count(more)} more in --json`)}` : made
}

function nameOf({ names }: ResourcePlan): string {
  const [first] = names as readonly [string]
  return names.length > 1 ? `${plain(first)} (${count(names.length)} alike)` : plain(first)
}

/** Where a failure puts more on it than there is now. */
function underFailure({ underFailure: worst, loadBps }: ResourcePlan): string {
  if (worst === null || worst.loadBps <= loadBps * (1 + ROUNDING)) return 'no more'
  return `${percentCell(worst.utilization)} without ${plain(worst.failure)}`
}

function lossLines({ losses, demand }: CapacityPlan, paint: Palette): string {
  const cut = losses.filter(({ cutBps }) => cutBps > 0)
  return cut
    .slice(0, LOSSES_SHOWN)
    .map(({ failure, alike, cutBps }) => {
      const others = alike > 1 ? ` (${count(alike)} alike)` : ''
      const lost = `${rate(Math.round(cutBps))}, ${percentCell(cutBps / demand.ipBps)} of demand`
      return `${paint.red('✗')} a failure of ${plain(failure)}${others} leaves hosts without a way: ${lost}`
    })
    .concat(
      cut.length > LOSSES_SHOWN ? [paint.dim(`${count(cut.length - LOSSES_SHOWN)} more in --json`)] : [],
    )
    .join('\n')
}

function upgradeTable({ upgrades }: CapacityPlan, paint: Palette): string {
  const { steps, end, hasCosts, currency } = upgrades
  const unit = hasCosts ? (currency ?? 'cost') : 'links'
  const head = ['Next upgrades', plain(unit), 'together', 'room for', 'until', 'then first']
  const rows = steps.map((step, index) => [
    `${index + 1}. ${upgradeText(step)}`,
    count(step.cost),
    count(step.costSoFar),
    times(step.growth),
    untilText(step),
    step.next === null ? '–' : plain(step.next.resource),
  ])
  if (rows.length === 0 && end === 'growth reached') return paint.dim('No upgrade is needed for that.')
  const ends = ENDS[end]
  if (rows.length === 0) return ends === '' ? '' : paint.dim(`No upgrade: ${ends}.`)
  const made = textTable(head, 'lrrrll', rows, paint)
  return ends === '' ? made : `${made}\n${paint.dim(`It ends there: ${ends}.`)}`
}

const ENDS: Readonly<Record<CapacityPlan['upgrades']['end'], string>> = {
  'growth reached': '',
  'steps shown': '',
  'no further rate': 'what passes first has no further rate to go to',
  'no gain': 'no single upgrade gains anything',
  interrupted: 'interrupted',
}

const upgradeText = ({ upgraded }: PlanUpgradeStep) =>
  upgraded
    .map(
      ({ tier, links, fromBps, toBps }) =>
        `${count(links.length)} ${plain(tier)} ${rate(fromBps)} → ${rate(toBps)}`,
    )
    .join(', ')

function untilText({ years, date }: PlanUpgradeStep): string {
  if (date !== null) return date
  return years === null ? '–' : significantYears(years)
}

const NOUNS: Readonly<Record<Sizing['key'], string>> = {
  spines: 'spines',
  parallelLinks: 'parallel links',
  hostsPerLeaf: 'hosts per leaf',
  k: 'ports per switch',
}

function sizeTable({ sizing, notSized, growth, upgrades }: CapacityPlan, paint: Palette): string {
  const rows = sizing.map((each) => [
    `${plain(each.region)} ${NOUNS[each.key]}`,
    count(each.now),
    each.needed === null ? paint.red('none') : count(each.needed),
    each.needed === null ? plain(each.why!) : changeText(each, upgrades.currency && plain(upgrades.currency)),
  ])
  const notes = notSized.map(
    (region) =>
      `${plain(region)} is a graph, link by link: sizes can be tried where a generator makes the fabric`,
  )
  const made =
    rows.length === 0 ? [] : [textTable([`For ${times(growth)}`, 'now', 'needed', ''], 'lrrl', rows, paint)]
  return [...made, ...notes.map((note) => paint.dim(note))].join('\n')
}

function footing({ failures, assumptions }: CapacityPlan, paint: Palette): string {
  const { total, computed, bySymmetry } = failures
  const symmetry = bySymmetry === 0 ? '' : `, ${count(bySymmetry)} by symmetry with these`
  const covered = `${many(total, 'failure')} of one link or switch: ${count(computed)} computed${symmetry}`
  return paint.dim([covered, ...assumptions].join('\n'))
}

const times = (factor: number) => `${Number(factor.toPrecision(3))}x`
