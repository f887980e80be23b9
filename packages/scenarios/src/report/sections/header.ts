import type { PacketTotals, ScenarioResult, SteadyResult } from '../../result/result.ts'
import { count, instant, many, percent, rate, share, sharingText, significant } from '../format.ts'
import { modelText } from '../flow-model-text.ts'
import { pageHeader, tile } from '../header-parts.ts'
import { type Html, html } from '../html.ts'
import { highestOf, summaryOf } from '../verdict.ts'

/** Name, verdict, what was run, and the few numbers that everybody asks for first. */
export function header(result: ScenarioResult): Html {
  return pageHeader({
    kicker: 'Weft scenario report',
    name: result.name,
    verdict: summaryOf(result),
    banners: banners(result),
    facts: facts(result),
    tiles: tiles(result),
  })
}

function banners(result: ScenarioResult): Html[] {
  const lines = result.warnings.map((warning) => html`<p class="banner">${warning}</p>`)
  if (!result.partial) return lines
  const text = html`<b>Partial result.</b> The run was interrupted at ${instant(result.simulatedPs)}
of simulated time; flows were to arrive until ${instant(result.arrivalsEndPs)}. Everything below covers
what was simulated.`
  return [html`<p class="banner bad">${text}</p>`, ...lines]
}

function facts(result: ScenarioResult): (readonly [string, Html | string])[] {
  const speed = result.wallSeconds > 0 ? ` (${count(result.events / result.wallSeconds)} events/s)` : ''
  return [
    ['Clock', result.clock],
    ['Seed', html`<code>${result.seed}</code>`],
    ['Simulated', `${instant(result.simulatedPs)}, first ${instant(result.warmupPs)} warm-up`],
    ...(result.beginPs === 0 ? [] : [['Begins', `${instant(result.beginPs)} into profiles`] as const]),
    ['Wall time', `${significant(result.wallSeconds)} s`],
    ['Events', `${count(result.events)}${speed}`],
    ...(result.flowModel === null ? [] : [['Flows share links', modelText(result.flowModel)] as const]),
    ...(result.sharing === null ? [] : [['Rates shared anew', sharingText(result.sharing)] as const]),
    ['Digest', html`<code title="${result.digest}">${result.digest.slice(0, 16)}</code>`],
    ['Weft', result.weft],
  ]
}

function tiles(result: ScenarioResult): Html[] {
  if (result.steady !== null) return steadyTiles(result, result.steady)
  const started = result.flows.reduce((sum, { started }) => sum + started, 0)
  const completed = result.flows.reduce((sum, { completed }) => sum + completed, 0)
  const failed = result.flows.reduce((sum, { failed }) => sum + failed, 0)
  const goodput = goodputAfterWarmup(result)
  const busiest = highestOf(result.links, (link) => link.utilization.mean)
  const tail = failed > 0 ? `, ${count(failed)} failed` : ''
  return [
    tile(
      'Flows completed',
      share(completed, started),
      `${count(completed)} of ${many(started, 'flow')}${tail}`,
    ),
    tile('Goodput', goodput === null ? '–' : rate(goodput), 'mean while flows arrive'),
    tile(
      'Busiest link',
      busiest === null ? '–' : percent(busiest.utilization.mean),
      busiest?.name ?? 'no links',
    ),
    result.packets === null
      ? mostActive(result)
      : tile('Packets lost', count(result.packets.dropped), lossText(result.packets)),
  ]
}

function steadyTiles({ links, packets }: ScenarioResult, { traffic }: SteadyResult): Html[] {
  const sum = (read: (each: SteadyResult['traffic'][number]) => number) =>
    traffic.reduce((total, each) => total + read(each), 0)
  const [sent, arrived] = [sum(({ demandBps }) => demandBps), sum(({ deliveredBps }) => deliveredBps)]
  const highest = highestOf(links, ({ steady }) => steady!.offered.max)
  const busiest = highestOf(links, ({ steady }) => steady!.offered.mean)
  return [
    tile('Demand that arrives', share(arrived, sent), `${rate(arrived)} of ${rate(sent)} on the mean`),
    tile(
      'Busiest link',
      busiest === null ? '–' : percent(busiest.steady!.offered.mean),
      busiest === null ? 'no links' : `offered on the mean: ${busiest.name}`,
    ),
    tile(
      'Highest load',
      highest === null ? '–' : percent(highest.steady!.offered.max),
      highest === null ? 'no links' : `offered at a time: ${highest.name}`,
    ),
    tile(
      'Packets lost',
      packets === null ? '–' : count(packets.dropped),
      packets === null ? '' : lossText(packets),
    ),
  ]
}

function mostActive({ series }: ScenarioResult): Html {
  const active = Math.max(0, ...series.activeFlows)
  const window = series.activeFlows.indexOf(active)
  return tile(
    'Most active flows',
    count(active),
    active === 0 ? 'no flow was ever active' : `at ${instant(series.startPs[window]! + series.windowPs)}`,
  )
}

function lossText({ dropped, originated }: PacketTotals): string {
  if (originated === 0) return 'none were sent'
  return dropped === 0
    ? `of ${count(originated)} sent`
    : `${share(dropped, originated)} of ${count(originated)} sent`
}

function goodputAfterWarmup({ series, warmupPs, arrivalsEndPs }: ScenarioResult): number | null {
  const windows = series.startPs.flatMap((atPs, index) =>
    atPs >= warmupPs && atPs < arrivalsEndPs ? [index] : [],
  )
  if (windows.length === 0 || series.goodputBps.length === 0) return null
  const total = series.goodputBps.reduce(
    (sum, { values }) => sum + windows.reduce((own, index) => own + (values[index] ?? 0), 0),
    0,
  )
  return total / windows.length
}
