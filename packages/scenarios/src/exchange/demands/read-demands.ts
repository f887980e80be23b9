import { guessFormat, networkFormats } from '../formats.ts'
import type { ExchangeDemand, ExchangeNode } from '../network.ts'
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

/** What demands may call the nodes of a network that became a scenario. */
export interface NodeNames {
  readonly nodes: readonly ExchangeNode[]
  readonly region: string
  /** Full names in the scenario, by ids: of the node, and of the host that stands for it. */
  readonly names: ReadonlyMap<string, string>
  readonly hosts: ReadonlyMap<string, string>
}

/** The demands with ids of nodes, from ids, labels, and names in the scenario with or without the region. */
export function resolveDemands(
  demands: readonly ExchangeDemand[],
  { nodes, region, names, hosts }: NodeNames,
  source: Source,
): ExchangeDemand[] {
  const ids = new Map<string, string>()
  const add = (name: string | undefined, id: string) =>
    name !== undefined && !ids.has(name) && ids.set(name, id)
  for (const { id } of nodes) add(id, id)
  for (const { id, label } of nodes) add(label, id)
  for (const known of [names, hosts])
    for (const [id, name] of known) {
      add(name, id)
      add(name.slice(region.length + 1), id)
    }
  const idOf = (name: string, line: number): string => {
    const id = ids.get(name)
    if (id === undefined)
      source.refuseUnknown(line, 'node', name, ids.keys(), 'expected the name of a node of the network')
    return id ?? name
  }
  const resolved = demands.map((demand) => {
    const line = demand.line ?? 1
    return { ...demand, from: idOf(demand.from, line), to: idOf(demand.to, line) }
  })
  source.check()
  return resolved
}
