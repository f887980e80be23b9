import { type HostBlueprint, type NetworkBlueprint, naturalCompare } from '@weft/fabric'
import { isSuccessor } from '../../life/successors.ts'
import { NameScan } from './name-scan.ts'
import { list, type Path, type Problems, quote } from '../problems.ts'
import { asList, isPattern } from './selectors.ts'

const ALL = 'all hosts'
const INTERNET = 'internet'

/**
 * Hosts by every name that selects them: their own, and those of the switches, pods and regions above them. Of several
 * clusters a name may be without the cluster's before it where it is in one of them alone.
 */
export class HostIndex {
  /** In natural order. */
  readonly names: readonly string[]
  readonly #network: NetworkBlueprint
  readonly #hosts: ReadonlyMap<string, HostBlueprint>
  /** By the names above them. */
  readonly #under = new Map<string, string[]>()
  readonly #scan: NameScan
  readonly #scanAbove: NameScan
  readonly #clusters: readonly string[]
  /** Those that are not on the internet; and of those that are, the clients. */
  readonly #inside: readonly string[]
  readonly #clients: readonly string[]
  #rateBpsByLink: ReadonlyMap<string, number> | undefined

  constructor(network: NetworkBlueprint) {
    this.#network = network
    const hosts = network.nodes.filter((node) => node.kind === 'host')
    // pods that take others' places are called by services, or by their very names
    this.names = hosts.map(({ name }) => name).filter((name) => !isSuccessor(name))
    this.#inside = network.edges === undefined ? this.names : this.names.filter((name) => !isOutside(name))
    this.#clients = this.names.filter((name) => name.startsWith(`${INTERNET}/client-`))
    this.#hosts = new Map(hosts.map((host) => [host.name, host]))
    this.#clusters = (network.interfaces?.clusters ?? []).map(({ name }) => name)
    this.#gather()
    this.#scan = new NameScan(this.names)
    this.#scanAbove = new NameScan([...this.#under.keys()])
  }

  has(host: string): boolean {
    return this.#hosts.has(host)
  }

  /** Rate of the host's first interface, all links of a bond together. */
  rateBps(host: string): number {
    this.#rateBpsByLink ??= new Map(this.#network.links.map((link) => [link.name, link.rateBps]))
    const [first] = this.#hosts.get(host)!.interfaces
    let rateBps = 0
    for (const link of first?.links ?? []) rateBps += this.#rateBpsByLink.get(link)!
    return rateBps
  }

  speaks(host: string, family: 'ipv4' | 'ipv6'): boolean {
    const isOf = (address: string) => address.includes(':') === (family === 'ipv6')
    return this.#hosts.get(host)!.interfaces.some(({ addresses }) => addresses.some(isOf))
  }

  /**
   * The hosts that the selector names, each once, in natural order; refuses terms that select nothing. `others`: what could
   * be meant beside hosts, for hints.
   */
  select(
    selector: string | readonly string[],
    path: Path,
    problems: Problems,
    others: NamesBeside = NOTHING_BESIDE,
  ): string[] {
    const chosen = new Set<string>()
    asList(selector).forEach((term, index) => {
      const hosts = this.#selectTerm(term)
      for (const host of hosts) chosen.add(host)
      if (hosts.length === 0)
        problems.refuse(
          typeof selector === 'string' ? path : [...path, index],
          this.#nothing(term, problems, others),
        )
    })
    return chosen.size === this.names.length ? [...this.names] : [...chosen].sort(naturalCompare)
  }

  unknownHost(name: string, problems: Problems): string {
    const example = `hosts are named as in ${quote(this.names[0] ?? '')}`
    return problems.unknownName('host', name, this.names, example)
  }

  #selectTerm(term: string): readonly string[] {
    const found = this.#selectExactly(term)
    if (found.length > 0) return found
    const [only, ...others] = this.#inClusters(term)
    return only === undefined || others.length > 0 ? [] : this.#selectExactly(only)
  }

  /** The term with clusters' names before it, where it then selects something. */
  #inClusters(term: string): string[] {
    return this.#clusters
      .map((cluster) => `${cluster}/${term}`)
      .filter((qualified) => this.#selectExactly(qualified).length > 0)
  }

  #selectExactly(term: string): readonly string[] {
    if (term === ALL) return this.#inside
    if (term === INTERNET) return this.#clients
    if (!isPattern(term)) return [...(this.has(term) ? [term] : []), ...(this.#under.get(term) ?? [])]
    const above = this.#scanAbove.select(term).flatMap((name) => this.#under.get(name)!)
    return [...above, ...this.#scan.select(term)]
  }

  #nothing(term: string, problems: Problems, others: NamesBeside): string {
    const several = this.#inClusters(term)
    if (several.length > 0) return `${quote(term)} is in several clusters; name one: ${list(several, 'or')}`
    const example = `hosts are named as in ${quote(this.names[0] ?? '')}`
    if (isPattern(term)) return `no host matches ${quote(term)}; ${example}`
    return problems.unknownName(
      others.what,
      term,
      this.#selecting(others.names),
      `${example}, or write ${quote(ALL)}`,
    )
  }

  /** Every name that selects hosts, those above a host before it. */
  *#selecting(others: readonly string[]): Generator<string> {
    yield* others
    yield ALL
    const seen = new Set<string>()
    for (const host of this.names) {
      for (const name of [...namesAbove(host), host]) {
        if (seen.has(name)) continue
        seen.add(name)
        yield name
      }
    }
  }

  #gather(): void {
    // hosts of one switch stand together, and have the same names above them
    let prefix = ''
    let lists: string[][] = []
    for (const host of this.names) {
      if (prefix === '' || !host.startsWith(prefix) || host.includes('/', prefix.length)) {
        prefix = host.slice(0, host.lastIndexOf('/') + 1)
        lists = namesAbove(host).map((name) => this.#listOf(name))
      }
      for (const list of lists) list.push(host)
    }
  }

  #listOf(name: string): string[] {
    let list = this.#under.get(name)
    if (list === undefined) {
      list = []
      this.#under.set(name, list)
    }
    return list
  }
}

/** Whether a host is beyond the gateways. */
export const isOutside = (host: string): boolean => host.startsWith(`${INTERNET}/`)

/** Names that stand where hosts do, and what all of them are. */
export interface NamesBeside {
  readonly what: string
  readonly names: readonly string[]
}

const NOTHING_BESIDE: NamesBeside = { what: 'host', names: [] }

/** `ord1` and `ord1/leaf-0` of `ord1/leaf-0/host-3`. */
function namesAbove(host: string): string[] {
  const names: string[] = []
  for (let end = host.indexOf('/'); end >= 0; end = host.indexOf('/', end + 1)) names.push(host.slice(0, end))
  return names
}
