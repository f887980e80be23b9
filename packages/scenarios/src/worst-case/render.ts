import { printPercent, printRate } from '@weft/core'
import pc from 'picocolors'
import { plain, textTable } from '../text/text-table.ts'
import type { Coverage, WorstCase, WorstDirection } from './result.ts'

/** Rows of the table; JSON has all. */
const ROWS_MAX = 20

/** The answer as a person reads it. */
export function renderWorstCase(
  { directions, covered, assumptions, partial }: WorstCase,
  title: string,
  color: boolean,
): string {
  const paint = pc.createColors(color)
  const shown = directions.slice(0, ROWS_MAX)
  const hasFailures = covered.failures > 0
  const head = [
    'link direction',
    'alike',
    'rate',
    'worst load',
    'of rate',
    'hosts',
    ...(hasFailures ? ['failed'] : []),
  ]
  const rows = shown.map((row) => rowOf(row, hasFailures))
  const more = directions.length - shown.length
  return [
    paint.bold(`${plain(title)}: traffic that loads links most`),
    '',
    textTable(head, hasFailures ? 'lrrrrrl' : 'lrrrrr', rows, paint),
    ...(more > 0 ? [`and ${more} more; --json lists all`] : []),
    '',
    ...coverageLines(covered, partial),
    ...assumptions,
    '',
  ].join('\n')
}

function rowOf(row: WorstDirection, hasFailures: boolean): string[] {
  const { direction, alike, rateBps, loadBps, utilization, senders, receivers, failed } = row
  return [
    plain(direction),
    String(alike),
    printRate(rateBps, { digits: 4 }),
    printRate(Math.round(loadBps), { digits: 4 }),
    printPercent(utilization, { digits: 4 }),
    `${senders} to ${receivers}`,
    ...(hasFailures ? [plain(failed.join(', ')) || 'nothing'] : []),
  ]
}

function coverageLines(covered: Coverage, partial: boolean): string[] {
  const { hosts, links, directions, failures, of, sets, setsRouted, solved, bounded } = covered
  const count = (value: number, noun: string) =>
    `${value.toLocaleString('en')} ${noun}${value === 1 ? '' : 's'}`
  const programmes = `${count(solved, 'linear programme')} solved, ${bounded.toLocaleString('en')} ruled out by bounds`
  const lines = [
    `${count(hosts, 'host')}, ${count(links, 'link')}; ${count(directions, 'direction')} answered exactly: ${programmes}.`,
  ]
  if (failures > 0)
    lines.push(
      `Failures: up to ${failures} of ${of}, ${count(sets, 'set')}; ${setsRouted.toLocaleString('en')} routed, ` +
        (partial ? 'then interrupted: loads may be higher.' : 'the rest are the same by symmetry.'),
    )
  return lines
}
