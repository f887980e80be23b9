import type { Network } from '../../build/network.ts'
import { PROTOCOL_TCP } from '../../model/packet-table.ts'
import { ReachClasses } from './reach-classes.ts'
import { walk } from './walk.ts'

/** What becomes of a packet on all the ways that it may take: one bit where some arrive, one where some do not. */
export type Fate = number
export const ARRIVES: Fate = 1
export const IS_LOST: Fate = 2

/** What packets between hosts are like; hosts that forward nothing by ports look at the pair alone. */
export interface ReachProbe {
  /** Default TCP. */
  readonly protocol?: number
  /** Default 0: none that is known. */
  readonly destinationPort?: number
  /** Absent: the first family in which both hosts have an address, IPv4 before IPv6. */
  readonly family?: 'ipv4' | 'ipv6'
}

/** Ordered pairs of different hosts, by node index. */
export interface ReachCount {
  readonly pairs: number
  /** Those whose packets meet another fate than the one wanted. */
  readonly broken: number
  /** The first of them, by the order in which hosts were given; absent where there is none. */
  readonly first?: { readonly from: number; readonly to: number }
}

const FAMILIES = ['ipv4', 'ipv6'] as const

interface Group {
  readonly hosts: number[]
  /** By family: number of the class, or -1 for hosts without an address of it. */
  readonly classes: readonly number[]
  /** Of a host that is looked at by itself. */
  readonly isAlone: boolean
}

/**
 * Who reaches whom by the routes that are installed, on what is up: what `walk` answers for every pair, found for all hosts
 * at once that send alike, and all that are reached alike. Pairs for which that does not hold are walked.
 */
export class ReachTable {
  readonly #network: Network
  readonly #linkUsable: (link: number) => boolean
  readonly #nodeUp: (node: number) => boolean
  readonly #classes: ReachClasses | undefined

  /** The table holds until routes are installed or something fails or comes back. */
  constructor(
    network: Network,
    linkUsable: (link: number) => boolean = () => true,
    nodeUp: (node: number) => boolean = () => true,
  ) {
    this.#network = network
    this.#linkUsable = linkUsable
    this.#nodeUp = nodeUp
    const isByRoutes = network.topology.nodes.every((_, node) => network.decidesByRoutes(node))
    this.#classes = isByRoutes ? new ReachClasses(network, linkUsable, nodeUp) : undefined
  }

  /** Between two different hosts. */
  fate(from: number, to: number, probe: ReachProbe = {}): Fate {
    const [sender, receiver] = [this.#groupOf(from, 'sender'), this.#groupOf(to, 'receiver')]
    return this.#fateOf(sender, receiver, from, to, probe)
  }

  /** How many pairs do not meet the fate that is wanted for all. */
  count(from: readonly number[], to: readonly number[], wanted: Fate, probe: ReachProbe = {}): ReachCount {
    const [senders, receivers] = [this.#groups(from, 'sender'), this.#groups(to, 'receiver')]
    let [pairs, broken] = [0, 0]
    let first: { from: number; to: number } | undefined
    for (const sender of senders) {
      const own = new Set(sender.hosts)
      for (const receiver of receivers) {
        const both = receiver.hosts.reduce((sum, host) => sum + (own.has(host) ? 1 : 0), 0)
        const between = sender.hosts.length * receiver.hosts.length - both
        if (between === 0) continue
        pairs += between
        const pair = firstPair(sender.hosts, receiver.hosts)
        if (this.#fateOf(sender, receiver, pair.from, pair.to, probe) === wanted) continue
        broken += between
        first ??= pair
      }
    }
    return { pairs, broken, ...(first !== undefined && { first }) }
  }

  #fateOf(sender: Group, receiver: Group, from: number, to: number, probe: ReachProbe): Fate {
    const families = probe.family === undefined ? FAMILIES : [probe.family]
    const family = families.find((each) => {
      const index = FAMILIES.indexOf(each)
      return sender.classes[index]! >= 0 && receiver.classes[index]! >= 0
    })
    if (family === undefined) return IS_LOST
    const index = FAMILIES.indexOf(family)
    const known =
      sender.isAlone || receiver.isAlone
        ? undefined
        : this.#classes!.fate(sender.classes[index]!, receiver.classes[index]!)
    return known ?? this.#walk(from, to, family, probe)
  }

  #walk(from: number, to: number, family: 'ipv4' | 'ipv6', probe: ReachProbe): Fate {
    const { nodes } = this.#network.topology
    const [source, destination] = [from, to].map(
      (node) => this.#network.addressOf(nodes[node]!.name, family)!,
    )
    const { protocol = PROTOCOL_TCP, destinationPort = 0 } = probe
    const packet = { source: source!, destination: destination!, protocol, destinationPort, sizeBytes: 0 }
    const { delivered, drops } = walk(this.#network, packet, this.#linkUsable, this.#nodeUp)
    return (delivered > 0 ? ARRIVES : 0) | (drops.length > 0 ? IS_LOST : 0)
  }

  /** Hosts that send, or are reached, alike. */
  #groups(hosts: readonly number[], side: 'sender' | 'receiver'): Group[] {
    const known = new Map<string, Group>()
    for (const host of hosts) {
      const group = this.#groupOf(host, side)
      const key = group.isAlone ? `host ${host}` : group.classes.join()
      const like = known.get(key)
      if (like === undefined) known.set(key, group)
      else like.hosts.push(host)
    }
    return [...known.values()]
  }

  #groupOf(host: number, side: 'sender' | 'receiver'): Group {
    const { name } = this.#network.topology.nodes[host]!
    const classes = this.#classes
    const isAlone = classes === undefined || !classes.isPlain(host)
    return {
      hosts: [host],
      classes: FAMILIES.map((family) => {
        const address = this.#network.addressOf(name, family)
        if (address === undefined) return -1
        return isAlone ? 0 : classes![side](host, address)
      }),
      isAlone,
    }
  }
}

/** Two different hosts of these, the first that there are. */
function firstPair(from: readonly number[], to: readonly number[]): { from: number; to: number } {
  const [a, b] = [from[0]!, to[0]!]
  if (a !== b) return { from: a, to: b }
  return to.length > 1 ? { from: a, to: to[1]! } : { from: from[1]!, to: b }
}
