import type { CapacityPlan, PlanPassing, ResourcePlan } from '../../planning/capacity-plan.ts'
import { brief, count, duration, many, percent, percentCell, rate } from '../format.ts'
import { type Html, html } from '../html.ts'
import { bullet } from '../plots/bullet.ts'
import { roundAxis } from '../plots/axes.ts'
import { type Column, sortableTable } from '../table.ts'

/** Resources beyond this are left to the JSON answer. */
const ROWS_MAX = 300

/** A failure that adds less than this adds nothing. */
const MORE = 1 + 1e-9

export const times = (factor: number) => `${Number(factor.toPrecision(3))}×`

export const untilText = ({ years, date }: Pick<PlanPassing, 'years' | 'date'>): string => {
  if (years === 0) return 'now'
  if (date !== null) return date
  return years === null ? '–' : `in ${Number(years.toPrecision(3))} years`
}

/** In a sentence: `until 2028-10-15`. */
export function untilWords({ years, date }: Pick<PlanPassing, 'years' | 'date'>): string {
  if (years === 0) return 'passed already'
  return date === null ? untilText({ years, date }) : `until ${date}`
}

/** Tiers, then every resource, the least room first; bars with the limits marked. */
export function headroomSection(plan: CapacityPlan): Html {
  const { resources } = plan
  const highest = resources.reduce(
    (most, { utilization, underFailure }) => Math.max(most, utilization, underFailure?.utilization ?? 0),
    Math.max(plan.limits.normal, plan.limits.failure),
  )
  const { max } = roundAxis(highest, false)
  const shown = resources.slice(0, ROWS_MAX)
  const left = resources.length - shown.length
  return html`<p class="note">Bars: share of the rate now, on a scale to ${percent(max)}; behind them, what the failure that loads
it most makes of it; red marks are the limits, with everything up and under a failure.</p>
<h3 class="apart">By tier</h3>${tierTable(plan, max)}
<h3 class="apart">Every resource, the least room first</h3>${resourceTable(shown, max, plan)}
<p class="note">A resource is a direction of a link, or all directions that a checked symmetry makes alike.
Wait: mean wait for the transmitter, M/G/1. Packets${plan.demand.connectionsPerSecond > 0 && ' and new connections'} a second: offered
now, with everything up. ${left > 0 && `Left to the JSON answer: ${many(left, 'resource')} with more room.`}</p>`
}

function tierTable({ tiers, limits, oversubscription }: CapacityPlan, max: number): Html {
  const marks = new Map(limits.tiers.map((each) => [each.tier, each]))
  const rows = tiers.map(
    ({ tier, links, loadBps, capacityBps, utilizationMax, utilizationMaxUnderFailure, growth }) => {
      const own = marks.get(tier) ?? limits
      const bar = bullet({
        value: utilizationMax,
        behind: utilizationMaxUnderFailure,
        limits: [own.normal, own.failure],
        max,
      })
      const cells = [
        count(links),
        capacityBps === 0 ? '–' : percentCell(loadBps / capacityBps),
        bar,
        percentCell(utilizationMax),
        percentCell(utilizationMaxUnderFailure),
        growth === null ? '–' : times(growth),
      ]
      return html`<tr><th scope="row">${tier}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`
    },
  )
  const heads = ['Links', 'Number', 'Mean', 'Fullest', 'Now', 'Under failure', 'Room for']
  const ratios = oversubscription.map(({ tier, text }) => `${tier} ${text}`).join(', ')
  return html`<div class="scroll"><table class="numbers"><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>${ratios !== '' && html`<p class="note">Oversubscription: ${ratios}</p>`}`
}

function resourceTable(shown: readonly ResourcePlan[], max: number, { limits, demand }: CapacityPlan): Html {
  const byTier = new Map(limits.tiers.map(({ tier, failure }) => [tier, failure]))
  const columns: Column<ResourcePlan>[] = [
    {
      title: 'Room for',
      value: ({ growth }) => growth ?? Number.MAX_VALUE,
      cell: ({ growth }) => (growth === null ? '–' : times(growth)),
    },
    {
      title: 'Until',
      value: ({ years }) => years ?? Number.MAX_VALUE,
      cell: (resource) => untilText(resource),
    },
    {
      title: 'Now',
      value: ({ utilization }) => utilization,
      cell: ({ utilization, underFailure, limit, tier }) => {
        const marks = [limit, byTier.get(tier) ?? limits.failure]
        const bar = bullet({
          value: utilization,
          behind: underFailure?.utilization ?? null,
          limits: marks,
          max,
        })
        return html`${bar} <span class="fixed">${percentCell(utilization)}</span>`
      },
      look: ({ utilization, limit }) => (utilization > limit ? 'warn' : ''),
    },
    {
      title: 'Under failure',
      value: ({ underFailure }) => underFailure?.utilization ?? 0,
      cell: ({ underFailure, utilization }) =>
        underFailure === null || underFailure.utilization <= utilization * MORE
          ? html`<small>no more</small>`
          : html`${percentCell(underFailure.utilization)}<br><small>${underFailure.failure} down</small>`,
      look: ({ underFailure }) =>
        underFailure !== null && underFailure.utilization > underFailure.limit ? 'warn' : '',
    },
    {
      title: 'Headroom',
      value: ({ headroomBps }) => headroomBps,
      cell: ({ headroomBps, rateBps }) =>
        html`${headroomBps < 0 ? 'none' : rate(Math.round(headroomBps))}<br><small>of ${rate(rateBps)}</small>`,
      look: ({ headroomBps }) => (headroomBps < 0 ? 'warn' : ''),
    },
    { title: 'Wait', value: ({ waitPs }) => waitPs ?? Number.MAX_VALUE, cell: waitText },
    {
      title: 'Packets/s',
      value: ({ packetsPerSecond }) => packetsPerSecond,
      cell: ({ packetsPerSecond }) => brief(packetsPerSecond),
    },
    ...(demand.connectionsPerSecond > 0 ? [CONNECTIONS] : []),
    { title: 'Tier', cell: ({ tier }) => tier },
  ]
  return sortableTable({
    id: 'resource-table',
    find: 'a link or tier',
    title: 'Direction',
    nameOf: ({ names }) =>
      names.length === 1
        ? names[0]!
        : html`${names[0]!} <small>and ${count(names.length - 1)} like it</small>`,
    columns,
    sorted: { title: 'Room for', order: 'ascending' },
    rows: shown,
  })
}

/** Where there are any. */
const CONNECTIONS: Column<ResourcePlan> = {
  title: 'New conn/s',
  value: ({ connectionsPerSecond }) => connectionsPerSecond,
  cell: ({ connectionsPerSecond }) => brief(connectionsPerSecond),
}

const waitText = ({ waitPs }: ResourcePlan): string => {
  if (waitPs === null) return 'full'
  return waitPs < 1 ? '0' : duration(Math.round(waitPs))
}
