import type { ScenarioRun } from '../run/scenario-run.ts'
import type { DropResult, SeriesResult, StreamDropResult } from './result.ts'

/** Lost packets by reason and place, most first; null where there are no packets. */
export function dropResults({ clock }: ScenarioRun): DropResult[] | null {
  return clock.losses?.byPlace() ?? null
}

/** Shares of all that was sent below this are rounding. */
const DUST = 1e-9

/** Packets of streams that their rates lost, most first; null where packets are followed one by one. */
export function streamDropResults({ clock, links, engine }: ScenarioRun): StreamDropResult[] | null {
  const { streamLosses } = clock
  if (streamLosses === undefined) return null
  const rows: StreamDropResult[] = links.directions.flatMap(({ name }, direction) => {
    const { queueFull, linkDown } = streamLosses.on(direction)
    return [
      { reason: 'queue-full', place: name, packets: queueFull },
      { reason: 'link-down', place: name, packets: linkDown },
    ]
  })
  const { nodes } = engine.network.topology
  for (const { reason, node, packets } of streamLosses.atNodes)
    rows.push({ reason, place: nodes[node]!.name, packets })
  return rows
    .filter(({ packets }) => packets > streamLosses.sent * DUST)
    .sort((a, b) => b.packets - a.packets)
}

/** Lost packets by reason, window by window; null where there are no packets. */
export function dropSeries({ clock, scenario, windowStarts }: ScenarioRun): SeriesResult['drops'] {
  return clock.losses?.series(scenario.run.windowPs, windowStarts.length) ?? null
}
