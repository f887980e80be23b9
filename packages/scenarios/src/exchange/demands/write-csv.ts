import type { ExchangeDemand } from '../network.ts'

/** The list form, in bit/s: what `readDemandsCsv` reads back to the same numbers. */
export function writeDemandsCsv(demands: readonly ExchangeDemand[]): string {
  const rows = demands.map(({ from, to, rateBps }) => `${cell(from)},${cell(to)},${rateBps}\n`)
  return `from,to,rate_bps\n${rows.join('')}`
}

/** RFC 4180: quotes are doubled within quotes. */
const cell = (text: string) => (/[",\n\r#]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
