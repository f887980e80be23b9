import { LinkState, Network, type NetworkBlueprint, PROTOCOL_TCP, walk } from '@weft/fabric'

/** Shares of pairs that cross each direction, by the walk: `shares(direction)[from][to]`, hosts in order of names. */
export function walkedShares(network: Network, state: LinkState): (direction: number) => number[][] {
  const { topology } = network
  const hosts = hostsOf(network)
  const shares = new Map<number, number[][]>()
  const of = (direction: number) => {
    let rows = shares.get(direction)
    if (rows === undefined) {
      rows = hosts.map(() => hosts.map(() => 0))
      shares.set(direction, rows)
    }
    return rows
  }
  const addressOf = (host: number) => network.addressOf(topology.nodes[host]!.name, 'ipv4')!
  for (const [i, from] of hosts.entries()) {
    for (const [j, to] of hosts.entries()) {
      if (i === j) continue
      const ends = { source: addressOf(from), destination: addressOf(to) }
      const probe = { ...ends, protocol: PROTOCOL_TCP, destinationPort: 80, sizeBytes: 1500 }
      const { hops } = walk(
        network,
        probe,
        (link) => state.usable(link),
        (node) => state.nodeUp[node] === 1,
      )
      for (const { node, outcome } of hops) {
        if (outcome.kind !== 'forwarded') continue
        for (const { port, share } of outcome.members) {
          const { link } = topology.ports[node]![port]!
          if (!state.usable(link)) continue
          of(2 * link + (topology.linkNodes[link]![0] === node ? 0 : 1))[i]![j]! += share
        }
      }
    }
  }
  return of
}

export function hostsOf({ topology }: Network): number[] {
  return topology.nodes.flatMap(({ kind }, index) => (kind === 'host' ? [index] : []))
}

/**
 * The dearest matrix whose rows add up to at most `send` and columns to at most `receive`, whole numbers all. A transport
 * polytope with whole limits has whole corners (Hoffman, Kruskal 1956), and these are all tried: unit by unit of what is
 * sent, over all that may be left to receive.
 */
export function dearestWhole(
  worth: readonly (readonly number[])[],
  send: readonly number[],
  receive: readonly number[],
): number {
  const known = new Map<string, number>()
  const best = (sender: number, left: number, open: readonly number[]): number => {
    if (sender === send.length) return 0
    if (left === 0) return best(sender + 1, send[sender + 1] ?? 0, open)
    const key = `${sender} ${left} ${open.join()}`
    const before = known.get(key)
    if (before !== undefined) return before
    let most = best(sender + 1, send[sender + 1] ?? 0, open)
    for (const [receiver, room] of open.entries()) {
      const each = worth[sender]![receiver]!
      if (room === 0 || each === 0) continue
      most = Math.max(most, each + best(sender, left - 1, taken(open, receiver)))
    }
    known.set(key, most)
    return most
  }
  return best(0, send[0] ?? 0, receive)
}

const taken = (open: readonly number[], receiver: number) =>
  open.map((room, i) => (i === receiver ? room - 1 : room))

/** Every set of up to `count` links, failed on a network of its own. */
export function everyFailure(
  blueprint: NetworkBlueprint,
  count: number,
  visit: (network: Network, state: LinkState, failed: readonly number[]) => void,
): void {
  const network = new Network(blueprint)
  const { links } = network.topology
  const fail = (failed: readonly number[]) => {
    const state = new LinkState(network.topology)
    for (const link of failed) state.linkUp[link] = 0
    network.installRoutes(state)
    visit(network, state, failed)
    if (failed.length === count) return
    for (let next = (failed.at(-1) ?? -1) + 1; next < links.length; next++) fail([...failed, next])
  }
  fail([])
}

/** Each of these sets of links and nodes, by name, failed on a network of its own. */
export function eachFailure(
  blueprint: NetworkBlueprint,
  sets: readonly (readonly string[])[],
  visit: (network: Network, state: LinkState) => void,
): void {
  const network = new Network(blueprint)
  const { topology } = network
  for (const names of sets) {
    const state = new LinkState(topology)
    for (const name of names) {
      if (topology.hasNode(name)) state.nodeUp[topology.nodeIndex(name)] = 0
      else state.linkUp[topology.linkIndex(name)] = 0
    }
    network.installRoutes(state)
    visit(network, state)
  }
}
