import type { ScenarioRun } from '../run/scenario-run.ts'
import type { DropResult, SeriesResult, StreamDropResult } from './result.ts'

/** Lost packets by reason and place, most first; null where there are no packets. */
export function dropResults({ clock, engine }: ScenarioRun): DropResult[] | null {
  if (clock.packets === undefined) return null
  const times = new Map<string, { firstPs: number; lastPs: number }>()
  for (const { firstPs, lastPs, reason, place } of clock.packets.drops.rows()) {
    const known = times.get(`${reason}\n${place}`)
    if (known === undefined) times.set(`${reason}\n${place}`, { firstPs, lastPs })
    else known.lastPs = lastPs
  }
  return engine.network.ledger
    .drops()
    .map((row) => ({ ...row, ...times.get(`${row.reason}\n${row.place}`)! }))
    .sort((a, b) => b.packets - a.packets || (a.place < b.place ? -1 : 1))
}

/** Shares of all that was sent below this are rounding. */
const DUST = 1e-9

/** Packets of streams that their rates lost, most first; null where packets are followed one by one. */
export function streamDropResults({ clock, links }: ScenarioRun): StreamDropResult[] | null {
  const { streamLosses } = clock
  if (streamLosses === undefined) return null
  const rows: StreamDropResult[] = links.directions.flatMap(({ name }, direction) => {
    const { queueFull, linkDown } = streamLosses.on(direction)
    return [
      { reason: 'queue-full' as const, place: name, packets: queueFull },
      { reason: 'link-down' as const, place: name, packets: linkDown },
    ]
  })
  const onLinks = rows.reduce((sum, { packets }) => sum + packets, 0)
  rows.push({ reason: 'no-way', place: null, packets: streamLosses.packets - onLinks })
  return rows
    .filter(({ packets }) => packets > streamLosses.sent * DUST)
    .sort((a, b) => b.packets - a.packets)
}

/** Lost packets by reason, window by window; null where there are no packets. */
export function dropSeries({ clock, scenario, windowStarts }: ScenarioRun): SeriesResult['drops'] {
  if (clock.packets === undefined) return null
  const { windowPs } = scenario.run
  const byReason = new Map<string, number[]>()
  for (const { firstPs, packets, reason } of clock.packets.drops.rows()) {
    // sums of many drops are of no one window
    if (packets > 1) continue
    let values = byReason.get(reason)
    if (values === undefined) {
      values = windowStarts.map(() => 0)
      byReason.set(reason, values)
    }
    const window = Math.floor(firstPs / windowPs)
    if (window < values.length) values[window]!++
  }
  return [...byReason]
    .map(([reason, values]) => ({ reason, values }))
    .sort((a, b) => (a.reason < b.reason ? -1 : 1))
}
