import {
  AddressPool,
  canonicalAddress,
  INTERNET_TIER,
  Network,
  type NetworkBlueprint,
  parsePrefix,
  PROTOCOL_TCP,
  walk,
  withOutside,
} from '@weft/fabric'
import { insideAddresses } from '../compile/internet/outside-hosts.ts'
import { type ServedPort, servedPorts } from './served-ports.ts'

/** Addresses that the fabric treats alike: equal numbers. */
export type AddressClass = number

/** A packet is carried; `seen` is who it comes from where that is not its sender's own address. */
export interface Carried {
  readonly seen?: string
}

/** For benchmarks, RFC 2544 and RFC 5180, so that nobody's are meant. */
const NOBODYS = { ipv4: '198.18.0.0/15', ipv6: '2001:2::/48' } as const

/** Some of a class stand for all: two, so that one can send to another. */
interface Bearers {
  readonly isIpv6: boolean
  readonly addresses: number[]
  /** By place in `addresses`. */
  readonly nodes: number[]
}

/**
 * What the fabric carries, whatever policies say, with everything up: one packet for each pair of classes of addresses,
 * followed by the decisions that packets of a run meet. Addresses are alike that workloads bear in one region, behind a
 * virtual switch or none, towards the internet or not, and whose servers are connected within the fabric; and that stand for
 * their workloads there alike.
 */
export class FabricReach {
  readonly #served: ReadonlyMap<string, readonly ServedPort[]>
  readonly #network: Network
  readonly #parts: Int32Array
  readonly #numbers = new Map<string, AddressClass>()
  readonly #bearers: Bearers[] = []
  readonly #classes = new Map<string, AddressClass | undefined>()
  readonly #carried = new Map<string, Carried | undefined>()
  readonly #outside: Readonly<Record<'ipv4' | 'ipv6', AddressClass | undefined>>

  constructor(blueprint: NetworkBlueprint) {
    const strangers = strangersTo(blueprint)
    const hosts = strangers.map((address) => ({ name: `${INTERNET_TIER}/${address}`, addresses: [address] }))
    const network = new Network(withOutside(letIn(blueprint), hosts))
    this.#network = network
    this.#parts = partsOf(network)
    const outside = strangers.map((address) => network.addresses.intern(address))
    for (const [node, byInterface] of network.hostAddresses)
      for (const address of byInterface.flat()) this.#enter(address, node, outside)
    const [ipv4, ipv6] = strangers.map((address) => this.classOf(address))
    this.#outside = { ipv4, ipv6 }
    this.#served = ipv4 === undefined ? new Map() : servedPorts(network, blueprint.edges ?? [], strangers)
  }

  /** The class of an address that a host or a workload has; undefined where nobody has it. */
  classOf(address: string): AddressClass | undefined {
    return this.#classes.get(canonicalAddress(address))
  }

  /** Where whoever is on the internet is led to this address, by those that stand for it. */
  servedAt(address: string): readonly ServedPort[] {
    return this.#served.get(canonicalAddress(address)) ?? []
  }

  /** From any address of one class to any other of another; undefined where packets are lost. */
  carries(from: AddressClass, to: AddressClass): Carried | undefined {
    const key = `${from} ${to}`
    if (!this.#carried.has(key)) this.#carried.set(key, this.#walk(from, to))
    return this.#carried.get(key)
  }

  /** From any address of a class to whoever is on the internet. */
  leadsOut(from: AddressClass): boolean {
    const to = this.#outsideOf(from)
    return to !== undefined && this.carries(from, to) !== undefined
  }

  /** Whether they are of one IP version. */
  areAlike(a: AddressClass, b: AddressClass): boolean {
    return this.#bearers[a]!.isIpv6 === this.#bearers[b]!.isIpv6
  }

  /** From whoever is on the internet to any address of a class itself. */
  isOpen(to: AddressClass): boolean {
    const from = this.#outsideOf(to)
    return from !== undefined && this.carries(from, to) !== undefined
  }

  #outsideOf(of: AddressClass): AddressClass | undefined {
    return this.#outside[this.#bearers[of]!.isIpv6 ? 'ipv6' : 'ipv4']
  }

  #walk(from: AddressClass, to: AddressClass): Carried | undefined {
    const [senders, receivers] = [this.#bearers[from]!, this.#bearers[to]!]
    if (senders.isIpv6 !== receivers.isIpv6) return undefined
    const network = this.#network
    const pair = apart(senders, receivers)
    // one server alone: what is on it reaches what is on it
    if (pair === undefined) return {}
    const [source, destination] = pair
    const sender = network.topology.nodes[network.hostOf(source)!]!.name
    const own = network.addressOf(sender, senders.isIpv6 ? 'ipv6' : 'ipv4') ?? source
    // who has a public address too is seen by that one elsewhere, and by that alone; and sends from it there alone
    if (network.facing(own, destination) !== source || network.facing(destination, source) !== destination)
      return undefined
    const probe = { source, destination, protocol: PROTOCOL_TCP, destinationPort: 0, sizeBytes: 0 }
    const { delivered, hops } = walk(network, probe)
    if (delivered === 0) return undefined
    const last = hops.flatMap(({ translated }) => translated ?? []).at(-1)
    return last === undefined || last.source === source ? {} : { seen: network.addresses.textOf(last.source) }
  }

  #enter(address: number, node: number, outside: readonly number[]): void {
    const { addresses, scopes, topology } = this.#network
    const isIpv6 = addresses.isIpv6(address)
    const neighbours = topology.ports[node]!.map(({ neighbour }) => topology.nodes[neighbour]!)
    const [region = ''] = (neighbours[0]?.name ?? '').split('/')
    const kinds = neighbours.map(({ kind }) => kind).join()
    const far = outside[isIpv6 ? 1 : 0]
    const isSeen = far === undefined || this.#network.facing(address, far) === address
    const key = [this.#parts[node], region, kinds, scopes.of(address), isSeen, isIpv6].join(' ')
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.#bearers.push({ isIpv6, addresses: [], nodes: [] }) - 1
      this.#numbers.set(key, number)
    }
    const { addresses: bearing, nodes } = this.#bearers[number]!
    if (nodes.length < 2 && !nodes.includes(node)) {
      bearing.push(address)
      nodes.push(node)
    }
    this.#classes.set(addresses.textOf(address), number)
  }
}

/** Addresses of both on different nodes. */
function apart(some: Bearers, others: Bearers): readonly [number, number] | undefined {
  for (const [i, one] of some.nodes.entries())
    for (const [j, other] of others.nodes.entries())
      if (one !== other) return [some.addresses[i]!, others.addresses[j]!]
  return undefined
}

/** Everybody runs, and nobody is denied anything: clients of services are told by their prefixes. */
function letIn({ names: _, ...network }: NetworkBlueprint): NetworkBlueprint {
  const { interfaces, edges } = network
  const open = edges?.map((edge) => ({
    ...edge,
    services: edge.services.map(({ sources: _, ...service }) => service),
  }))
  const shown = open === undefined ? network : { ...network, edges: open }
  if (interfaces === undefined) return shown
  const { stopped: _stopped, policies, ...rest } = interfaces
  return { ...shown, interfaces: { ...rest, policies: { ...policies, policies: [] } } }
}

/** Of each IP version an address on the internet that nobody has; none where the network has no way there. */
function strangersTo(network: NetworkBlueprint): string[] {
  const { edges } = network
  if (edges === undefined) return []
  const known = insideAddresses(network, edges)
  return Object.values(NOBODYS).map((prefix) => {
    const parsed = parsePrefix(prefix)
    if (!parsed.ok) throw new RangeError(parsed.message)
    return new AddressPool(parsed.prefix, known).take()!
  })
}

/** By node: which nodes are connected without the internet; of those on it a part of their own. */
function partsOf({ topology }: Network): Int32Array {
  const { nodes, ports } = topology
  const isInternet = (node: number) => {
    const { kind, tier } = nodes[node] as { kind: string; tier?: string }
    return kind === 'switch' && tier === INTERNET_TIER
  }
  const parts = new Int32Array(nodes.length).fill(-1)
  for (let first = 0; first < nodes.length; first++) {
    if (parts[first] !== -1 || isInternet(first)) continue
    if (ports[first]!.every(({ neighbour }) => isInternet(neighbour))) continue
    parts[first] = first
    for (const queue = [first]; queue.length > 0; ) {
      for (const { neighbour } of ports[queue.pop()!]!) {
        if (parts[neighbour] !== -1 || isInternet(neighbour)) continue
        parts[neighbour] = first
        queue.push(neighbour)
      }
    }
  }
  return parts
}
