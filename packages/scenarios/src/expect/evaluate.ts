import { printDuration, printPackets, printPercent, printRate, printSize } from '@weft/core'
import type { Bound, Expectation } from '../compile/questions/expect.ts'
import type { ExpectationResult } from '../result/result.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { hintsFor } from './hints.ts'
import { measure } from './measure.ts'
import { holds, type Measurement, type Span } from './measurement.ts'

/**
 * Holds one expectation against a run. `source` is the scenario's file as the user named it, for the commands that it
 * suggests; absent for scenarios built in code.
 */
export function evaluate(expectation: Expectation, run: ScenarioRun, source?: string): ExpectationResult {
  const measurement = measure(expectation, run)
  const { value } = measurement
  const broken =
    value === undefined ? expectation.bounds : expectation.bounds.filter((bound) => !holds(bound, value))
  const pass = broken.length === 0
  const span = pass ? undefined : brokenSpan(broken, measurement, run.nowPs)
  return {
    text: expectation.text,
    metric: expectation.metric,
    pass,
    measured: value === undefined ? 'nothing to measure' : printValue(value, expectation.bounds[0]!.unit),
    bound: expectation.bounds.map(printBound).join(' and '),
    object: measurement.object ?? null,
    fromPs: span?.fromPs ?? null,
    toPs: span?.toPs ?? null,
    hints: pass ? [] : hintsFor(expectation, measurement, span, run, source),
  }
}

/** From the first to the end of the last window in which the object itself broke a bound. */
function brokenSpan(
  broken: readonly Bound[],
  { timeline, span }: Measurement,
  nowPs: number,
): Span | undefined {
  if (timeline === undefined) return span
  const { startPs, values, windowPs } = timeline
  const bad = startPs.filter((_, i) => broken.some((bound) => !holds(bound, values[i]!)))
  return bad.length === 0 ? undefined : { fromPs: bad[0]!, toPs: Math.min(bad.at(-1)! + windowPs, nowPs) }
}

const UNIT_PRINTERS: Record<Bound['unit'], (value: number) => string> = {
  ratio: (value) => significant(value),
  ps: (value) => printDuration(Math.round(value), { digits: 4 }),
  bps: (value) => printRate(Math.round(value), { digits: 4 }),
  share: (value) => printPercent(value, { digits: 3 }),
  packets: (value) => printPackets(Math.round(value)),
  bytes: (value) => printSize(Math.round(value), { digits: 4 }),
  count: (value) => (Number.isInteger(value) ? String(value) : significant(value)),
}

const significant = (value: number): string => String(Number(value.toPrecision(4)))

const printValue = (value: number, unit: Bound['unit']): string => UNIT_PRINTERS[unit](value)

const RELATION_WORDS = {
  below: 'below',
  above: 'above',
  atMost: 'at most',
  atLeast: 'at least',
  equals: 'equal to',
}

const printBound = ({ relation, value, unit }: Bound): string =>
  `${RELATION_WORDS[relation]} ${printValue(value, unit)}`
