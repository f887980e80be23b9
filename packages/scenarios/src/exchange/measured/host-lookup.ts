import { canonicalAddress, type NetworkBlueprint, parsePrefix, type Prefix } from '@weft/fabric'
import { eachRow, type Row } from '../demands/csv-rows.ts'
import type { Source } from '../source.ts'

/** Hosts by what measurements call them: addresses, names in full or without region, and prefixes that stand for a host. */
export class HostLookup {
  readonly #hosts: ReadonlyMap<string, string>
  readonly #prefixes: readonly { readonly prefix: Prefix; readonly host: string }[]
  /** What was asked before, addresses of long lists above all. */
  readonly #known = new Map<string, string | undefined>()

  /** Of prefixes that hold an address the longest counts. */
  constructor(
    network: NetworkBlueprint,
    prefixes: readonly { readonly prefix: Prefix; readonly host: string }[] = [],
  ) {
    this.#hosts = hostNames(network)
    const size = ({ prefix: { first, last } }: { prefix: Prefix }) => last - first
    this.#prefixes = [...prefixes].sort((a, b) => (size(a) < size(b) ? -1 : size(a) > size(b) ? 1 : 0))
  }

  /** The full name of the host; undefined where none goes by this. */
  find(text: string): string | undefined {
    if (!this.#known.has(text)) this.#known.set(text, this.#look(text))
    return this.#known.get(text)
  }

  #look(text: string): string | undefined {
    const named = this.#hosts.get(text)
    if (named !== undefined) return named
    const parsed = parsePrefix(`${text}/${text.includes(':') ? 128 : 32}`)
    if (!parsed.ok) return undefined
    const { family, first } = parsed.prefix
    const own = this.#hosts.get(canonicalAddress(text))
    if (own !== undefined) return own
    return this.#prefixes.find(
      ({ prefix }) => prefix.family === family && prefix.first <= first && first <= prefix.last,
    )?.host
  }
}

/** Names that more than one host would go by are left out. */
function hostNames({ nodes }: NetworkBlueprint): Map<string, string> {
  const hosts = new Map<string, string>()
  const twice = new Set<string>()
  const add = (key: string, host: string) => {
    if (hosts.has(key) && hosts.get(key) !== host) twice.add(key)
    hosts.set(key, host)
  }
  for (const node of nodes) {
    if (node.kind !== 'host') continue
    add(node.name, node.name)
    add(node.name.slice(node.name.indexOf('/') + 1), node.name)
    for (const { addresses } of node.interfaces)
      for (const address of addresses) add(canonicalAddress(address), node.name)
  }
  for (const key of twice) hosts.delete(key)
  return hosts
}

/** A table of prefixes, `prefix,host`, that stand for hosts of the network. Throws a ScenarioFileError with all that is wrong. */
export function readPrefixes(
  source: Source,
  network: NetworkBlueprint,
): { readonly prefix: Prefix; readonly host: string }[] {
  const hosts = new HostLookup(network)
  const names = network.nodes.filter(({ kind }) => kind === 'host').map(({ name }) => name)
  const prefixes: { prefix: Prefix; host: string }[] = []
  let header: Row | undefined
  eachRow(source, (row) => {
    const { line, cells } = row
    if (header === undefined) {
      header = row
      if (cells.join().toLowerCase() !== 'prefix,host') source.fail(line, 'expected the header "prefix,host"')
      return
    }
    const [text = '', name = ''] = cells
    const parsed = parsePrefix(text)
    const host = hosts.find(name)
    if (!parsed.ok) source.refuse(line, parsed.message)
    if (host === undefined)
      source.refuseUnknown(line, 'host', name, names, `hosts are named as in "${names[0]}"`)
    if (parsed.ok && host !== undefined) prefixes.push({ prefix: parsed.prefix, host })
  })
  source.check()
  return prefixes
}
