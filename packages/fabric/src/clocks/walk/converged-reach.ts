import type { HostBlueprint } from '../../blueprint/network.ts'
import type { Network } from '../../build/network.ts'
import { LinkState } from '../../routing/topology.ts'
import { Detours, type Down } from './detours.ts'
import { SWITCHES_MAX } from './reach-classes.ts'
import { ARRIVES, type Fate, type ReachProbe, ReachTable } from './reach-table.ts'

/** Pairs of hosts whose packets are all to meet one fate. Hosts by node index. */
export interface ReachQuestion {
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly wanted: Fate
  readonly probe?: ReachProbe
}

const SENDS = 1
const RECEIVES = 2

/** A question, and what of it does not change with what is down. */
interface Asked extends ReachQuestion {
  /** By node: the sides that it is on, as bits. */
  readonly involved: Uint8Array
  /** Pairs of different hosts that have an address family in common. */
  readonly pairs: number
  readonly isBrokenBefore: boolean
}

/**
 * Who reaches whom under one set of failures after another, once routing has converged: what `ReachTable` answers on the
 * routes of each state. While the switches that are up stay connected, and no way comes near the end of a TTL, every host
 * that has a link left reaches every other such host; routes are computed for the states for which that does not hold.
 */
export class ConvergedReach {
  /** States for which routes were computed. */
  fullCount = 0
  readonly #network: Network
  readonly #asked: readonly Asked[]
  readonly #down: Down
  readonly #detours: Detours
  /** Whether short cuts hold at all. */
  readonly #isPlain: boolean

  constructor(network: Network, questions: readonly ReachQuestion[]) {
    const { topology } = network
    this.#network = network
    this.#detours = new Detours(topology)
    this.#down = {
      links: new Uint8Array(topology.links.length),
      nodes: new Uint8Array(topology.nodes.length),
    }
    const before = withRoutes(network, [], [], (table) =>
      questions.map((question) => isBroken(table, question)),
    )
    this.#asked = questions.map((question, i) => ({
      ...question,
      involved: sidesOf(topology.nodes.length, question),
      pairs: pairsOf(network, question),
      isBrokenBefore: before[i]!,
    }))
    const hosts = new Set(questions.flatMap(({ from, to }) => [...from, ...to]))
    this.#isPlain =
      this.#detours.isWhole &&
      topology.nodes.every((_, node) => network.decidesByRoutes(node)) &&
      [...hosts].every((host) => this.#isPlainHost(host)) &&
      this.#detours.switchesMax([], [], this.#down)! <= SWITCHES_MAX
  }

  /** Which questions are broken while these links and nodes are down, by number. */
  brokenBy(links: readonly number[], nodes: readonly number[]): readonly number[] {
    const { links: linkDown, nodes: nodeDown } = this.#down
    for (const link of links) linkDown[link] = 1
    for (const node of nodes) nodeDown[node] = 1
    try {
      return this.#shortCut(links, nodes) ?? this.#inFull(links, nodes)
    } finally {
      for (const link of links) linkDown[link] = 0
      for (const node of nodes) nodeDown[node] = 0
    }
  }

  #shortCut(links: readonly number[], nodes: readonly number[]): readonly number[] | undefined {
    if (!this.#isPlain) return undefined
    const switches = this.#detours.switchesMax(links, nodes, this.#down)
    if (switches === undefined || switches > SWITCHES_MAX) return undefined
    const cut = this.#cutOff(links, nodes)
    const broken: number[] = []
    for (const [i, asked] of this.#asked.entries()) {
      const isBroken = verdictOf(asked, cut)
      if (isBroken === undefined) return undefined
      if (isBroken) broken.push(i)
    }
    return broken
  }

  /** Hosts that are down, or have no link left. */
  #cutOff(links: readonly number[], nodes: readonly number[]): ReadonlySet<number> {
    const { topology } = this.#network
    const cut = new Set<number>()
    const look = (host: number) => {
      if (topology.isHost(host) && !this.#isAttached(host)) cut.add(host)
    }
    for (const link of links) for (const node of topology.linkNodes[link]!) look(node)
    for (const node of nodes) {
      look(node)
      for (const { neighbour } of topology.ports[node]!) look(neighbour)
    }
    return cut
  }

  #isAttached(host: number): boolean {
    const { links, nodes } = this.#down
    if (nodes[host] === 1) return false
    return this.#network.topology.ports[host]!.some(
      ({ link, neighbour }) => links[link] === 0 && nodes[neighbour] === 0,
    )
  }

  /** One interface, all its links to switches, and all of the host's. */
  #isPlainHost(host: number): boolean {
    const { topology } = this.#network
    const { interfaces } = topology.nodes[host] as HostBlueprint
    const ports = topology.ports[host]!
    return (
      interfaces.length === 1 &&
      interfaces[0]!.links.length === ports.length &&
      ports.length > 0 &&
      ports.every(({ neighbour }) => !topology.isHost(neighbour))
    )
  }

  #inFull(links: readonly number[], nodes: readonly number[]): readonly number[] {
    this.fullCount++
    return withRoutes(this.#network, links, nodes, (table) =>
      this.#asked.flatMap((question, i) => (isBroken(table, question) ? [i] : [])),
    )
  }
}

/** Asks who reaches whom on the routes of a state, and leaves the network's routes as they were. */
export function withRoutes<Answer>(
  network: Network,
  links: readonly number[],
  nodes: readonly number[],
  ask: (table: ReachTable, state: LinkState) => Answer,
): Answer {
  const state = new LinkState(network.topology)
  for (const link of links) state.linkUp[link] = 0
  for (const node of nodes) state.nodeUp[node] = 0
  const before = network.routes
  network.installRoutes(state)
  try {
    const table = new ReachTable(
      network,
      (link) => state.usable(link),
      (node) => state.nodeUp[node] === 1,
    )
    return ask(table, state)
  } finally {
    network.install(before)
  }
}

/** Whether a question is broken when these hosts alone are cut off; undefined where that takes a closer look. */
function verdictOf(asked: Asked, cut: ReadonlySet<number>): boolean | undefined {
  const { from, to, wanted, involved, pairs, isBrokenBefore } = asked
  let own = 0
  for (const host of cut) if (involved[host] !== 0) own++
  if (own === 0) return isBrokenBefore
  if (wanted === ARRIVES) return isBrokenBefore || isInPair(asked, cut)
  if (!isBrokenBefore) return false
  return pairs > own * (from.length + to.length) ? true : undefined
}

/** Whether any of these hosts is in a pair of two different hosts. */
function isInPair({ from, to, involved }: Asked, hosts: Iterable<number>): boolean {
  const isOne = (host: number, others: readonly number[]) => others.length > 1 || others[0] !== host
  for (const host of hosts) {
    const sides = involved[host]!
    if ((sides & SENDS) !== 0 && isOne(host, to)) return true
    if ((sides & RECEIVES) !== 0 && isOne(host, from)) return true
  }
  return false
}

const isBroken = (table: ReachTable, { from, to, wanted, probe }: ReachQuestion): boolean =>
  table.count(from, to, wanted, probe).broken > 0

function pairsOf(network: Network, { from, to, probe }: ReachQuestion): number {
  const { nodes } = network.topology
  const familyBits = (host: number) =>
    (['ipv4', 'ipv6'] as const).reduce((bits, family, i) => {
      const isWanted = probe?.family === undefined || probe.family === family
      return isWanted && network.addressOf(nodes[host]!.name, family) !== undefined ? bits | (1 << i) : bits
    }, 0)
  const counts = [0, 0, 0, 0]
  for (const host of to) counts[familyBits(host)]!++
  const isReceiver = new Set(to)
  return from.reduce((sum, host) => {
    const bits = familyBits(host)
    const like = counts.reduce((count, ofBits, other) => ((bits & other) === 0 ? count : count + ofBits), 0)
    return sum + like - (bits !== 0 && isReceiver.has(host) ? 1 : 0)
  }, 0)
}

function sidesOf(nodes: number, { from, to }: ReachQuestion): Uint8Array {
  const sides = new Uint8Array(nodes)
  for (const host of from) sides[host]! |= SENDS
  for (const host of to) sides[host]! |= RECEIVES
  return sides
}
