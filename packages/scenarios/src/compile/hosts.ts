import { type NetworkBlueprint, naturalCompare } from '@weft/fabric'
import { type Path, type Problems, quote, unknownName } from './problems.ts'
import { asList, isPattern, patternOf } from './selectors.ts'

const ALL = 'all hosts'

/** Hosts by every name that selects them: their own, and those of the switches, pods and regions above them. */
export class HostIndex {
  readonly names: readonly string[]
  readonly #under = new Map<string, string[]>()
  readonly #rateBps = new Map<string, number>()
  readonly #families = new Map<string, Set<'ipv4' | 'ipv6'>>()

  constructor({ nodes, links }: NetworkBlueprint) {
    const rates = new Map(links.map((link) => [link.name, link.rateBps]))
    const names: string[] = []
    for (const node of nodes) {
      if (node.kind !== 'host') continue
      names.push(node.name)
      const parts = node.name.split('/')
      for (let length = 1; length <= parts.length; length++)
        this.#add(parts.slice(0, length).join('/'), node.name)
      const [first] = node.interfaces
      const rate = (first?.links ?? []).reduce((sum, link) => sum + rates.get(link)!, 0)
      this.#rateBps.set(node.name, rate)
      const addresses = node.interfaces.flatMap((each) => each.addresses)
      this.#families.set(node.name, new Set(addresses.map((text) => (text.includes(':') ? 'ipv6' : 'ipv4'))))
    }
    this.names = names
  }

  has(host: string): boolean {
    return this.#rateBps.has(host)
  }

  /** Rate of the host's first interface, all links of a bond together. */
  rateBps(host: string): number {
    return this.#rateBps.get(host)!
  }

  speaks(host: string, family: 'ipv4' | 'ipv6'): boolean {
    return this.#families.get(host)!.has(family)
  }

  /** The hosts that the selector names, each once, in natural order; refuses terms that select nothing. */
  select(selector: string | readonly string[], path: Path, problems: Problems): string[] {
    const chosen = new Set<string>()
    asList(selector).forEach((term, index) => {
      const hosts = this.#selectTerm(term)
      for (const host of hosts) chosen.add(host)
      if (hosts.length === 0)
        problems.refuse(typeof selector === 'string' ? path : [...path, index], this.#nothing(term))
    })
    return chosen.size === this.names.length ? [...this.names] : [...chosen].sort(naturalCompare)
  }

  unknownHost(name: string): string {
    return unknownName('host', name, this.names, `hosts are named as in ${quote(this.names[0] ?? '')}`)
  }

  #selectTerm(term: string): readonly string[] {
    if (term === ALL) return this.names
    if (!isPattern(term)) return this.#under.get(term) ?? []
    const matches = patternOf(term)
    return [...this.#under].flatMap(([name, hosts]) => (matches(name) ? hosts : []))
  }

  #nothing(term: string): string {
    const example = `hosts are named as in ${quote(this.names[0] ?? '')}`
    if (isPattern(term)) return `no host matches ${quote(term)}; ${example}`
    return unknownName('host', term, [ALL, ...this.#under.keys()], `${example}, or write ${quote(ALL)}`)
  }

  #add(name: string, host: string): void {
    const known = this.#under.get(name)
    if (known === undefined) this.#under.set(name, [host])
    else known.push(host)
  }
}
