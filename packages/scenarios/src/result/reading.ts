import { ConfigError, nearest } from '@weft/core'
import type { DropReason } from '@weft/fabric'
import type { LinkResult, Percentile, ScenarioResult, SizeBinResult, TrafficResult } from './result.ts'

/** The directions of links with the highest mean utilisation, highest first. */
export function hottestLinks({ links }: Pick<ScenarioResult, 'links'>, count = 5): LinkResult[] {
  return [...links].sort((a, b) => b.utilization.mean - a.utilization.mean).slice(0, count)
}

export interface SlowdownQuestion {
  /** Default 99. Others are measured by an expectation with that percentile. */
  readonly percentile?: 50 | 95 | 99
  /** One of the result's size bins. Default: all sizes. */
  readonly sizes?: '< 10kB' | '10kB..100kB' | '100kB..1MB' | '>= 1MB' | '>= 10MB' | '>= 100MB' | '>= 1GB'
}

/** Bins as a table shows them: of open ones with the very same flows the last, and all flows together where that adds anything. */
export function shownBins({ bins, all }: Pick<TrafficResult, 'bins' | 'all'>): readonly SizeBinResult[] {
  const told = bins.filter((bin, i) => bin.toBytes !== null || bins[i + 1]?.flows !== bin.flows)
  return told.length > 1 ? [...told, all] : told
}

const NOTHING: Percentile = {
  value: null,
  samples: 0,
  interval: [null, null],
  supported: false,
  biased: false,
}

/**
 * A percentile of slowdown of one traffic, and how far to trust it; its value is null where no such flow completed.
 * Throws a ConfigError on a traffic that the result does not have, and on the result of a clock that has no single flows.
 */
export function slowdownOf(
  { flows, clock }: Pick<ScenarioResult, 'flows'> & Partial<Pick<ScenarioResult, 'clock'>>,
  traffic: string,
  { percentile = 99, sizes }: SlowdownQuestion = {},
): Percentile {
  if (clock === 'steady') {
    const message = 'the steady clock does not tell flows apart; run with the flow or the packet clock'
    throw new ConfigError([{ path: ['clock'], message }])
  }
  const found = flows.find((each) => each.traffic === traffic)
  if (found === undefined)
    throw new ConfigError([{ path: ['traffic'], message: unknownTraffic(traffic, flows) }])
  const bin = sizes === undefined ? found.all : found.bins.find(({ label }) => label === sizes)
  return bin === undefined ? NOTHING : bin.slowdown[`p${percentile}`]
}

function unknownTraffic(traffic: string, flows: ScenarioResult['flows']): string {
  const names = flows.map((each) => each.traffic)
  const meant = nearest(traffic, names)
  const hint =
    meant === undefined ? `the result has ${names.join(', ') || 'none'}` : `did you mean "${meant}"?`
  return `unknown traffic "${traffic}"; ${hint}`
}

/**
 * Packets lost for a reason, wherever it was; all packets lost without one. Throws a ConfigError on the result of a clock
 * that has no packets.
 */
export function dropsOf(
  { drops, clock }: Pick<ScenarioResult, 'drops' | 'clock'>,
  reason?: DropReason,
): number {
  if (drops === null) {
    const message = `the ${clock} clock has no packets that could be lost; run with the packet clock`
    throw new ConfigError([{ path: ['clock'], message }])
  }
  return drops.reduce(
    (sum, drop) => (reason === undefined || drop.reason === reason ? sum + drop.packets : sum),
    0,
  )
}
