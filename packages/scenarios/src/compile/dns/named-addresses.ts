import { canonicalAddress, type NetworkBlueprint, nameRefusal } from '@weft/fabric'
import { canonicalOf, isPublic } from '../internet/public-addresses.ts'
import { type Path, type Problems, quote } from '../problems.ts'
import { asList } from '../selectors/selectors.ts'

/** What a record stands for: addresses, or another name. */
export type RecordTarget =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'alias'; readonly name: string }

/** Addresses of a network's hosts, pods and services by their names, and whose each is. */
export class NamedAddresses {
  readonly #byName = new Map<string, readonly string[]>()
  readonly #hostOf = new Map<string, string>()
  readonly #services = new Map<string, string[]>()
  /** Of several clusters each may have one at the same address. */
  readonly #servicesAt = new Map<string, Set<string>>()

  constructor({ nodes, interfaces, edges = [] }: NetworkBlueprint) {
    for (const node of nodes) {
      if (node.kind !== 'host') continue
      const addresses = node.interfaces.flatMap((each) => each.addresses).map(canonicalAddress)
      this.#byName.set(node.name, addresses)
      for (const address of addresses) if (!this.#hostOf.has(address)) this.#hostOf.set(address, node.name)
    }
    const services = [
      ...(interfaces?.services ?? []),
      ...edges.flatMap(({ inside, services: own }) => [...(inside?.services ?? []), ...own]),
    ]
    for (const { name, addresses } of services) {
      const known = this.#services.get(name) ?? []
      this.#services.set(name, [...new Set([...known, ...addresses.map(canonicalAddress)])])
      for (const address of addresses.map(canonicalAddress))
        this.#servicesAt.set(address, (this.#servicesAt.get(address) ?? new Set()).add(name))
    }
  }

  /** None: there is no such host or pod. */
  ofHost(name: string): readonly string[] {
    return this.#byName.get(name) ?? []
  }

  /** All that a service is called by; none: there is no such service. */
  ofService(name: string): readonly string[] {
    return this.#services.get(name) ?? []
  }

  get services(): readonly string[] {
    return [...this.#services.keys()]
  }

  /** Names of those that are called there. */
  servicesAt(address: string): readonly string[] {
    return [...(this.#servicesAt.get(address) ?? [])]
  }

  hostOf(address: string): string | undefined {
    return this.#hostOf.get(address)
  }

  /** What users say that a name stands for; undefined where that was refused. */
  target(given: string | readonly string[], path: Path, problems: Problems): RecordTarget | undefined {
    const terms = asList(given)
    const [first] = terms as [string]
    if (terms.length === 1 && this.#addressesOf(first) === undefined && isName(first))
      return { kind: 'alias', name: first }
    const before = problems.issues.length
    const addresses = terms.flatMap((term, index) => {
      const found = this.#addressesOf(term)
      if (found !== undefined) return found
      const names = [...this.#byName.keys(), ...this.#services.keys()]
      const message = isName(term)
        ? `${quote(term)} is a name, which stands alone: a name stands for addresses, or for one other name`
        : problems.unknownName('host, pod or service', term, names, `expected an address, or the name of one`)
      problems.refuse(typeof given === 'string' ? path : [...path, index], message)
      return []
    })
    return problems.issues.length > before
      ? undefined
      : { kind: 'addresses', addresses: [...new Set(addresses)] }
  }

  /** Of a service that has public addresses those: public names are asked for from outside. */
  #addressesOf(term: string): readonly string[] | undefined {
    const address = canonicalOf(term)
    if (address !== undefined) return [address]
    const service = this.#services.get(term)
    if (service === undefined) return this.#byName.get(term)
    const open = service.filter(isPublic)
    return open.length > 0 ? open : service
  }
}

const isName = (term: string): boolean => !term.includes('/') && nameRefusal(term) === undefined
