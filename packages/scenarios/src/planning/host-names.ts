import type { NetworkBlueprint } from '@weft/fabric'
import { HostIndex } from '../compile/selectors/hosts.ts'
import { regionOf } from '../compile/traffic/pairs.ts'
import { Problems, quote } from '../compile/problems.ts'
import type { DemandNames } from '../exchange/demands/demand-names.ts'

/**
 * What demands may call the hosts of a network: by name, or all below a switch, pod or region. Where one region alone has
 * a name, the region may be left out.
 */
export class HostNames implements DemandNames {
  readonly #index: HostIndex
  readonly #fullName: (name: string) => string
  readonly #known = new Map<string, readonly string[]>()
  readonly #problems = new Problems()

  constructor(network: NetworkBlueprint) {
    this.#index = new HostIndex(network)
    this.#fullName = namesWithoutRegion(this.#index.names)
  }

  /** None where nothing is called so. */
  hostsOf(name: string): readonly string[] {
    return this.#known.get(name) ?? []
  }

  nameRefusal(name: string): string | undefined {
    if (this.#known.has(name)) return undefined
    const before = this.#problems.issues.length
    const hosts = this.#index.select(this.#fullName(name), [], this.#problems)
    if (hosts.length > 0) this.#known.set(name, hosts)
    return this.#problems.issues[before]?.message
  }

  pairRefusal(from: string, to: string): string | undefined {
    const [senders, receivers] = [this.hostsOf(from), this.hostsOf(to)]
    const [a, b] = [senders, receivers].map((hosts) => regionOf(hosts[0]!))
    if (a !== b) return `no path from ${a} to ${b}: regions are not connected yet`
    const isAlone = senders.length === 1 && receivers.length === 1 && senders[0] === receivers[0]
    return isAlone ? `${quote(to)} would send to itself; name another receiver` : undefined
  }

  speaks(host: string, family: 'ipv4' | 'ipv6'): boolean {
    return this.#index.speaks(host, family)
  }
}

/** Gives a name back with its region before it, where one region alone has something of that name. */
function namesWithoutRegion(hosts: readonly string[]): (name: string) => string {
  const full = new Set<string>()
  for (const host of hosts)
    for (let end = host.length; end > 0; end = host.lastIndexOf('/', end - 1)) full.add(host.slice(0, end))
  const regions = [...new Set(hosts.map(regionOf))]
  return (name) => {
    if (full.has(name)) return name
    const [found, ...others] = regions.map((region) => `${region}/${name}`).filter((each) => full.has(each))
    return found !== undefined && others.length === 0 ? found : name
  }
}
