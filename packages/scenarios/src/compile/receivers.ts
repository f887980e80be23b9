import { canonicalAddress, type NetworkBlueprint, PROTOCOL_TCP, PROTOCOL_UDP } from '@weft/fabric'
import { CalledServices, type Callers } from './called-services.ts'
import { addressOf, type CalledUrl, urlOf } from './called-url.ts'
import { ClusterLookup } from './cluster-lookup.ts'
import type { ScenarioDns } from './dns/compile-dns.ts'
import { type HostIndex, isOutside, type NamesBeside } from './hosts.ts'
import { isPublic } from './internet/public-addresses.ts'
import type { CompiledCluster } from './kubernetes.ts'
import { list, type Path, type Problems, quote } from './problems.ts'
import { asList } from './selectors.ts'
import { WorkloadHosts } from './workload-hosts.ts'

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

/** What traffic may go to beside hosts: services, addresses, names and URLs; and the workloads whose pods senders are. */
export class ReceiverIndex {
  readonly #hosts: HostIndex
  readonly #services: CalledServices
  readonly #workloads: WorkloadHosts
  readonly #ownerOf = new Map<string, string>()
  /** Addresses that pods have and whatever takes their places after them. */
  readonly #passedOn = new Set<string>()
  /** Regions, by addresses that are in their prefixes and that nothing has. */
  readonly #unassigned: ReadonlyMap<string, string>
  /** Regions, by addresses that stand for their workloads. */
  readonly #pooled: ReadonlyMap<string, string>
  readonly #clusters: readonly CompiledCluster[]
  readonly #dns: ScenarioDns | undefined
  #lookup: ClusterLookup | undefined
  /** Whether regions have ways to the internet, and by it to each other. */
  readonly hasInternet: boolean

  constructor(
    network: NetworkBlueprint,
    hosts: HostIndex,
    clusters: readonly CompiledCluster[],
    dns?: ScenarioDns,
  ) {
    this.#dns = dns
    this.#hosts = hosts
    this.#clusters = clusters
    this.#services = new CalledServices(network, clusters)
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
      for (const { addresses } of node.interfaces)
        for (const address of addresses.map(canonicalAddress))
          if (this.#ownerOf.has(address)) this.#passedOn.add(address)
          else this.#ownerOf.set(address, node.name)
    }
    this.#workloads = new WorkloadHosts(clusters, hosts)
  }

  /** The region that a host is in, a pod where its host is. */
  regionOf(host: string): string {
    return this.#workloads.regionOf(host) ?? host.slice(0, host.indexOf('/'))
  }

  isPod(host: string): boolean {
    return this.#workloads.regionOf(host) !== undefined
  }

  /** Hosts that a selector names; a workload stands for its pods. */
  selectHosts(
    selector: string | readonly string[],
    path: Path,
    problems: Problems,
    others: NamesBeside = this.#workloadNames(),
  ): string[] {
    const terms = asList(selector)
    const several = this.#workloads.inSeveral(terms)
    if (several !== undefined) {
      problems.refuse(path, severalClusters(several.term, several.names))
      return []
    }
    const known = terms.flatMap((term) => this.#workloads.hostsOf(term) ?? [this.#hostAt(term) ?? term])
    const isAsWritten = known.length === terms.length && known.every((term, i) => term === terms[i])
    return this.#hosts.select(isAsWritten ? selector : known, path, problems, others)
  }

  /** Who is meant; undefined where that was refused. */
  select(
    selector: string | readonly string[],
    call: CallInput,
    path: Path,
    problems: Problems,
  ): Receivers | undefined {
    const terms = asList(selector)
    const [term] = terms as [string]
    if (terms.length > 1) {
      if (this.#refuseServicesIn(terms, path, problems)) return undefined
    } else {
      const [service, ...others] = this.#services.named(term)
      if (others.length > 0) {
        problems.refuse(path, severalClusters(term, [service!, ...others]))
        return undefined
      }
      if (service !== undefined) return this.#ofNamedService(service, call, path, problems)
      const url = urlOf(term)
      if (url !== undefined) return this.#ofUrl(term, url, call, path, problems)
    }
    const hosts = this.selectHosts(selector, path, problems, this.#allNames())
    return hosts.length === 0 ? undefined : { kind: 'hosts', hosts, ...portOf(call.port) }
  }

  /** Hosts of a name in `flows`, which takes no patterns: a host's, a pod's, a workload's; none where there is no such. */
  hostsNamed(name: string): readonly string[] {
    if (this.#hosts.has(name)) return [name]
    const pods = this.#workloads.hostsOf(name)
    if (pods !== undefined) return pods
    const own = this.#clusters.map((cluster) => `${cluster.name}/${name}`)
    return own.filter((each) => this.#hosts.has(each))
  }

  /** Whether a name or address is a service's, or somebody's in another region that is called by address. */
  isService(term: string): boolean {
    return this.#services.named(term).length > 0 || urlOf(term) !== undefined
  }

  /** The host that has an address. What answers for addresses beyond the network's own hosts belongs here. */
  hostWithAddress(address: string): string | undefined {
    return this.#ownerOf.get(address)
  }

  /** The host that has this address, where the term is one. */
  #hostAt(term: string): string | undefined {
    const address = addressOf(term)
    return address === undefined ? undefined : this.hostWithAddress(address)
  }

  /** Who calls, as services see them. */
  #callers(from: readonly string[]): Callers {
    const clusters = [...new Set(from.map((host) => this.#services.clusterOf(host)))]
    return { clusters, isFromOutside: from.some(isOutside) }
  }

  /** Whether there are any. */
  #refuseServicesIn(terms: readonly string[], path: Path, problems: Problems): boolean {
    const before = problems.issues.length
    for (const [index, term] of terms.entries()) {
      if (this.#hosts.has(term) || this.#workloads.has(term)) continue
      if (this.isService(term))
        problems.refuse(
          [...path, index],
          `${quote(term)} stands in a list; traffic goes to hosts, or to one service, address or URL: make it an entry of its own`,
        )
    }
    return problems.issues.length > before
  }

  #ofUrl(
    term: string,
    { host, port }: CalledUrl,
    call: CallInput,
    path: Path,
    problems: Problems,
  ): Receivers | undefined {
    if (port !== undefined && call.port !== undefined && port !== call.port) {
      problems.refuse(
        path,
        `${quote(term)} means port ${port}, "port" says ${call.port}; leave one of them out`,
      )
      return undefined
    }
    const called = { ...call, port: port ?? call.port }
    const literal = addressOf(host)
    if (literal === undefined && this.#dns !== undefined && call.isLive === true)
      return this.#ofName(host, this.#dns, called, path, problems)
    const answers = literal === undefined ? this.#answersFor(host, call.from) : [[literal]]
    if (answers.length > 1) {
      const meant = answers.map((each) => each.join(' and ') || 'nothing')
      problems.refuse(
        path,
        `${quote(host)} stands for ${list(meant)}, by the clusters of those who ask; make it an entry for each`,
      )
      return undefined
    }
    const addresses = answers[0] ?? []
    if (addresses.length === 0) {
      const { names } = this.#names
      const expected = 'no cluster of the scenario has a record of it'
      problems.refuse(path, problems.unknownName('name', host, names, expected))
      return undefined
    }
    return this.#ofAddresses(addresses, called, path, problems)
  }

  #ofName(
    name: string,
    dns: ScenarioDns,
    call: CallInput,
    path: Path,
    problems: Problems,
  ): Receivers | undefined {
    const answers = this.#answersFor(name, call.from)
    const addresses = answers.flat()
    if (!dns.isEverKnown(name))
      problems.warn(path, `nobody has a record of ${quote(name)}: every flow fails as name-not-found`)
    const closed = dns.everAddressesOf(name).filter((each) => !isPublic(each))
    if (closed.length > 0 && call.from.some(isOutside))
      problems.warn(
        path,
        `${quote(name)} stands for ${list(closed)} at some time: nobody on the internet reaches private addresses; let it stand for a service of type LoadBalancer with addresses.loadBalancers`,
      )
    const families = [...new Set(addresses.map((each) => (each.includes(':') ? 'ipv6' : 'ipv4')))]
    // each sender calls what the name stands for to it, all at one port
    const ports = new Set<number | undefined>()
    for (const each of answers) {
      if (this.#services.at(each, this.#callers(call.from)).length === 0) ports.add(call.port)
      else {
        const called = this.#ofAddresses(each, call, path, problems)
        if (called === undefined) return undefined
        ports.add(called.port)
      }
    }
    if (ports.size > 1) {
      problems.refuse(path, `${quote(name)} stands for services with different ports; let "port" name one`)
      return undefined
    }
    return { kind: 'name', name, families, ...portOf([...ports][0]) }
  }

  #ofAddresses(
    addresses: readonly string[],
    call: CallInput,
    path: Path,
    problems: Problems,
  ): Receivers | undefined {
    const callers = this.#callers(call.from)
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
    if (hosts.length > 0) return { kind: 'hosts', hosts, ...portOf(call.port) }
    const region = addresses.map((each) => this.#unassigned.get(each)).find((each) => each !== undefined)
    if (region !== undefined) {
      const message = `${addresses.join(', ')} is of region ${region}'s own prefixes, and nothing has it: nothing arrives (address-unassigned)`
      problems.warn(path, message)
      return addressesOnly(addresses, call.port)
    }
    problems.refuse(path, `nobody has address ${addresses.join(', ')}: no host, workload or service`)
    return undefined
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

  #ofNamedService(name: string, call: CallInput, path: Path, problems: Problems): Receivers | undefined {
    const callers = this.#callers(call.from)
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
    const { cluster } = this.#services.service(name)
    problems.refuse(
      path,
      `service ${quote(name)} has no address outside of cluster ${cluster}; call it by a public one: give it type LoadBalancer, and its region addresses.loadBalancers and internet; or name a pod behind it`,
    )
  }

  #ofService(
    name: string,
    addresses: readonly string[],
    { protocol, port }: CallInput,
    path: Path,
    problems: Problems,
  ): Receivers | undefined {
    const number = protocol === 'tcp' ? PROTOCOL_TCP : PROTOCOL_UDP
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

  get #names(): ClusterLookup {
    this.#lookup ??= new ClusterLookup(this.#clusters)
    return this.#lookup
  }

  /** What a name stands for to those who ask, each answer once: in every cluster its own DNS knows names of its own. */
  #answersFor(name: string, from: readonly string[]): readonly (readonly string[])[] {
    const answers = new Map<string, readonly string[]>()
    for (const cluster of this.#callers(from).clusters) {
      const found = this.#dns?.addressesOf(name, cluster) ?? this.#names.addressesOf(name, cluster)
      const own = found.map(canonicalAddress)
      answers.set([...own].sort().join(), own)
    }
    return [...answers.values()]
  }

  #workloadNames(): NamesBeside {
    const names = this.#workloads.names
    return names.length === 0 ? { what: 'host', names } : { what: 'host or workload', names }
  }

  #allNames(): NamesBeside {
    const names = [...this.#services.names, ...this.#workloads.names]
    return names.length === 0 ? { what: 'host', names } : { what: 'host, workload or service', names }
  }
}

const portOf = (port: number | undefined) => (port === undefined ? {} : { port })

/** The first address of each family. */
function addressesOnly(
  addresses: readonly string[],
  port: number | undefined,
): Extract<Receivers, { kind: 'address' }> {
  const [ipv4] = addresses.filter((each) => !each.includes(':'))
  const [ipv6] = addresses.filter((each) => each.includes(':'))
  return {
    kind: 'address',
    ...(ipv4 !== undefined && { ipv4 }),
    ...(ipv6 !== undefined && { ipv6 }),
    ...portOf(port),
  }
}

const severalClusters = (term: string, names: readonly string[]): string =>
  `${quote(term)} is in several clusters; name one: ${list(names, 'or')}`
