import type { ExchangeDemand } from '../network.ts'
import { CONNECTIONS_HEADER, PACKETS_HEADER } from './demand-columns.ts'

const BESIDE = [
  [PACKETS_HEADER, 'packetsPerSecond'],
  [CONNECTIONS_HEADER, 'connectionsPerSecond'],
] as const

/** The list form, in bit/s, with what any of them states beside it: what `readDemandsCsv` reads back to the same numbers. */
export function writeDemandsCsv(demands: readonly ExchangeDemand[]): string {
  const beside = BESIDE.filter(([, key]) => demands.some((demand) => demand[key] !== undefined))
  const header = ['from', 'to', 'rate_bps', ...beside.map(([name]) => name)]
  const rows = demands.map((demand) =>
    [
      cell(demand.from),
      cell(demand.to),
      demand.rateBps,
      ...beside.map(([, key]) => demand[key] ?? ''),
    ].join(),
  )
  return [header.join(), ...rows, ''].join('\n')
}

/** RFC 4180: quotes are doubled within quotes. */
const cell = (text: string) => (/[",\n\r#]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
