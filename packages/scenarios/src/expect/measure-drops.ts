import { InvariantError } from '@weft/core'
import type { Expectation } from '../compile/questions/expect.ts'
import type { LossRecords, LossRow } from '../run/loss-records.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { directionsOf } from './directions.ts'
import type { Measurement } from './measurement.ts'

/** Packets lost, or their share of those that hosts sent in the same time: of one traffic where the filter names one. */
export function measureDrops(expectation: Expectation, run: ScenarioRun): Measurement {
  const { filter, fromPs, toPs, bounds } = expectation
  const traffic = trafficIndex(filter.traffic, run)
  const losses = lossesOf(run)
  const rows = [...countedRows(expectation, run, losses, traffic)]
  const total = rows.reduce((sum, { packets }) => sum + packets, 0)
  const sent = losses.sentBetween(fromPs, toPs, traffic)
  const isShare = bounds.some(({ unit }) => unit === 'share')
  const value = isShare ? (total === 0 ? 0 : total / Math.max(sent, total)) : total
  if (total === 0) return { value, samples: sent }
  const span = {
    fromPs: rows.reduce((first, row) => Math.min(first, row.firstPs), Infinity),
    toPs: rows.reduce((last, row) => Math.max(last, row.lastPs), 0),
  }
  return { value, samples: sent, span, ...worstPlace(rows, run) }
}

const trafficIndex = (name: string | undefined, run: ScenarioRun): number | undefined =>
  name === undefined ? undefined : run.engine.blueprint.traffic.findIndex((traffic) => traffic.name === name)

/** Expectations on drops are refused under clocks that lose nothing. */
function lossesOf({ clock }: ScenarioRun): LossRecords {
  if (clock.losses === undefined) throw new InvariantError('drops are measured without packets')
  return clock.losses
}

function* countedRows(
  expectation: Expectation,
  run: ScenarioRun,
  losses: LossRecords,
  traffic: number | undefined,
): Generator<LossRow> {
  const { filter, fromPs, toPs } = expectation
  const places = placesOf(expectation, run)
  for (const row of losses.rowsBetween(fromPs, toPs)) {
    if (filter.reason !== undefined && row.reason !== filter.reason) continue
    if (places !== undefined && !places.has(row.place)) continue
    if (traffic !== undefined && row.traffic !== traffic) continue
    yield row
  }
}

/** Names of the places that count; undefined for all. */
function placesOf(expectation: Expectation, run: ScenarioRun): Set<string> | undefined {
  const { filter } = expectation
  if (filter.links === undefined && filter.switches === undefined) return undefined
  const names = directionsOf(expectation, run).map((direction) => run.links.directions[direction]!.name)
  // a switch drops by itself too: no route, TTL expired
  return new Set(filter.links === undefined ? [...names, ...filter.switches!] : names)
}

function worstPlace(rows: readonly LossRow[], run: ScenarioRun): Pick<Measurement, 'object' | 'direction'> {
  const byPlace = new Map<string, number>()
  for (const { place, packets } of rows) byPlace.set(place, (byPlace.get(place) ?? 0) + packets)
  const [object] = [...byPlace].reduce((a, b) => (b[1] > a[1] ? b : a))
  const direction = run.links.directions.findIndex(({ name }) => name === object)
  return direction < 0 ? { object } : { object, direction }
}
