import colours from 'picocolors'
import { hottestLinks, shownBins } from '../result/reading.ts'
import type {
  ExpectationResult,
  Percentile,
  ScenarioResult,
  SizeBinResult,
  StreamDropResult,
} from '../result/result.ts'
import {
  count,
  duration,
  failuresText,
  instant,
  many,
  percentCell,
  rate,
  share,
  sharingText,
  significant,
} from './format.ts'
import { ingressTables } from './ingress-summary.ts'
import { nameTables } from './name-summary.ts'
import { natTable } from './nat-summary.ts'
import { poolTable } from './pool-summary.ts'
import { modelText } from './flow-model-text.ts'
import { byReason } from './sections/drops.ts'
import { demandTable, intervalTable, offeredTable } from './steady-summary.ts'
import { circumstance, summaryOf } from './verdict.ts'
import { type Palette, plain, textTable } from '../text/text-table.ts'

export interface SummaryOptions {
  /** Whether to use ANSI colours. */
  readonly color: boolean
}

/** Beyond this, expectations that hold are counted instead of listed. */
const HELD_MAX = 8
const HINTS_MAX = 4
const LINKS_SHOWN = 5
const REASONS_SHOWN = 6
const FAILED_SHOWN = 6

/** A result for a terminal: expectations, slowdown by flow size, losses, hottest links, verdict. */
export function renderSummary(result: ScenarioResult, { color }: SummaryOptions): string {
  const paint = colours.createColors(color)
  const blocks = [
    headline(result, paint),
    expectationLines(result, paint),
    failedTable(result, paint),
    ...(result.steady === null
      ? [slowdownTable(result, paint), streamTable(result, paint)]
      : [demandTable(result.steady, paint), intervalTable(result.steady, paint)]),
    lossTable(result, paint),
    linkTable(result, paint),
    poolTable(result.pools, paint),
    natTable(result.nat, paint),
    ingressTables(result.ingress, paint),
    nameTables(result.names, paint),
    verdictLines(result, paint),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function headline(result: ScenarioResult, paint: Palette): string {
  const { name, clock, seed, simulatedPs, wallSeconds, events, warnings, partial, arrivalsEndPs } = result
  const { sharing, flowModel } = result
  const took = `${instant(simulatedPs)} simulated in ${significant(wallSeconds)} s, ${many(events, 'event')}`
  const lines = [`${paint.bold(plain(name))}  ${paint.dim(`${clock} clock, seed ${plain(seed)}, ${took}`)}`]
  if (flowModel !== null) lines.push(paint.dim(`flows share links ${modelText(flowModel)}`))
  if (sharing !== null) lines.push(paint.dim(`rates shared anew ${sharingText(sharing)}`))
  if (partial) {
    const planned = `flows were to arrive until ${instant(arrivalsEndPs)}`
    lines.push(paint.yellow(`partial: interrupted at ${instant(simulatedPs)}, ${planned}`))
  }
  for (const warning of warnings) lines.push(paint.yellow(`warning: ${plain(warning)}`))
  return lines.join('\n')
}

function expectationLines({ expectations, changes }: ScenarioResult, paint: Palette): string {
  const lines: string[] = []
  for (const expectation of expectations)
    if (!expectation.pass) lines.push(...failedLines(expectation, changes, paint))
  const held = expectations.filter(({ pass }) => pass)
  for (const { text, measured } of held.slice(0, HELD_MAX)) {
    lines.push(`${paint.green('✓')} ${plain(text)}  ${paint.dim(`measured ${plain(measured)}`)}`)
  }
  if (held.length > HELD_MAX) lines.push(`${paint.green('✓')} ${held.length - HELD_MAX} more`)
  return lines.join('\n')
}

function failedLines(
  expectation: ExpectationResult,
  changes: ScenarioResult['changes'],
  paint: Palette,
): string[] {
  const { text, measured, object, hints } = expectation
  const when = circumstance(expectation, changes)
  const on = object === null ? '' : ` on ${plain(object)}`
  return [
    `${paint.red('✗')} ${paint.bold(plain(text))}`,
    `  measured ${paint.red(plain(measured))}${on}${when === '' ? '' : ` (${plain(when)})`}`,
    ...hints.slice(0, HINTS_MAX).map((hint) => `  ${plain(hint)}`),
  ]
}

/** What failed by itself, the longest down first. */
function failedTable({ reliability }: ScenarioResult, paint: Palette): string {
  if (reliability === null) return ''
  const { parts, failures, failuresExpected, failed } = reliability
  const expected = `${significant(failuresExpected)} were to be expected`
  if (failures === 0)
    return paint.dim(`None of ${many(parts, 'part')} that may fail by themselves did; ${expected}.`)
  const rows = failed
    .slice(0, FAILED_SHOWN)
    .map((part) => [plain(part.name), count(part.failures), duration(part.downPs), instant(part.firstPs)])
  const table = textTable(['Failed by itself', 'failures', 'down', 'first at'], 'lrrr', rows, paint)
  const all = `${many(failures, 'failure')} of ${count(failed.length)} of ${many(parts, 'part')}; ${expected}`
  return `${table}\n${paint.dim(all)}`
}

function slowdownTable({ flows, streams }: ScenarioResult, paint: Palette): string {
  const started = flows.filter((traffic) => traffic.started > 0)
  if (started.length === 0) return streams.length > 0 ? '' : 'No flow started after the warm-up.'
  const failures = started.filter(({ failed }) => failed > 0)
  const rows = started.flatMap((traffic) =>
    shownBins(traffic).map((bin, index) => [
      index === 0 ? plain(traffic.traffic) : '',
      bin.label,
      count(bin.flows),
      warned(bin.unfinished, paint),
      ...(failures.length === 0 ? [] : [warned(bin.failed, paint)]),
      ...percentileCells(bin),
      bin.fctPs.p50.value === null ? '–' : duration(bin.fctPs.p50.value),
    ]),
  )
  const missing = failures.length === 0 ? ['unfinished'] : ['unfinished', 'failed']
  const head = ['Slowdown', 'flow size', 'flows', ...missing, 'p50', 'p95', 'p99', 'median time']
  const table = textTable(head, `ll${'r'.repeat(head.length - 2)}`, rows, paint)
  const notes = footnote(
    started.flatMap(({ bins }) => bins),
    paint,
  )
  const why = failures.map(
    (each) => `\n${paint.yellow(`${plain(each.traffic)} failed: ${failuresText(each.failures)}`)}`,
  )
  const trying = started
    .filter((each) => each.trying.length > 0)
    .map(
      (each) =>
        `\n${paint.yellow(`${plain(each.traffic)} unfinished, last dropped: ${failuresText(each.trying)}`)}`,
    )
  return `${table}${notes}${why.join('')}${trying.join('')}`
}

const warned = (flows: number, paint: Palette): string => (flows === 0 ? '0' : paint.yellow(count(flows)))

function streamTable({ streams }: ScenarioResult, paint: Palette): string {
  if (streams.length === 0) return ''
  const rows = streams.map(({ traffic, packetsSent, packetsLost, goodputBps, delayPs }) => [
    plain(traffic),
    count(packetsSent),
    packetsLost === 0 ? '0' : paint.yellow(`${count(packetsLost)} (${share(packetsLost, packetsSent)})`),
    rate(goodputBps),
    delayPs === null ? '–' : duration(delayPs.p50),
    delayPs === null ? '–' : duration(delayPs.p99),
    delayPs === null ? '–' : duration(delayPs.max),
  ])
  return textTable(['Streams', 'sent', 'lost', 'goodput', 'delay p50', 'p99', 'max'], 'lrrrrrr', rows, paint)
}

const percentilesOf = ({ slowdown }: SizeBinResult) => [slowdown.p50, slowdown.p95, slowdown.p99]
const percentileCells = (bin: SizeBinResult) => percentilesOf(bin).map(percentileCell)

function percentileCell({ value, biased, supported }: Percentile): string {
  return value === null ? '–' : `${biased ? '≥ ' : ''}${significant(value)}${supported ? '' : ' ~'}`
}

function footnote(bins: readonly SizeBinResult[], paint: Palette): string {
  const all = bins.flatMap(percentilesOf).filter(({ value }) => value !== null)
  const notes: string[] = []
  const missing = bins.some(({ failed }) => failed > 0) ? 'unfinished and failed' : 'unfinished'
  if (all.some(({ biased }) => biased)) notes.push(`≥ ${missing} flows are missing`)
  if (all.some(({ supported }) => !supported)) notes.push('~ few flows: see the interval in the report')
  return notes.length === 0 ? '' : `\n${paint.dim(notes.join('; '))}`
}

function lossTable(
  { drops, streamDrops, packets, clock, notModelled }: ScenarioResult,
  paint: Palette,
): string {
  if (drops === null || packets === null) {
    const left = leftOut(clock, notModelled, paint)
    return streamDrops === null || streamDrops.length === 0 ? left : `${streamLosses(streamDrops)}\n${left}`
  }
  const left = notModelled.length === 0 ? '' : `\n${leftOut(clock, notModelled, paint)}`
  if (packets.dropped === 0) return `No packet of ${count(packets.originated)} was lost.${left}`
  const rows = byReason(drops)
    .slice(0, REASONS_SHOWN)
    .map(([reason, lost]) => {
      const places = drops.filter((drop) => drop.reason === reason).sort((a, b) => b.packets - a.packets)
      const worst = `${plain(places[0]!.place)} ${count(places[0]!.packets)}`
      const more = places.length > 1 ? paint.dim(` and ${many(places.length - 1, 'more place')}`) : ''
      return [reason, count(lost), share(lost, packets.originated), worst + more]
    })
  return `${textTable(['Lost packets', 'packets', 'of sent', 'most at'], 'lrrl', rows, paint)}${left}`
}

const leftOut = (clock: string, notModelled: readonly string[], paint: Palette): string =>
  paint.dim(`Not modelled by the ${clock} clock: ${notModelled.join(', ')}.`)

/** `Streams lost 1,200 packets: 1,000 queue-full, most on a → b; 200 no-route, at c.` */
function streamLosses(drops: readonly StreamDropResult[]): string {
  const whole = (packets: number) => count(Math.max(1, Math.round(packets)))
  const reasons = [...new Set(drops.map(({ reason }) => reason))].map((reason) => {
    const own = drops.filter((drop) => drop.reason === reason)
    const [most] = own as [StreamDropResult]
    const where = `${most.place.includes(' → ') ? 'on' : 'at'} ${plain(most.place)}`
    return `${whole(sumOf(own))} ${reason}, ${own.length > 1 ? 'most ' : ''}${where}`
  })
  return `Streams lost ${whole(sumOf(drops))} packets: ${reasons.join('; ')}.`
}

const sumOf = (drops: readonly StreamDropResult[]): number =>
  drops.reduce((sum, { packets }) => sum + packets, 0)

function linkTable({ links, packets, steady }: ScenarioResult, paint: Palette): string {
  if (links.length === 0) return ''
  if (steady !== null) return offeredTable(links, paint)
  const rows = hottestLinks({ links }, LINKS_SHOWN).map(
    ({ name, utilization: { mean, max, maxFromPs }, queuePeakPackets }) => [
      plain(name),
      percentCell(mean),
      `${percentCell(max)} at ${instant(maxFromPs)}`,
      ...(queuePeakPackets === null ? [] : [count(queuePeakPackets)]),
    ],
  )
  const head = ['Hottest links', 'mean', 'busiest window']
  return packets === null
    ? textTable(head, 'lrl', rows, paint)
    : textTable([...head, 'queue peak'], 'lrlr', rows, paint)
}

function verdictLines(result: ScenarioResult, paint: Palette): string {
  const { state, mark, title } = summaryOf(result)
  const colour = state === 'good' ? paint.green : state === 'bad' ? paint.red : paint.dim
  return `${colour(`${mark} ${title}`)}\n${paint.dim(`digest ${result.digest}`)}`
}
