import type { EdgeBlueprint, Network, ServiceBlueprint } from '@weft/fabric'
import { HostIndex, isOutside } from '../compile/selectors/hosts.ts'
import { list, Problems, quote } from '../compile/problems.ts'
import { canonicalOf, isPublic } from '../compile/internet/public-addresses.ts'
import type { CompiledCluster } from '../compile/clusters/kubernetes.ts'
import { ClusterEnds, hasPort } from './cluster-ends.ts'
import { type Endpoint, findEndpoint } from './explain.ts'
import { nodePortAt } from './explain-rules.ts'
import { zonesAt } from './names-at.ts'
import { type LookupWay, lookupWay } from './lookup-way.ts'
import type { NetworkAt, PlayedScenario } from './network-at.ts'
import { regionAddress } from './region-address.ts'
import { protocolNumber, type TransportName, transportName } from './protocols.ts'
import { type Client, isHostName, resolverOf } from './resolve-name.ts'
import { type Resolution, resolve } from './srv.ts'

export interface AskedEnds {
  readonly from: string
  readonly to: string
  readonly protocol: TransportName
  readonly port: number
  /** Of both ends; by default IPv4, then IPv6. */
  readonly family?: Family
}

/** Both ends of a packet; the receiver has no address where its name stands for none. */
export interface FoundEnds {
  readonly from: Endpoint
  readonly to: Endpoint
  /** Where the receiver was given by a name that is looked up. */
  readonly resolution: Resolution | null
  /** What is taken otherwise than its name may say. */
  readonly notes: readonly string[]
}

export type Refuse = (key: 'from' | 'to' | 'family', message: string) => void

export type Family = 'ipv4' | 'ipv6'
const FAMILIES: readonly Family[] = ['ipv4', 'ipv6']
const printed = (family: Family): string => (family === 'ipv4' ? 'IPv4' : 'IPv6')

const HINTS_MAX = 3

/** Looks up who is meant at an instant: hosts, workloads and services by name or address, names by DNS, addresses of nobody. */
export class EndFinder {
  readonly #at: NetworkAt
  readonly #network: Network
  readonly #scenario: PlayedScenario
  readonly #clusters: readonly CompiledCluster[]
  readonly #ends: ClusterEnds
  readonly #atPs: number
  readonly #refuse: Refuse

  /** `at`: the scenario's network at that instant. */
  constructor(scenario: PlayedScenario, at: NetworkAt, atPs: number, refuse: Refuse) {
    const { network } = at
    this.#at = at
    this.#network = network
    this.#atPs = atPs
    this.#scenario = scenario
    this.#clusters = scenario.clusters ?? []
    this.#ends = new ClusterEnds(this.#clusters, scenario.blueprint.network, network)
    this.#refuse = refuse
  }

  /** Both, of one address family, IPv4 first where names leave the choice; undefined where that was refused. */
  find(asked: AskedEnds): FoundEnds | undefined {
    const names = { from: this.#whole('from', asked.from), to: this.#whole('to', asked.to) }
    if (names.from === undefined || names.to === undefined) return undefined
    const question = { ...asked, from: names.from, to: names.to }
    if (this.#refuseNobodys(question.from)) return undefined
    const families = this.#familiesOf(asked)
    if (families === undefined) return undefined
    const senders = families.flatMap((family) => this.#sender(question.from, family) ?? [])
    const [first] = senders
    if (first !== undefined) {
      if (this.#refuseForeign(question, first)) return undefined
      const found = this.#known(question, families) ?? this.#looked(question, senders)
      if (found !== undefined) return this.#notItself(found, asked)
    }
    this.#refuseUnknown(question)
    return undefined
  }

  /** Those that both ends may be of; undefined where one is an address of another than is asked for. */
  #familiesOf({ from, to, family }: AskedEnds): readonly Family[] | undefined {
    const addresses = [from, to].filter((name) => canonicalOf(name) !== undefined)
    const foreign = addresses.find((name) => family !== undefined && isIpv6(name) !== (family === 'ipv6'))
    if (foreign !== undefined) {
      this.#refuse('family', `${foreign} is no ${printed(family!)} address; leave one of them out`)
      return undefined
    }
    if (family !== undefined) return [family]
    return addresses.some(isIpv6) ? ['ipv6'] : FAMILIES
  }

  /** Name of the cluster that a host of the network is in; undefined for those in none. */
  clusterOf(host: string): string | undefined {
    return this.#ends.clusterOf(host)?.name
  }

  /** The name with its cluster's before it, where it may be without; undefined where that was refused. */
  #whole(key: 'from' | 'to', text: string): string | undefined {
    const [only, ...others] = this.#ends.full.of(text)
    if (only === undefined || others.length === 0) return only ?? text
    const candidates = list([only, ...others], 'or')
    this.#refuse(key, `${quote(text)} is in several clusters; name one: ${candidates}`)
    return undefined
  }

  #host(name: string, family: Family): Endpoint | undefined {
    return findEndpoint(this.#network, this.#ends.hostOf(name) ?? name, family)
  }

  /** Somebody here, or anybody on the internet, by his address. */
  #sender(name: string, family: Family): Endpoint | undefined {
    const known = this.#host(name, family)
    if (known !== undefined || this.#scenario.blueprint.network.edges === undefined) return known
    const address = canonicalOf(name)
    if (address === undefined || isIpv6(address) !== (family === 'ipv6') || !isPublic(address))
      return undefined
    return { host: `internet/${address}`, address }
  }

  /** By name or address of somebody here. */
  #known(asked: AskedEnds, families: readonly Family[]): FoundEnds | undefined {
    const { from, to, protocol, port } = asked
    const service = this.#ends.serviceOf(to)?.service
    // of the families that both have, the service's come before those of a workload of that name
    const isService = service !== undefined && hasPort(service, { protocol: protocolNumber(protocol), port })
    for (const family of families) {
      const sender = this.#sender(from, family)
      if (sender === undefined) continue
      const receiver = this.#called(asked, sender, family) ?? (isService ? undefined : this.#host(to, family))
      if (receiver === undefined) continue
      const notes = this.#portNotes(receiver, { to, protocol, port })
      return { from: sender, to: receiver, resolution: null, notes }
    }
    return undefined
  }

  /** The service that a sender calls by this name or address, if any. */
  #called({ to, protocol, port }: AskedEnds, { host }: Endpoint, family: Family): Endpoint | undefined {
    const cluster = this.#ends.clusterOf(host)
    const question = { protocol: protocolNumber(protocol), port, family }
    const home = this.#ends.serviceOf(to)?.of.region
    const isElsewhere = cluster === undefined && home !== undefined && !host.startsWith(`${home}/`)
    return this.#ends.serviceCalled(to, cluster, question, isElsewhere) ?? this.#ends.serviceAt(cluster, to)
  }

  /** By a name that is looked up, or an address that nobody here has. */
  #looked({ from, to, protocol, port }: AskedEnds, senders: readonly Endpoint[]): FoundEnds | undefined {
    if (this.#ends.isEmpty && this.#scenario.blueprint.network.names === undefined) return undefined
    if (this.#isAddress(to)) {
      const sender = senders.find(({ address }) => isIpv6(address) === isIpv6(to))
      if (sender === undefined) return undefined
      const receiver = this.#outside(sender, this.#textOf(to))
      const note = regionAddress(receiver.address, this.#edges)?.note
      return { from: sender, to: receiver, resolution: null, notes: note === undefined ? [] : [note] }
    }
    if (!isHostName(to)) return undefined
    const [first] = senders as [Endpoint]
    const client = { name: first.host, pod: this.#ends.podOf(from) ?? this.#ends.podOf(first.host) }
    const resolution = this.#resolve(client, senders, to)
    for (const address of resolution.values) {
      const sender = senders.find((each) => isIpv6(each.address) === isIpv6(address))
      if (sender === undefined) continue
      const receiver =
        this.#ends.serviceAt(this.#ends.clusterOf(sender.host), address) ??
        findEndpoint(this.#network, address, isIpv6(address) ? 'ipv6' : 'ipv4') ??
        this.#outside(sender, address)
      const called = { to, protocol, port: resolution.offer?.port ?? port }
      return { from: sender, to: receiver, resolution, notes: this.#portNotes(receiver, called) }
    }
    return { from: first, to: { host: to, address: '' }, resolution, notes: [] }
  }

  #resolve(client: Client, senders: readonly Endpoint[], name: string): Resolution {
    const { pod } = client
    let way: LookupWay | undefined
    const isReached = () => {
      way ??= pod && lookupWay(this.#at, senders, pod.of, this.#atPs)
      return way?.delivered !== 0
    }
    const answer = resolve(resolverOf(zonesAt(this.#scenario, this.#atPs), client, isReached), name)
    return { ...answer, way: way ?? null }
  }

  /** Of a service that has no such port: as its address is called, or as a workload has its name. */
  #portNotes(receiver: Endpoint, { to, protocol, port }: Omit<AskedEnds, 'from'>): string[] {
    const isCalled = this.#ends.serviceOf(receiver.host)?.service.addresses.includes(receiver.address)
    const service = this.#ends.serviceOf(isCalled === true ? receiver.host : to)?.service
    if (service === undefined || hasPort(service, { protocol: protocolNumber(protocol), port })) return []
    const missing = noSuchPort(service, protocol, port)
    if (isCalled === true) return [`${missing}: nothing answers for its address there`]
    return [`${missing}. What is meant is the workload of that name, by its pod ${receiver.host}`]
  }

  get #edges(): readonly EdgeBlueprint[] {
    return this.#scenario.blueprint.network.edges ?? []
  }

  /** An address that nobody here has: a region's, or of somebody on the internet, where there is a way there. */
  #outside(sender: Endpoint, address: string): Endpoint {
    const edges = this.#edges
    const region = this.#ends.clusterOf(sender.host)?.region ?? sender.host.slice(0, sender.host.indexOf('/'))
    const own = regionAddress(address, edges)
    if (own !== undefined) return { host: own.name, address }
    const isOnline = isOutside(sender.host) || edges.some((edge) => edge.region === region)
    if (isOnline && isPublic(address)) return { host: `internet/${address}`, address }
    return { host: address, address, isNobodys: true }
  }

  /** But for a node port of its own, which leads elsewhere. */
  #notItself(found: FoundEnds, { protocol, port }: AskedEnds): FoundEnds | undefined {
    if (found.from.host !== found.to.host) return found
    const destination = this.#network.addresses.intern(found.to.address)
    const called = { destination, protocol: protocolNumber(protocol), destinationPort: port }
    if (nodePortAt(this.#network, called) !== undefined) return found
    this.#refuse('to', `${found.to.host} is the sender itself; name another host`)
    return undefined
  }

  #isAddress(text: string): boolean {
    return this.#textOf(text) !== ''
  }

  /** An address as it is always written; empty where it is none. */
  #textOf(text: string): string {
    const { addresses } = this.#network
    try {
      return addresses.textOf(addresses.intern(text))
    } catch {
      return ''
    }
  }

  #refuseUnknown({ from, to, protocol, port, family }: AskedEnds): void {
    const isUnknown = (name: string) => FAMILIES.every((each) => this.#sender(name, each) === undefined)
    const service = this.#ends.serviceOf(to)?.service
    const noSender = isUnknown(from)
    // whom a name means only a sender can look up
    const noReceiver = isUnknown(to) && service === undefined && !(noSender && isHostName(to))
    if (noSender) this.#refuse('from', this.#unknown(from))
    if (noReceiver) this.#refuse('to', this.#unknown(to))
    if (service !== undefined && isUnknown(to)) this.#refuse('to', noSuchPort(service, protocol, port))
    else if (!noSender && !noReceiver) {
      const without =
        family === undefined ? 'no addresses of one family' : `not both an ${printed(family)} address`
      this.#refuse('to', `${from} and ${to} have ${without}`)
    }
  }

  /** Refuses a service of another cluster that is called there alone; what has its name and not this port is no service. */
  #refuseForeign({ to, protocol, port }: AskedEnds, { host }: Endpoint): boolean {
    const found = this.#ends.serviceOf(to)
    const isCalled = found && hasPort(found.service, { protocol: protocolNumber(protocol), port })
    if (isCalled !== true || !this.#ends.isForeign(to, this.#ends.clusterOf(host))) return false
    const message = `service ${to} has no address outside of cluster ${found!.of.name}`
    this.#refuse('to', `${message}; name a pod behind it, or give it a load balancer`)
    return true
  }

  /** Refuses a sender by an address that stands for others, or that nothing has. */
  #refuseNobodys(from: string): boolean {
    const address = canonicalOf(from)
    if (address === undefined || this.#host(address, isIpv6(address) ? 'ipv6' : 'ipv4')) return false
    const service = this.#edges
      .flatMap(({ services }) => services)
      .find(({ addresses }) => addresses.includes(address))
    const own =
      service === undefined
        ? regionAddress(address, this.#edges)?.note
        : `${address} is service ${service.name}'s`
    if (own === undefined) return false
    this.#refuse('from', `${own}; name a pod or a host, or an address outside`)
    return true
  }

  #unknown(name: string): string {
    const hosts = new HostIndex(this.#scenario.blueprint.network)
    const problems = new Problems()
    if (this.#ends.isEmpty) return hosts.unknownHost(name, problems)
    const known = [...this.#ends.names, ...hosts.names]
    const own = [...new Set(known)].filter((each) => each.endsWith(`/${name}`))
    if (own.length > 0)
      return `unknown workload or host ${quote(name)}; did you mean ${list(own.slice(0, HINTS_MAX), 'or')}?`
    const client = hosts.names.find(isOutside)
    const outside = client === undefined ? '' : `, or ${client} for somebody on the internet`
    return problems.unknownName('workload or host', name, known, `expected namespace/name${outside}`)
  }
}

const isIpv6 = (address: string): boolean => address.includes(':')

function noSuchPort({ name, ports }: ServiceBlueprint, protocol: string, port: number): string {
  const own = ports.map((each) => `${transportName(each.protocol)} ${each.port}`)
  return `service ${name} has no ${protocol} port ${port}; it has ${own.join(', ') || 'none'}`
}
