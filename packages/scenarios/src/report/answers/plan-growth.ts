import type { CapacityPlan, PlanPassing } from '../../planning/capacity-plan.ts'
import type { GrowthCurves } from '../../planning/growth-curve.ts'
import { count, percent } from '../format.ts'
import { type Html, html } from '../html.ts'
import { roundAxis } from '../plots/axes.ts'
import { linePlot, type LinePlot, type PlotLine } from '../plots/line-plot.ts'
import { times, untilText, untilWords } from './plan-headroom.ts'

const SAMPLES = 60
/** Years that are drawn at most: what passes later is said in words. */
const YEARS_DRAWN_MAX = 20

interface Drawn {
  readonly name: string
  readonly passing: PlanPassing
  readonly colour: number
}

/** How full what passes first becomes, and the limits: over years where demand grows, else over times today's demand. */
export function growthSection(plan: CapacityPlan, curves: GrowthCurves): Html {
  const { normal, failure, normalByDate, failureByDate } = plan
  const grows = plan.demand.growth.some(({ perYear }) => perYear > 0)
  const [first, underFailure] = grows ? [normalByDate ?? normal, failureByDate ?? failure] : [normal, failure]
  const drawn: Drawn[] = [
    ...(first === null ? [] : [{ name: 'with everything up', passing: first, colour: 0 }]),
    ...(underFailure === null ? [] : [{ name: 'under a single failure', passing: underFailure, colour: 1 }]),
  ]
  if (drawn.length === 0) return html`<p class="empty good">Nothing is loaded: no limit is ever passed.</p>`
  const plot = grows ? overYears(plan, drawn, curves) : overGrowth(plan, drawn)
  return html`<div class="cards pairs">${drawn.map((each) => card(each, plan.growth))}</div>${linePlot(plot)}`
}

function card({ name, passing }: Drawn, growth: number): Html {
  const { resource, alike, failure, utilization, limit, growth: room, tier } = passing
  const isEnough = room >= growth
  const others = alike > 1 ? ` and ${count(alike - 1)} like it` : ''
  const until = passing.years === null ? '' : `, ${untilWords(passing)}`
  return html`<article class="card ${isEnough ? 'good' : 'bad'}">
<h3><span class="mark">${isEnough ? '✓' : '✗'}</span><span class="sr">${isEnough ? 'enough: ' : 'too little: '}</span>
${name}: room for <b>${times(room)}</b> today's demand${until}</h3>
<p class="values"><span>now <b>${percent(utilization)}</b></span><span>limit <b>${percent(limit)}</b></span>
${growth !== 1 && html`<span>asked for <b>${times(growth)}</b></span>`}</p>
<p class="object">${resource}${others} <span class="soft">(${tier})${failure !== null && `, when ${failure} fails`}</span></p>
</article>`
}

function overYears(plan: CapacityPlan, drawn: readonly Drawn[], curves: GrowthCurves): LinePlot {
  const { from } = plan
  const dated = drawn.flatMap(({ passing }) => passing.years ?? [])
  const latest = dated.filter((years) => years <= YEARS_DRAWN_MAX)
  const span = Math.max(1, Math.ceil(1.25 * Math.max(0, ...latest)))
  const lines = drawn.map(({ name, passing, colour }): PlotLine => {
    const curve = curves.of(passing)
    const points = Array.from({ length: SAMPLES + 1 }, (_, i): [number, number] => {
      const years = (span * i) / SAMPLES
      return [years, curve?.afterYears(years) ?? passing.utilization]
    })
    return { name, points, colour }
  })
  const print = (years: number) => (from === null ? `${years} y` : yearText(from, years))
  return {
    ...common(plan, drawn, lines),
    x: { min: 0, max: span, interval: Math.max(1, Math.ceil(span / 6)), print },
    points: drawn.flatMap(({ passing, colour }) => {
      const { years, limit } = passing
      if (years === null || years > span || years === 0) return []
      return [{ at: [years, limit] as const, text: untilText(passing), colour }]
    }),
  }
}

function overGrowth(plan: CapacityPlan, drawn: readonly Drawn[]): LinePlot {
  const rooms = drawn.map(({ passing }) => passing.growth)
  const { max: span, interval } = roundAxis(1.15 * Math.max(1, plan.growth, ...rooms), false)
  const lines = drawn.map(
    ({ name, passing: { utilization }, colour }): PlotLine => ({
      name,
      points: [
        [0, 0],
        [span, utilization * span],
      ],
      colour,
    }),
  )
  return {
    ...common(plan, drawn, lines),
    x: { name: "times today's demand", min: 0, max: span, interval, print: (value) => times(value) },
    points: drawn.map(({ passing, colour }) => ({
      at: [passing.growth, passing.limit] as const,
      text: times(passing.growth),
      colour,
    })),
  }
}

function common({ growth }: CapacityPlan, drawn: readonly Drawn[], lines: readonly PlotLine[]) {
  const limits = [...new Set(drawn.map(({ passing }) => passing.limit))]
  const room = Math.max(...limits)
  const highest = lines.flatMap(({ points }) => points.map(([, y]) => y)).reduce((a, b) => Math.max(a, b), 0)
  const { max, interval } = roundAxis(Math.min(Math.max(1.15 * room, highest), 2.5 * room), false)
  const words = drawn.map(
    ({ name, passing }) =>
      `${name} ${passing.resource} passes ${percent(passing.limit)} at ${times(passing.growth)} today's demand (${untilText(passing)})`,
  )
  const asked = growth === 1 ? '' : ` Asked about ${times(growth)}.`
  return {
    id: 'growth',
    title: 'Growth until the limit',
    note: 'share of the rate of what passes first',
    summary: `Growth against limits: ${words.join('; ')}.${asked}`,
    lines,
    limits: drawn.map(({ name, passing }) => ({
      at: passing.limit,
      text: `limit ${name}, ${percent(passing.limit)}`,
      isDashed: passing.failure !== null,
    })),
    y: { min: 0, max, interval, print: (value: number) => (value === 0 ? '0' : percent(value)) },
  }
}

/** `2028`, or `2028-07` where the axis has parts of years. */
function yearText(from: string, years: number): string {
  const [year, month] = from.split('-') as [string, string]
  return `${Number(year) + years}-${month}`
}
