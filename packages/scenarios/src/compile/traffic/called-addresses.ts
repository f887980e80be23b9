import { canonicalAddress, type NetworkBlueprint, PROTOCOL_TCP, PROTOCOL_UDP } from '@weft/fabric'
import type { CalledServices, Callers } from './called-services.ts'
import { isOutside } from '../selectors/hosts.ts'
import { isPublic } from '../internet/public-addresses.ts'
import { list, type Path, type Problems, quote } from '../problems.ts'
import type { WorkloadHosts } from '../clusters/workload-hosts.ts'

/** Who is meant by `to`. */
export type Receivers =
  | { readonly kind: 'hosts'; readonly hosts: readonly string[]; readonly port?: number }
  /** What a service is called by, an address of each family that it has; or somebody in another region, by one address. */
  | {
      readonly kind: 'address'
      readonly ipv4?: string
      readonly ipv6?: string
      readonly port?: number
      /** It is one of a NAT's pool: nobody knows before who has a mapping there. */
      readonly isPooled?: true
    }
  /** What is looked up for each flow; families that it has addresses of at the start. */
  | {
      readonly kind: 'name'
      readonly name: string
      readonly families: readonly string[]
      readonly port?: number
    }

export type CalledAddress = Extract<Receivers, { readonly kind: 'address' }>

/** How they are to be called. */
export interface CallInput {
  readonly protocol: 'tcp' | 'udp'
  /** As the scenario states it. */
  readonly port: number | undefined
  /** Hosts that call. */
  readonly from: readonly string[]
  /** Names are looked up for each flow, where there is anybody to ask. */
  readonly isLive?: boolean
}

/** What addresses are called by: services, hosts and pods, those of a NAT's pool, and those that nothing has. */
export class CalledAddresses {
  /** Whether regions have ways to the internet, and by it to each other. */
  readonly hasInternet: boolean
  readonly #services: CalledServices
  readonly #workloads: WorkloadHosts
  readonly #ownerOf = new Map<string, string>()
  readonly #addressesOf = new Map<string, readonly string[]>()
  /** Addresses that pods have and whatever takes their places after them. */
  readonly #passedOn = new Set<string>()
  /** Regions, by addresses that are in their prefixes and that nothing has. */
  readonly #unassigned: ReadonlyMap<string, string>
  /** Regions, by addresses that stand for their workloads. */
  readonly #pooled: ReadonlyMap<string, string>

  constructor(network: NetworkBlueprint, services: CalledServices, workloads: WorkloadHosts) {
    this.#services = services
    this.#workloads = workloads
    this.hasInternet = network.edges !== undefined
    this.#unassigned = new Map(
      network.edges?.flatMap(({ region, unassigned = [] }) => unassigned.map((each) => [each, region])),
    )
    this.#pooled = new Map(
      network.edges?.flatMap(({ region, nat }) =>
        (nat?.pool.addresses ?? []).map((each) => [canonicalAddress(each), region] as const),
      ),
    )
    for (const node of network.nodes) {
      if (node.kind !== 'host') continue
      this.#addressesOf.set(
        node.name,
        node.interfaces.flatMap(({ addresses }) => addresses),
      )
      for (const { addresses } of node.interfaces)
        for (const address of addresses.map(canonicalAddress))
          if (this.#ownerOf.has(address)) this.#passedOn.add(address)
          else this.#ownerOf.set(address, node.name)
    }
  }

  /** The host that has an address. What answers for addresses beyond the network's own hosts belongs here. */
  hostWithAddress(address: string): string | undefined {
    return this.#ownerOf.get(address)
  }

  /** Where a host is called from the internet, the first of each family, if those go along when something takes its place. */
  passedOnBy(host: string): CalledAddress | undefined {
    const own = [...this.#passedOn].filter((each) => this.#ownerOf.get(each) === host && isPublic(each))
    return own.length === 0 ? undefined : addressesOnly(own, undefined)
  }

  /** The region that a host is in, a pod where its host is. */
  regionOf(host: string): string {
    return this.#workloads.regionOf(host) ?? host.slice(0, host.indexOf('/'))
  }

  /** Who calls, as services see them. */
  callersOf(from: readonly string[]): Callers {
    const clusters = [...new Set(from.map((host) => this.#services.clusterOf(host)))]
    const others = from.filter((host) => this.#services.clusterOf(host) === undefined && !isOutside(host))
    const regions = [...new Set(others.map((host) => host.slice(0, host.indexOf('/'))))]
    return { clusters, regions, isFromOutside: from.some(isOutside) }
  }

  called(
    addresses: readonly string[],
    call: CallInput,
    path: Path,
    problems: Problems,
  ): Receivers | undefined {
    const callers = this.callersOf(call.from)
    const services = this.#services.at(addresses, callers)
    if (services.length > 0) {
      const meant = this.#services.meantBy(services, addresses, callers)
      if (meant === undefined) {
        this.#refuseForeign(services[0]!, path, problems)
        return undefined
      }
      const found = meant.map((name) => {
        const own = this.#services
          .addressesOf(name)
          .filter((each) => addresses.includes(canonicalAddress(each)))
        return this.#ofService(name, own, call, path, problems)
      })
      if (new Set(found.map((each) => each?.port)).size > 1)
        problems.refuse(
          path,
          `${list(meant)} are called there, at different ports; make it an entry for each`,
        )
      return found[0]
    }
    const hosts = [...new Set(addresses.flatMap((each) => this.hostWithAddress(each) ?? []))]
    const pooled = addresses.find((each) => this.#pooled.has(each))
    if (pooled !== undefined) return this.#ofPool(addresses, pooled, call, path, problems)
    const isPassedOn = addresses.some((each) => this.#passedOn.has(each))
    if (isPassedOn || this.#isElsewhere(hosts, call.from)) return addressesOnly(addresses, call.port)
    if (hosts.length > 0) return this.ofHosts(hosts, call)
    const region = addresses.map((each) => this.#unassigned.get(each)).find((each) => each !== undefined)
    if (region !== undefined) {
      const message = `${addresses.join(', ')} is of region ${region}'s own prefixes, and nothing has it: nothing arrives (address-unassigned)`
      problems.warn(path, message)
      return addressesOnly(addresses, call.port)
    }
    problems.refuse(path, `nobody has address ${addresses.join(', ')}: no host, workload or service`)
    return undefined
  }

  /** Hosts that are called: what stands at a node port of one leads elsewhere, and is called by the server's addresses. */
  ofHosts(hosts: readonly string[], { protocol, port }: CallInput): Receivers {
    const [host] = hosts
    const isNodePort =
      port !== undefined && hosts.length === 1 && this.#services.isNodePort(host!, numberOf(protocol), port)
    if (isNodePort) return addressesOnly(this.#addressesOf.get(host!)!, port)
    return { kind: 'hosts', hosts, ...portOf(port) }
  }

  /** Who has a mapping there when packets come, which nobody knows before. */
  #ofPool(
    addresses: readonly string[],
    pooled: string,
    { port }: CallInput,
    path: Path,
    problems: Problems,
  ): Receivers | undefined {
    if (port !== undefined) return { ...addressesOnly(addresses, port), isPooled: true }
    const region = this.#pooled.get(pooled)
    problems.refuse(
      path,
      `${pooled} stands for whoever has a mapping of region ${region}'s NAT; say by "port" which port of it is called`,
    )
    return undefined
  }

  /** Whether hosts are over the internet from some who call, who reach them by the very address or not at all. */
  #isElsewhere(hosts: readonly string[], from: readonly string[]): boolean {
    if (!this.hasInternet) return false
    const regions = new Set(
      [...hosts, ...from].filter((host) => !isOutside(host)).map((host) => this.regionOf(host)),
    )
    return hosts.length > 0 && regions.size > 1
  }

  calledByName(name: string, call: CallInput, path: Path, problems: Problems): Receivers | undefined {
    const callers = this.callersOf(call.from)
    const addresses = this.#services.addressesFor(name, callers)
    if (addresses.length > 0) return this.#ofService(name, addresses, call, path, problems)
    if (this.#services.isForeign(name, callers)) this.#refuseForeign(name, path, problems)
    else
      problems.refuse(
        path,
        `service ${quote(name)} has no public address, so that nobody on the internet reaches it; give it type LoadBalancer, and the region addresses.loadBalancers`,
      )
    return undefined
  }

  #refuseForeign(name: string, path: Path, problems: Problems): void {
    problems.refuse(
      path,
      `service ${quote(name)} has no address outside of cluster ${this.#services.homeOf(name)?.name}; call it by a public one: give it type LoadBalancer, and its region addresses.loadBalancers and internet; or name a pod behind it`,
    )
  }

  #ofService(
    name: string,
    addresses: readonly string[],
    { protocol, port }: CallInput,
    path: Path,
    problems: Problems,
  ): Receivers | undefined {
    const number = numberOf(protocol)
    const own = this.#services
      .service(name)
      .ports.filter((each) => each.protocol === number)
      .map((each) => each.port)
    const refuse = (why: string) => {
      const has = own.length === 0 ? 'none' : own.join(', ')
      problems.refuse(path, `service ${quote(name)} ${why}; its ${protocol} ports are ${has}`)
    }
    if (own.length === 0) refuse(`has no port for ${protocol}`)
    else if (port !== undefined && !own.includes(port)) refuse(`has no port ${port}`)
    else if (port === undefined && own.length > 1) refuse('has several ports, so that "port" must name one')
    else return addressesOnly(addresses, port ?? own[0]!)
    return undefined
  }
}

const numberOf = (protocol: CallInput['protocol']) => (protocol === 'tcp' ? PROTOCOL_TCP : PROTOCOL_UDP)

export const portOf = (port: number | undefined) => (port === undefined ? {} : { port })

/** The first address of each family. */
function addressesOnly(addresses: readonly string[], port: number | undefined): CalledAddress {
  const [ipv4] = addresses.filter((each) => !each.includes(':'))
  const [ipv6] = addresses.filter((each) => each.includes(':'))
  return {
    kind: 'address',
    ...(ipv4 !== undefined && { ipv4 }),
    ...(ipv6 !== undefined && { ipv6 }),
    ...portOf(port),
  }
}
