import type { HostBlueprint, Topology } from '@weft/fabric'

/** Hosts that hang off the same switches by like links: what any of them sends takes the same ways. */
export interface Attachment {
  /** Node indices. */
  readonly hosts: readonly number[]
  /** Names of the switches, in their order; of a host beside a host, its own name. */
  readonly at: readonly string[]
}

export interface Attachments {
  readonly list: readonly Attachment[]
  /** By node index; -1 for switches. */
  readonly of: Int32Array
}

export function attachmentsOf(topology: Topology): Attachments {
  const of = new Int32Array(topology.nodes.length).fill(-1)
  const known = new Map<string, number>()
  const list: { hosts: number[]; at: string[] }[] = []
  topology.nodes.forEach(({ kind, name }, node) => {
    if (kind !== 'host') return
    const key = likeness(topology, node)
    const number = known.get(key) ?? list.length
    if (number === list.length) {
      known.set(key, number)
      const switches = topology.ports[node]!.flatMap(({ neighbour }) =>
        topology.isHost(neighbour) ? [] : [topology.nodes[neighbour]!.name],
      )
      list.push({ hosts: [], at: switches.length === 0 ? [name] : [...new Set(switches)] })
    }
    list[number]!.hosts.push(node)
    of[node] = number
  })
  return { list, of }
}

/** What of a host its ways depend on; hosts with several interfaces or links to hosts share with nobody. */
function likeness(topology: Topology, node: number): string {
  const { interfaces, name } = topology.nodes[node] as HostBlueprint
  const ports = topology.ports[node]!
  if (interfaces.length !== 1 || ports.some(({ neighbour }) => topology.isHost(neighbour))) return name
  const families = interfaces[0]!.addresses.map((address) => (address.includes(':') ? 6 : 4))
  const links = ports.map(({ link, neighbour }) => {
    const { rateBps, delayPs, framing, weight } = topology.links[link]!
    return [neighbour, rateBps, delayPs, framing, weight]
  })
  return JSON.stringify([families, links])
}

/** Names for groups of attachments, hosts under the same switches together: `leaf-0`, `leaf-0 + leaf-1`. */
export interface HostPlaces {
  readonly names: readonly string[]
  /** Hosts of each. */
  readonly hosts: readonly number[]
  /** By attachment. */
  readonly of: Int32Array
}

export function placesOf({ list }: Attachments): HostPlaces {
  const known = new Map<string, number>()
  const hosts: number[] = []
  const of = Int32Array.from(list, (attachment) => {
    const name = attachment.at.join(' + ')
    const place = known.get(name) ?? known.size
    known.set(name, place)
    hosts[place] = (hosts[place] ?? 0) + attachment.hosts.length
    return place
  })
  return { names: [...known.keys()], hosts, of }
}
