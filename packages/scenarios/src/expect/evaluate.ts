import { printDuration, printPackets, printPercent, printRate, printSize } from '@weft/core'
import type { Bound, Expectation } from '../compile/expect.ts'
import type { ExpectationResult } from '../result/result.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { topDemands } from './demands.ts'
import { measure, type Measurement } from './measure.ts'

/** Holds one expectation against a run. `source` is how to name the scenario in the commands that it suggests. */
export function evaluate(expectation: Expectation, run: ScenarioRun, source = 'SCENARIO'): ExpectationResult {
  const measurement = measure(expectation, run)
  const { value } = measurement
  const broken = value === undefined ? expectation.bounds : expectation.bounds.filter((bound) => !holds(bound, value))
  const pass = broken.length === 0
  const window = pass ? undefined : brokenWindow(broken, measurement)
  return {
    text: expectation.text,
    metric: expectation.metric,
    pass,
    measured: value === undefined ? 'nothing to measure' : printValue(value, expectation.bounds[0]!.unit),
    bound: expectation.bounds.map(printBound).join(' and '),
    object: measurement.object ?? null,
    fromPs: window?.fromPs ?? null,
    toPs: window?.toPs ?? null,
    hints: pass ? [] : hintsFor(expectation, measurement, window, run, source),
  }
}

function holds({ relation, value: bound }: Bound, value: number): boolean {
  switch (relation) {
    case 'below':
      return value < bound
    case 'above':
      return value > bound
    case 'atMost':
      return value <= bound
    case 'atLeast':
      return value >= bound
    case 'equals':
      return value === bound
  }
}

interface Window {
  readonly fromPs: number
  readonly toPs: number
}

/** From the first to the end of the last window in which the object itself broke a bound. */
function brokenWindow(broken: readonly Bound[], { timeline }: Measurement): Window | undefined {
  if (timeline === undefined) return undefined
  const { startPs, values, windowPs } = timeline
  const bad = startPs.filter((_, i) => broken.some((bound) => !holds(bound, values[i]!)))
  return bad.length === 0 ? undefined : { fromPs: bad[0]!, toPs: bad.at(-1)! + windowPs }
}

function hintsFor(
  expectation: Expectation,
  { value, samples, direction }: Measurement,
  window: Window | undefined,
  run: ScenarioRun,
  source: string,
): string[] {
  if (value === undefined) return [`no observation fits the filters; ${samples} were made`]
  const hints: string[] = []
  if (direction !== undefined && window !== undefined) {
    const demands = topDemands(run, direction, window)
    if (demands.length > 0) hints.push(`top demands: ${demands.map(({ from, to, share }) => `${from} → ${to} ${printPercent(share, { digits: 2 })}`).join(', ')}`)
    const { link } = run.links.directions[direction]!
    const [a, b] = run.packetRun.network.topology.links[link]!.ends
    hints.push(`see it: weft explain ${source} --link ${a}:${b} --at ${printDuration(window.fromPs)}`)
  }
  if (expectation.metric.startsWith('flow.') && samples > 0) hints.push(`${samples} flows were measured`)
  return hints
}

const UNIT_PRINTERS: Record<Bound['unit'], (value: number) => string> = {
  ratio: (value) => significant(value),
  ps: (value) => printDuration(Math.round(value), { digits: 4 }),
  bps: (value) => printRate(Math.round(value), { digits: 4 }),
  share: (value) => printPercent(value, { digits: 3 }),
  packets: (value) => printPackets(Math.round(value)),
  bytes: (value) => printSize(Math.round(value), { digits: 4 }),
  count: (value) => String(value),
}

const significant = (value: number): string => String(Number(value.toPrecision(4)))

export const printValue = (value: number, unit: Bound['unit']): string => UNIT_PRINTERS[unit](value)

const RELATION_WORDS = { below: 'below', above: 'above', atMost: 'at most', atLeast: 'at least', equals: 'equal to' }

const printBound = ({ relation, value, unit }: Bound): string => `${RELATION_WORDS[relation]} ${printValue(value, unit)}`
