import {
  type ConnectionLimitBlueprint,
  type NetworkBlueprint,
  naturalCompare,
  remembersClients,
} from '@weft/fabric'
import { HostIndex } from './hosts.ts'
import { NameScan } from './name-scan.ts'
import { type Path, type Problems, quote } from '../problems.ts'
import { asList, isPattern, spellingsOf } from './selectors.ts'

/** Names of a network's links and switches to select from; lists are made when first asked for. */
export class NetworkNames {
  readonly #network: NetworkBlueprint
  readonly #links = new Map<string | undefined, NameList>()
  #tiers: readonly string[] | undefined
  #switches: NameList | undefined
  #hosts: HostIndex | undefined
  #limits: ReadonlyMap<string, ConnectionLimitBlueprint> | undefined
  #tables: ReadonlySet<string> | undefined

  constructor(network: NetworkBlueprint) {
    this.#network = network
  }

  /** Tiers of links. */
  get tiers(): readonly string[] {
    this.#tiers ??= [...new Set(this.#network.links.map(({ tier }) => tier))]
    return this.#tiers
  }

  get switches(): NameList {
    this.#switches ??= new NameList(
      'switch',
      this.#network.nodes.filter(({ kind }) => kind === 'switch'),
    )
    return this.#switches
  }

  get hosts(): HostIndex {
    this.#hosts ??= new HostIndex(this.#network)
    return this.#hosts
  }

  /** Of hosts that limit the connections that they accept, by name. */
  get limits(): ReadonlyMap<string, ConnectionLimitBlueprint> {
    this.#limits ??= new Map(
      this.#network.nodes.flatMap((node) =>
        node.kind === 'host' && node.connections !== undefined
          ? [[node.name, node.connections] as const]
          : [],
      ),
    )
    return this.#limits
  }

  /** Hosts whose virtual switch keeps a table of connections. */
  get tables(): ReadonlySet<string> {
    const { nodes, interfaces } = this.#network
    this.#tables ??= new Set(
      nodes.flatMap((node) => (node.kind === 'vswitch' && interfaces !== undefined ? [node.host] : [])),
    )
    return this.#tables
  }

  /** Whether addresses are translated anywhere. */
  get hasNat(): boolean {
    return (this.#network.edges ?? []).some(({ nat }) => nat !== undefined)
  }

  /** Whether any place that balances services remembers their clients. */
  get remembersClients(): boolean {
    return remembersClients(this.#network)
  }

  /** Of one tier, or of all. */
  links(tier: string | undefined): NameList {
    let list = this.#links.get(tier)
    if (list === undefined) {
      const { links } = this.#network
      list = new NameList('link', tier === undefined ? links : links.filter((link) => link.tier === tier))
      this.#links.set(tier, list)
    }
    return list
  }
}

/** Names of one kind of part, in natural order. */
class NameList {
  readonly names: readonly string[]
  readonly #what: string
  readonly #scan: NameScan
  #known: ReadonlySet<string> | undefined

  constructor(what: string, parts: readonly { readonly name: string }[]) {
    this.#what = what
    this.names = parts.map(({ name }) => name)
    this.#scan = new NameScan(this.names)
  }

  /** What the names and patterns select, each once, in natural order; refuses those that select nothing. */
  select(selector: string | readonly string[], path: Path, problems: Problems): string[] {
    const chosen = new Set<string>()
    for (const term of asList(selector)) {
      const matching = isPattern(term)
        ? this.#scan.select(term)
        : spellingsOf(term).filter((name) => this.#has(name))
      for (const name of matching) chosen.add(name)
      if (matching.length > 0) continue
      const [first] = this.names
      const example =
        first === undefined ? `there is no ${this.#what} here` : `they are named as in ${quote(first)}`
      problems.refuse(path, problems.unknownName(this.#what, term, this.names, example))
    }
    return [...chosen].sort(naturalCompare)
  }

  #has(name: string): boolean {
    this.#known ??= new Set(this.names)
    return this.#known.has(name)
  }
}
