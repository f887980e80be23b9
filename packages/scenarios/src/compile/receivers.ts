import {
  canonicalAddress,
  type NetworkBlueprint,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  type ServiceBlueprint,
} from '@weft/fabric'
import { ClusterLookup } from './cluster-lookup.ts'
import type { ScenarioDns } from './dns/compile-dns.ts'
import type { HostIndex, NamesBeside } from './hosts.ts'
import { isPublic } from './internet/public-addresses.ts'
import type { CompiledCluster } from './kubernetes.ts'
import { type Path, type Problems, quote } from './problems.ts'
import { asList } from './selectors.ts'

/** Who is meant by `to`. */
export type Receivers =
  | { readonly kind: 'hosts'; readonly hosts: readonly string[]; readonly port?: number }
  /** What a service is called by: an address of each family that it has. */
  | { readonly kind: 'address'; readonly ipv4?: string; readonly ipv6?: string; readonly port: number }
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
  /** Some who call are on the internet, where only public addresses are known. */
  readonly isFromOutside?: boolean
  /** Names are looked up for each flow, where there is anybody to ask. */
  readonly isLive?: boolean
}

const SCHEME_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** What traffic may go to beside hosts: services, addresses, names and URLs; and the workloads whose pods senders are. */
export class ReceiverIndex {
  readonly #hosts: HostIndex
  readonly #services: readonly ServiceBlueprint[]
  /** Hosts by the names of the workloads that they are: a workload's pods, a pod on its host's network. */
  readonly #workloads = new Map<string, readonly string[]>()
  /** Regions of pods. */
  readonly #regionOfPod = new Map<string, string>()
  readonly #ownerOf = new Map<string, string>()
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
    this.#services = [
      ...(network.interfaces?.services ?? []),
      ...(network.edges ?? []).flatMap(({ services, inside }) => [...(inside?.services ?? []), ...services]),
    ]
    for (const node of network.nodes) {
      if (node.kind !== 'host') continue
      for (const { addresses } of node.interfaces)
        for (const address of addresses) this.#ownerOf.set(canonicalAddress(address), node.name)
    }
    for (const each of clusters) this.#addWorkloads(each)
  }

  /** The region that a host is in, a pod where its host is. */
  regionOf(host: string): string {
    return this.#regionOfPod.get(host) ?? host.slice(0, host.indexOf('/'))
  }

  isPod(host: string): boolean {
    return this.#regionOfPod.has(host)
  }

  /** Hosts that a selector names; a workload stands for its pods. */
  selectHosts(
    selector: string | readonly string[],
    path: Path,
    problems: Problems,
    others: NamesBeside = this.#workloadNames(),
  ): string[] {
    const terms = asList(selector)
    const known = terms.flatMap((term) => this.#podsOf(term) ?? [this.#hostAt(term) ?? term])
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
      const service = this.#serviceNamed(term)
      if (service !== undefined)
        return this.#ofService(service, this.#calledBy(service, call), call, path, problems)
      const url = urlOf(term)
      if (url !== undefined) return this.#ofUrl(term, url, call, path, problems)
    }
    const hosts = this.selectHosts(selector, path, problems, this.#allNames())
    return hosts.length === 0 ? undefined : { kind: 'hosts', hosts, ...portOf(call.port) }
  }

  /** The host that has an address. What answers for addresses beyond the network's own hosts belongs here. */
  hostWithAddress(address: string): string | undefined {
    return this.#ownerOf.get(address)
  }

  #addWorkloads({ region, cluster, cloud }: CompiledCluster): void {
    for (const { name } of cloud.pods) this.#regionOfPod.set(name, region)
    const hostOf = (pod: string) => cloud.hostNetwork.get(pod) ?? pod
    const podsOf = new Map<string, string[]>()
    for (const { id, workload } of cluster.pods) {
      if (hostOf(id) !== id) this.#workloads.set(id, [hostOf(id)])
      podsOf.set(workload, [...(podsOf.get(workload) ?? []), hostOf(id)])
    }
    for (const [workload, pods] of podsOf) this.#workloads.set(workload, pods)
  }

  /** The host that has this address, where the term is one. */
  #hostAt(term: string): string | undefined {
    const address = addressOf(term)
    return address === undefined ? undefined : this.hostWithAddress(address)
  }

  /** Of a name that no host has. */
  #podsOf(term: string): readonly string[] | undefined {
    return this.#hosts.has(term) ? undefined : this.#workloads.get(term)
  }

  /** By its name, or among several clusters by what follows the cluster's where that is one service's alone. */
  #serviceNamed(name: string): ServiceBlueprint | undefined {
    const exactly = this.#services.find((service) => service.name === name)
    if (exactly !== undefined || !name.includes('/')) return exactly
    const among = this.#services.filter((service) => service.name.endsWith(`/${name}`))
    return among.length === 1 ? among[0] : undefined
  }

  /** Whether there are any. */
  #refuseServicesIn(terms: readonly string[], path: Path, problems: Problems): boolean {
    const before = problems.issues.length
    for (const [index, term] of terms.entries()) {
      if (this.#hosts.has(term) || this.#workloads.has(term)) continue
      const isOther = this.#serviceNamed(term) !== undefined || urlOf(term) !== undefined
      if (isOther)
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
    const addresses = literal === undefined ? this.#lookUp(host) : [literal]
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
    const addresses = dns.addressesOf(name)
    if (!dns.isEverKnown(name))
      problems.warn(path, `nobody has a record of ${quote(name)}: every flow fails as name-not-found`)
    const families = [...new Set(addresses.map((each) => (each.includes(':') ? 'ipv6' : 'ipv4')))]
    if (
      !this.#services.some((each) => each.addresses.some((own) => addresses.includes(canonicalAddress(own))))
    )
      return { kind: 'name', name, families, ...portOf(call.port) }
    const service = this.#ofAddresses(addresses, call, path, problems)
    return (
      service && { kind: 'name', name, families, ...(service.port !== undefined && { port: service.port }) }
    )
  }

  #ofAddresses(
    addresses: readonly string[],
    call: CallInput,
    path: Path,
    problems: Problems,
  ): Receivers | undefined {
    const service = this.#services.find((each) =>
      each.addresses.some((own) => addresses.includes(canonicalAddress(own))),
    )
    if (service !== undefined) {
      const own = service.addresses.filter((each) => addresses.includes(canonicalAddress(each)))
      return this.#ofService(service, own, call, path, problems)
    }
    const hosts = [...new Set(addresses.flatMap((each) => this.hostWithAddress(each) ?? []))]
    if (hosts.length > 0) return { kind: 'hosts', hosts, ...portOf(call.port) }
    problems.refuse(path, `nobody has address ${addresses.join(', ')}: no host, workload or service`)
    return undefined
  }

  /** By which addresses a service is called: of those who are outside, by public ones. */
  #calledBy({ name, addresses }: ServiceBlueprint, { isFromOutside }: CallInput): readonly string[] {
    if (isFromOutside !== true) return addresses
    return this.#services
      .filter((each) => each.name === name)
      .flatMap((each) => each.addresses.filter(isPublic))
  }

  #ofService(
    { name, ports }: ServiceBlueprint,
    addresses: readonly string[],
    { protocol, port }: CallInput,
    path: Path,
    problems: Problems,
  ): Receivers | undefined {
    const number = protocol === 'tcp' ? PROTOCOL_TCP : PROTOCOL_UDP
    const own = ports.filter((each) => each.protocol === number).map((each) => each.port)
    const refuse = (why: string) => {
      const has = own.length === 0 ? 'none' : own.join(', ')
      problems.refuse(path, `service ${quote(name)} ${why}; its ${protocol} ports are ${has}`)
    }
    if (addresses.length === 0)
      problems.refuse(
        path,
        `service ${quote(name)} has no public address, so that nobody on the internet reaches it; give it type LoadBalancer, and the region addresses.loadBalancers`,
      )
    else if (own.length === 0) refuse(`has no port for ${protocol}`)
    else if (port !== undefined && !own.includes(port)) refuse(`has no port ${port}`)
    else if (port === undefined && own.length > 1) refuse('has several ports, so that "port" must name one')
    else {
      const [ipv4] = addresses.filter((each) => !each.includes(':'))
      const [ipv6] = addresses.filter((each) => each.includes(':'))
      const called = port ?? own[0]!
      return {
        kind: 'address',
        ...(ipv4 !== undefined && { ipv4 }),
        ...(ipv6 !== undefined && { ipv6 }),
        port: called,
      }
    }
    return undefined
  }

  get #names(): ClusterLookup {
    this.#lookup ??= new ClusterLookup(this.#clusters)
    return this.#lookup
  }

  #lookUp(name: string): string[] {
    const found = this.#dns?.addressesOf(name) ?? this.#names.addressesOf(name)
    return found.map(canonicalAddress)
  }

  #workloadNames(): NamesBeside {
    const names = [...this.#workloads.keys()]
    return names.length === 0 ? { what: 'host', names } : { what: 'host or workload', names }
  }

  #allNames(): NamesBeside {
    const names = [...this.#services.map(({ name }) => name), ...this.#workloads.keys()]
    return names.length === 0 ? { what: 'host', names } : { what: 'host, workload or service', names }
  }
}

interface CalledUrl {
  readonly host: string
  readonly port?: number
}

const portOf = (port: number | undefined) => (port === undefined ? {} : { port })

/** A URL, an address, or a name with dots in it; undefined for what selects hosts. */
function urlOf(term: string): CalledUrl | undefined {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(term) ?? []
  if (scheme !== undefined) {
    const authority = rest!.split(/[/?#]/, 1)[0]!.replace(/^.*@/, '')
    const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(authority) ?? []
    const host = bracketed ?? plain ?? authority
    const number = port === undefined ? SCHEME_PORTS[scheme.toLowerCase()] : Number(port)
    return { host, ...portOf(number) }
  }
  if (addressOf(term) !== undefined) return { host: term }
  return /^[^/*\s]+\.[^/*\s]+$/.test(term) ? { host: term } : undefined
}

function addressOf(text: string): string | undefined {
  if (!text.includes(':') && !/^\d+(\.\d+){3}$/.test(text)) return undefined
  try {
    return canonicalAddress(text)
  } catch {
    return undefined
  }
}
