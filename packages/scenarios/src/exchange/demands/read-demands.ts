import { guessFormat, networkFormats } from '../formats.ts'
import type { ExchangeDemand, ExchangeNode } from '../network.ts'
import type { Notes } from '../notes.ts'
import type { ReadOptions } from '../read-options.ts'
import { readSource, type Source } from '../source.ts'
import type { DemandNames } from './demand-names.ts'
import { DEMANDS_BYTES_MAX, readDemandsCsv } from './read-csv.ts'

/**
 * Demands of a file of their own, with ids of nodes: CSV, or a network of SNDlib of which nothing else is read. The file
 * may name nodes by ids, by labels, and as in the scenario with or without the region.
 */
export function readDemands(
  file: string,
  bytes: Uint8Array,
  names: NodeNames,
  notes: Notes,
  options: ReadOptions,
): readonly ExchangeDemand[] {
  const source = readSource(file, bytes, DEMANDS_BYTES_MAX, 'matrix')
  const byName = new NodesByName(names, source)
  const format = guessFormat(source)?.format
  if (format === 'sndlib-xml' || format === 'sndlib-native') {
    const { demands, nodes, links } = networkFormats[format].read(source, notes, options)
    if (links.length > 0)
      notes.add(
        'network',
        { name: `${nodes.length} nodes, ${links.length} links` },
        'demands alone are read from this file',
      )
    return byName.resolve(demands)
  }
  if (format !== undefined && format !== 'csv')
    source.fail(1, `this is ${networkFormats[format].title}; expected demands as CSV or of SNDlib`)
  return byName.resolve(readDemandsCsv(source, byName))
}

/** What demands may call the nodes of a network that became a scenario. */
export interface NodeNames {
  readonly nodes: readonly ExchangeNode[]
  readonly region: string
  /** Full names in the scenario, by ids: of the node, and of the host that stands for it. */
  readonly names: ReadonlyMap<string, string>
  readonly hosts: ReadonlyMap<string, string>
}

class NodesByName implements DemandNames {
  readonly #source: Source
  readonly #ids = new Map<string, string>()

  constructor({ nodes, region, names, hosts }: NodeNames, source: Source) {
    this.#source = source
    for (const { id } of nodes) this.#add(id, id)
    for (const { id, label } of nodes) this.#add(label, id)
    for (const known of [names, hosts])
      for (const [id, name] of known) {
        this.#add(name, id)
        this.#add(name.slice(region.length + 1), id)
      }
  }

  nameRefusal(name: string): string | undefined {
    if (this.#ids.has(name)) return undefined
    return this.#source.unknownName(
      'node',
      name,
      this.#ids.keys(),
      'expected the name of a node of the network',
    )
  }

  /** Of nodes without hosts, or one node under two names, demands are left out and noted. */
  pairRefusal(): undefined {
    return undefined
  }

  /** Refuses names that there are none of. */
  resolve(demands: readonly ExchangeDemand[]): ExchangeDemand[] {
    const idOf = (name: string, line: number): string => {
      const refusal = this.nameRefusal(name)
      if (refusal !== undefined) this.#source.refuse(line, refusal)
      return this.#ids.get(name) ?? name
    }
    const resolved = demands.map((demand) => {
      const line = demand.line ?? 1
      return { ...demand, from: idOf(demand.from, line), to: idOf(demand.to, line) }
    })
    this.#source.check()
    return resolved
  }

  #add(name: string | undefined, id: string): void {
    if (name !== undefined && !this.#ids.has(name)) this.#ids.set(name, id)
  }
}
