import { printDuration, type Quantity } from '@weft/core'
import { type ExpectInput, type Metric, type Relation, relations } from '../../schema/expect.ts'
import type { ReachInput } from '../../schema/reach.ts'
import { CLOCKS } from '../clocks.ts'
import { describeExpectation } from './describe-expectation.ts'
import { compileFilter, type ExpectationFilter, type FilterContext } from './expect-filter.ts'
import { list, type Path, type Problems } from '../problems.ts'
import { isReach } from './reach.ts'
import { endPs, type RunPlan } from '../run.ts'

/** One line of `expect`, checked, with every name resolved. */
export interface Expectation {
  readonly metric: Metric
  /** As people read it: `link.utilization  fabric p99 below 90%`. */
  readonly text: string
  readonly statistic: Statistic
  readonly bounds: readonly Bound[]
  readonly filter: ExpectationFilter
  /** What is measured: from the first instant up to but not including the second. */
  readonly fromPs: number
  readonly toPs: number
  /** Where it stands in the user's data. */
  readonly path: Path
}

export type Statistic =
  | { readonly kind: 'percentile' /** 0 to 100. */; readonly percent: number }
  | { readonly kind: 'mean' | 'max' | 'min' | 'count' }

export interface Bound {
  readonly relation: Relation
  readonly value: number
  /** Of `value` and of what is measured. `share` is a fraction of all that could have been counted. */
  readonly unit: 'ratio' | 'ps' | 'bps' | 'share' | 'packets' | 'bytes' | 'count'
}

/** Metrics that have one value per run or stream, and no distribution to take a statistic of. */
const COUNTED: ReadonlySet<Metric> = new Set<Metric>([
  'flow.unfinished',
  'flow.failed',
  'flow.retransmissions',
  'flow.timeouts',
  'stream.loss',
  'stream.goodput',
  'stream.jitter',
  'link.marks',
  'drops',
  'pool.refused',
  'pool.evicted',
  'ingress.refused',
  'dns.stale',
  'dns.failed',
  'certificate.expired',
])

/** Losses and marks count from the first packet on; what describes a steady state leaves the warm-up out. */
const WHOLE_RUN: ReadonlySet<Metric> = new Set<Metric>([
  'dns.stale',
  'dns.failed',
  'drops',
  'link.marks',
  'stream.loss',
  'stream.jitter',
  'certificate.expired',
])

const UNITS: Record<Metric, Bound['unit']> = {
  'flow.slowdown': 'ratio',
  'flow.fct': 'ps',
  'flow.throughput': 'bps',
  'flow.unfinished': 'count',
  'flow.failed': 'count',
  'flow.retransmissions': 'count',
  'flow.timeouts': 'count',
  'stream.loss': 'count',
  'stream.delay': 'ps',
  'stream.goodput': 'bps',
  'stream.jitter': 'ps',
  'link.utilization': 'share',
  'link.marks': 'count',
  'queue.depth': 'packets',
  drops: 'count',
  'pool.refused': 'count',
  'pool.evicted': 'count',
  'ingress.refused': 'count',
  'dns.stale': 'count',
  'dns.failed': 'count',
  'certificate.expired': 'count',
}

export type ExpectContext = FilterContext

export function compileExpectations(
  inputs: readonly (ExpectInput | ReachInput)[],
  raw: readonly unknown[],
  context: ExpectContext,
  problems: Problems,
): Expectation[] {
  return inputs.flatMap((input, index) => {
    if (isReach(input)) return []
    const path = ['expect', index]
    checkMetric(input.metric, context.run, path, problems)
    return [
      {
        metric: input.metric,
        text: describeExpectation(raw[index]),
        statistic: compileStatistic(input, path, problems),
        bounds: compileBounds(input, path, problems),
        filter: compileFilter(input, context, path, problems),
        ...compileWindow(input, context.run, path, problems),
        path,
      },
    ]
  })
}

/** What the clock has no notion of cannot hold or fail; it is not passed in silence. */
function checkMetric(metric: Metric, { clock }: RunPlan, path: Path, problems: Problems): void {
  const { refusedMetrics, caveats } = CLOCKS[clock]
  const instead = refusedMetrics.get(metric)
  const caveat = caveats.get(metric)
  if (instead !== undefined) {
    problems.refuse(
      [...path, 'metric'],
      `the ${clock} clock does not model what ${metric} measures; use ${instead}, or the packet clock`,
    )
  }
  if (caveat !== undefined) problems.warn([...path, 'metric'], `under the ${clock} clock ${caveat}`)
}

function compileStatistic(input: ExpectInput, path: Path, problems: Problems): Statistic {
  if (COUNTED.has(input.metric)) return { kind: 'count' }
  const { percentile, statistic } = input as { percentile?: number; statistic?: 'mean' | 'max' | 'min' }
  if ((percentile === undefined) === (statistic === undefined)) {
    const found = percentile === undefined ? 'it has neither' : 'it has both'
    problems.refuse(path, `${input.metric} takes exactly one of "percentile" and "statistic"; ${found}`)
  }
  return percentile === undefined ? { kind: statistic ?? 'max' } : { kind: 'percentile', percent: percentile }
}

function compileBounds(input: ExpectInput, path: Path, problems: Problems): Bound[] {
  const given = input as Partial<Record<Relation, number | Quantity>>
  const bounds = relations.flatMap((relation): Bound[] => {
    const value = given[relation]
    return value === undefined ? [] : [boundOf(input.metric, relation, value)]
  })
  if (bounds.length === 0)
    problems.refuse(path, `${input.metric} needs a bound: one of ${list(relations, 'or')}`)
  if (bounds.length > 1) checkBounds(bounds, path, problems)
  return bounds
}

function boundOf(metric: Metric, relation: Relation, value: number | Quantity): Bound {
  if (typeof value === 'number') return { relation, value, unit: UNITS[metric] }
  if (value.dimension === 'percent') return { relation, value: value.value, unit: 'share' }
  return { relation, value: value.value, unit: value.dimension === 'size' ? 'bytes' : 'packets' }
}

/** Two bounds make a range: one from below, one from above, in one unit. */
function checkBounds(bounds: readonly Bound[], path: Path, problems: Problems): void {
  const lower = bounds.filter(({ relation }) => relation === 'above' || relation === 'atLeast')
  const upper = bounds.filter(({ relation }) => relation === 'below' || relation === 'atMost')
  const [low] = lower
  const [high] = upper
  if (bounds.length !== 2 || low === undefined || high === undefined || low.unit !== high.unit) {
    problems.refuse(
      path,
      `${list(bounds.map(({ relation }) => relation))} do not go together; give one bound, or a lower and an upper one alike`,
    )
  } else if (
    low.value > high.value ||
    (low.value === high.value && !(low.relation === 'atLeast' && high.relation === 'atMost'))
  ) {
    problems.refuse(
      [...path, low.relation],
      `nothing is both ${low.relation} and ${high.relation} that; exchange the bounds`,
    )
  }
}

function compileWindow(input: ExpectInput, run: RunPlan, path: Path, problems: Problems) {
  const whole = WHOLE_RUN.has(input.metric)
  const { from, to } = input as { from?: number; to?: number }
  const fromPs = from ?? (whole ? 0 : run.warmupPs)
  const toPs = to ?? (whole || fromPs >= run.forPs ? endPs(run) : run.forPs)
  const end = printDuration(endPs(run))
  if (from !== undefined && fromPs >= endPs(run)) {
    problems.refuse([...path, 'from'], `${printDuration(fromPs)} is not before the end of the run, ${end}`)
  } else if (to !== undefined && toPs > endPs(run)) {
    problems.refuse([...path, 'to'], `${printDuration(toPs)} is after the end of the run, ${end}`)
  } else if (to !== undefined && toPs <= fromPs) {
    problems.refuse(
      [...path, 'to'],
      `${printDuration(toPs)} is not after the window's start, ${printDuration(fromPs)}`,
    )
  }
  return { fromPs, toPs }
}
