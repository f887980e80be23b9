import { guessFormat, networkFormats } from '../formats.ts'
import type { ExchangeDemand, ExchangeNetwork } from '../network.ts'
import type { Notes } from '../notes.ts'
import type { ReadOptions } from '../read-options.ts'
import { readSource, type Source } from '../source.ts'
import { DEMANDS_BYTES_MAX, readDemandsCsv } from './read-csv.ts'

/** Demands of a file of their own: CSV, or a network of SNDlib of which nothing else is read. */
export function readDemands(
  file: string,
  bytes: Uint8Array,
  notes: Notes,
  options: ReadOptions,
): { demands: readonly ExchangeDemand[]; source: Source } {
  const source = readSource(file, bytes, DEMANDS_BYTES_MAX, 'matrix')
  const format = guessFormat(source)?.format
  if (format === 'sndlib-xml' || format === 'sndlib-native') {
    const { demands, nodes, links } = networkFormats[format].read(source, notes, options)
    if (links.length > 0)
      notes.add(
        'network',
        { name: `${nodes.length} nodes, ${links.length} links` },
        'demands alone are read from this file',
      )
    return { demands, source }
  }
  if (format !== undefined && format !== 'csv')
    source.fail(1, `this is ${networkFormats[format].title}; expected demands as CSV or of SNDlib`)
  return { demands: readDemandsCsv(source), source }
}

/** The demands with ids of the network's nodes; refuses names that are none. Takes ids, labels and names with a region. */
export function resolveDemands(
  demands: readonly ExchangeDemand[],
  { nodes, name }: ExchangeNetwork,
  source: Source,
): ExchangeDemand[] {
  const ids = new Map<string, string>()
  for (const { id, label } of nodes) for (const each of [label, id]) if (each !== undefined) ids.set(each, id)
  const idOf = (text: string, line: number): string => {
    const local = name !== undefined && text.startsWith(`${name}/`) ? text.slice(name.length + 1) : text
    // The host that an import attaches to a switch stands for it.
    const found = ids.get(text) ?? ids.get(local) ?? ids.get(local.replace(/\/host-0$/, ''))
    if (found !== undefined) return found
    source.refuseUnknown(line, 'node', text, ids.keys(), 'expected the name of a node of the network')
    return text
  }
  const resolved = demands.map((demand) => {
    const line = demand.line ?? 1
    return { ...demand, from: idOf(demand.from, line), to: idOf(demand.to, line) }
  })
  source.check()
  return resolved
}
