import type { HostBlueprint } from '../blueprint/network.ts'
import type { LinkState, Topology } from './topology.ts'

/** Address ids of every host's interfaces, as interned. */
export type HostAddresses = ReadonlyMap<number, readonly (readonly number[])[]>

/** Consecutive address ids. */
export interface AddressRange {
  readonly first: number
  readonly count: number
}

/** What hosts have now, and the ids that belong to each, had by it or not. */
export interface HostAddressing {
  readonly now: HostAddresses
  rangeOf(host: number): AddressRange
}

/** An address that hangs off a switch, with the links that lead to its interface. */
export interface AttachedAddress {
  readonly address: number
  readonly links: readonly number[]
}

/** An address that nodes take which forward: no link leads on from there. */
export interface OwnedAddress {
  readonly address: number
  /** Node indices, ascending. */
  readonly nodes: readonly number[]
}

/** Addresses that are reached alike: those behind the same set of switches form one class. */
export interface Destinations {
  /** Class of every address; class 0 is reachable from nowhere. */
  readonly classOf: Int32Array
  /** The switches of every class. */
  readonly attachments: readonly (readonly number[])[]
  readonly attachedTo: ReadonlyMap<number, readonly AttachedAddress[]>
  /** Classes from here on end at their switches. */
  readonly firstOwned: number
}

export function findDestinations(
  topology: Topology,
  state: LinkState,
  addresses: HostAddresses,
  addressCount: number,
  owned: readonly OwnedAddress[] = [],
): Destinations {
  const classOf = new Int32Array(addressCount)
  const attachments: number[][] = [[]]
  const classes = new Map<string, number>([['', 0]])
  const attachedTo = new Map<number, AttachedAddress[]>()
  for (const [node, byInterface] of addresses) {
    const host = topology.nodes[node] as HostBlueprint
    host.interfaces.forEach((nic, i) => {
      const links = nic.links.map((name) => topology.linkIndex(name))
      const switches = attachedSwitches(topology, state, node, links)
      const key = switches.join()
      let classId = classes.get(key)
      if (classId === undefined) {
        classId = attachments.push(switches) - 1
        classes.set(key, classId)
      }
      for (const address of byInterface[i]!) {
        classOf[address] = classId
        for (const at of switches) {
          const attached = attachedTo.get(at)
          if (attached === undefined) attachedTo.set(at, [{ address, links }])
          else attached.push({ address, links })
        }
      }
    })
  }
  const firstOwned = attachments.length
  const ownedClasses = new Map<string, number>()
  for (const { address, nodes } of owned) {
    const key = nodes.join()
    const classId = ownedClasses.get(key) ?? attachments.push([...nodes]) - 1
    ownedClasses.set(key, classId)
    classOf[address] = classId
  }
  return { classOf, attachments, attachedTo, firstOwned }
}

/** The switches at the far ends of an interface's usable links, ascending, each once. */
function attachedSwitches(
  topology: Topology,
  state: LinkState,
  host: number,
  links: readonly number[],
): number[] {
  const switches = new Set<number>()
  for (const link of links) {
    const [a, b] = topology.linkNodes[link]!
    const neighbour = a === host ? b : a
    if (state.usable(link) && !topology.isHost(neighbour)) switches.add(neighbour)
  }
  return [...switches].sort((x, y) => x - y)
}
