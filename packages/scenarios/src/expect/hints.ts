import { printDuration, printPercent } from '@weft/core'
import type { Expectation } from '../compile/questions/expect.ts'
import { POOL_WORDS } from '../report/pool-words.ts'
import { victimOf } from '../result/pool-results.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { topDemands } from './demands.ts'
import type { Measurement, Span } from './measurement.ts'

/** Lines to look into a failure: what loaded the link, and the command that shows more. */
export function hintsFor(
  { metric }: Expectation,
  measurement: Measurement,
  span: Span | undefined,
  run: ScenarioRun,
  source: string | undefined,
): string[] {
  const { value, samples, direction, flow } = measurement
  if (value === undefined) return [nothingMeasured(metric, run)]
  const hints: string[] = []
  const [noun] = metric.split('.') as [string]
  if (noun === 'flow' || noun === 'stream')
    hints.push(`${samples} ${noun}${samples === 1 ? ' was' : 's were'} measured`)
  if (noun === 'pool') hints.push(...poolHints(measurement, run))
  if (direction !== undefined && span !== undefined)
    hints.push(...directionHints(direction, span, run, source))
  if (flow !== undefined && span !== undefined && source !== undefined)
    hints.push(flowCommand(flow, span.fromPs, run, source))
  return hints
}

function nothingMeasured(metric: string, run: ScenarioRun): string {
  if (metric.startsWith('flow.')) return 'no completed flow fits the filters'
  if (metric.startsWith('stream.')) return 'no packet that a stream sent in that time has arrived'
  return `no window of the time series lies in that time; it ends at ${printDuration(run.recordedToPs)}`
}

/** Whose SYN came to a full host first, where they are counted. */
function poolHints({ object }: Measurement, run: ScenarioRun): string[] {
  const pool = run.clock.pools.pools.find(({ name }) => name === object)
  if (pool?.firstVictim === undefined) return []
  const { full } = POOL_WORDS[pool.kind]
  const { from, to, atPs } = victimOf(pool.firstVictim, run)
  return [`${full} first: ${from} → ${to} at ${printDuration(Math.round(atPs), { digits: 5 })}`]
}

function directionHints(
  direction: number,
  span: Span,
  run: ScenarioRun,
  source: string | undefined,
): string[] {
  const { topology } = run.engine.network
  const hints: string[] = []
  const demands = topDemands(run, direction, span)
  if (demands.length > 0) {
    const shares = demands.map(
      ({ from, to, share }) => `${from} → ${to} ${printPercent(share, { digits: 2 })}`,
    )
    hints.push(`top demands: ${shares.join(', ')}`)
  }
  const link = topology.links[run.links.directions[direction]!.link]!.name
  const at = printDuration(span.fromPs)
  hints.push(
    source === undefined
      ? `see it: scenario.explainLink({ link: '${link}', at: '${at}' })`
      : `see it: weft explain ${shellWord(source)} --link ${shellWord(link)} --at ${at}`,
  )
  return hints
}

function flowCommand(flow: number, fromPs: number, run: ScenarioRun, source: string): string {
  const { flows, network } = run.engine
  const [from, to] = [flows.source[flow]!, flows.destination[flow]!].map((id) => network.addresses.textOf(id))
  const ports = `--port ${flows.destinationPort[flow]} --source-port ${flows.sourcePort[flow]}`
  const protocol = flows.bytes[flow] === Infinity ? ' --protocol udp' : ''
  const at = printDuration(fromPs)
  return `see it: weft explain ${shellWord(source)} --from ${from} --to ${to} ${ports}${protocol} --at ${at}`
}

/** A word that a POSIX shell takes as it is. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-][\w@%+=:,./#-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
