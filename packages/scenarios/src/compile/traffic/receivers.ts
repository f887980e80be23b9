import { canonicalAddress, type NetworkBlueprint } from '@weft/fabric'
import {
  type CalledAddress,
  CalledAddresses,
  type CallInput,
  portOf,
  type Receivers,
} from './called-addresses.ts'
import { CalledServices, type Callers } from './called-services.ts'
import { addressOf, type CalledUrl, urlOf } from './called-url.ts'
import { ClusterLookup } from '../clusters/cluster-lookup.ts'
import type { ScenarioDns } from '../dns/compile-dns.ts'
import { type HostIndex, isOutside, type NamesBeside } from '../selectors/hosts.ts'
import { isPublic } from '../internet/public-addresses.ts'
import type { CompiledCluster } from '../clusters/kubernetes.ts'
import { list, type Path, type Problems, quote } from '../problems.ts'
import { asList } from '../selectors/selectors.ts'
import { WorkloadHosts } from '../clusters/workload-hosts.ts'

/** What traffic may go to beside hosts: services, addresses, names and URLs; and the workloads whose pods senders are. */
export class ReceiverIndex {
  readonly #hosts: HostIndex
  readonly #services: CalledServices
  readonly #workloads: WorkloadHosts
  readonly #addresses: CalledAddresses
  readonly #clusters: readonly CompiledCluster[]
  readonly #dns: ScenarioDns | undefined
  #lookup: ClusterLookup | undefined

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
    this.#workloads = new WorkloadHosts(clusters, hosts)
    this.#addresses = new CalledAddresses(network, this.#services, this.#workloads)
  }

  /** Whether regions have ways to the internet, and by it to each other. */
  get hasInternet(): boolean {
    return this.#addresses.hasInternet
  }

  /** The region that a host is in, a pod where its host is. */
  regionOf(host: string): string {
    return this.#addresses.regionOf(host)
  }

  /** Who these hosts are, as services see them. */
  callersOf(hosts: readonly string[]): Callers {
    return this.#addresses.callersOf(hosts)
  }

  /** Where a host is called from the internet, if those addresses go along when something takes its place. */
  passedOnBy(host: string): CalledAddress | undefined {
    return this.#addresses.passedOnBy(host)
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
      if (service !== undefined) return this.#addresses.calledByName(service, call, path, problems)
      const url = urlOf(term)
      if (url !== undefined) return this.#ofUrl(term, url, call, path, problems)
    }
    const hosts = this.selectHosts(selector, path, problems, this.#allNames())
    return hosts.length === 0 ? undefined : this.#addresses.ofHosts(hosts, call)
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

  /** Whether a name is that of one server, which leads what comes to this port over TCP to endpoints. */
  isNodePort(name: string, port: number | undefined): boolean {
    const call = { protocol: 'tcp', port, from: [] } as const
    return this.#addresses.ofHosts(this.hostsNamed(name), call).kind === 'address'
  }

  /** The host that has this address, where the term is one. */
  #hostAt(term: string): string | undefined {
    const address = addressOf(term)
    return address === undefined ? undefined : this.#addresses.hostWithAddress(address)
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
    return this.#addresses.called(addresses, called, path, problems)
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
      if (this.#services.at(each, this.#addresses.callersOf(call.from)).length === 0) ports.add(call.port)
      else {
        const called = this.#addresses.called(each, call, path, problems)
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

  get #names(): ClusterLookup {
    this.#lookup ??= new ClusterLookup(this.#clusters)
    return this.#lookup
  }

  /** What a name stands for to those who ask, each answer once: in every cluster its own DNS knows names of its own. */
  #answersFor(name: string, from: readonly string[]): readonly (readonly string[])[] {
    const answers = new Map<string, readonly string[]>()
    for (const cluster of this.#addresses.callersOf(from).clusters) {
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

const severalClusters = (term: string, names: readonly string[]): string =>
  `${quote(term)} is in several clusters; name one: ${list(names, 'or')}`
