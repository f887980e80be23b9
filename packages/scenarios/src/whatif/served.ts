import {
  type DemandMatrix,
  EntryWays,
  type LinkState,
  type Network,
  PROTOCOL_TCP,
  type SteadyClock,
  walk,
} from '@weft/fabric'
import { NOISE } from './outcome.ts'

/** A state as its links' queues have it. */
interface Installed {
  readonly state: LinkState
  /** By direction: 1 where more arrives than its rate. */
  readonly lossy: Uint8Array
}

/**
 * Which demands are served in full in a state: nothing refuses them, all their ways lead to the receiver, and none crosses a link to
 * which more arrives than its rate. Pairs that hang off the same switches by one interface each share their ways between these, where
 * routes alone decide, or the same address is on their way.
 */
export class ServedFinder {
  readonly #network: Network
  readonly #clock: SteadyClock
  readonly #demand: DemandMatrix
  /** By host: a number for all hosts that hang off the same switches in the state at hand; -1 without a way out. */
  readonly #attachment: Int32Array
  readonly #between = new Map<number, boolean>()
  /** Of what is led, by places, class and address on the way. */
  readonly #led = new Map<string, boolean>()
  readonly #ways: EntryWays
  readonly #sides: Uint8Array

  constructor(network: Network, clock: SteadyClock, demand: DemandMatrix) {
    const nodes = network.topology.nodes.length
    this.#ways = new EntryWays(clock)
    this.#network = network
    this.#clock = clock
    this.#demand = demand
    this.#attachment = new Int32Array(nodes)
    this.#sides = new Uint8Array(2 * nodes)
  }

  /** By entry of the demand: 1 where it is served in full. Demands of a host to itself always are. */
  find(state: LinkState): Uint8Array {
    const before = this.#network.routes
    const installed = { state, lossy: this.#lossyDirections(state) }
    this.#network.installRoutes(state)
    try {
      this.#attach(installed)
      const { source, destination } = this.#demand
      return Uint8Array.from(source, (from, i) =>
        this.#isServed(from, destination[i]!, i, installed) ? 1 : 0,
      )
    } finally {
      this.#network.install(before)
    }
  }

  #lossyDirections(state: LinkState): Uint8Array {
    const { arrivingBps, rateBps } = this.#clock.loads(state)
    return Uint8Array.from(arrivingBps, (load, i) => (load > rateBps[i]! * (1 + NOISE) ? 1 : 0))
  }

  /** Numbers hosts by where they hang, and looks at their own links. */
  #attach({ state, lossy }: Installed): void {
    const { topology } = this.#network
    const known = new Map<string, number>()
    this.#between.clear()
    this.#led.clear()
    this.#sides.fill(1)
    topology.nodes.forEach((node, host) => {
      if (node.kind !== 'host') return
      const usable = topology.ports[host]!.filter(({ link }) => state.usable(link))
      const isPlain =
        node.interfaces.length === 1 && usable.every(({ neighbour }) => !topology.isHost(neighbour))
      // hosts that are not plain share nothing: their own number
      const key = isPlain ? usable.map(({ neighbour }) => neighbour).join() : `host ${host}`
      let number = usable.length === 0 ? NOWHERE : known.get(key)
      if (number === undefined) {
        number = known.size
        known.set(key, number)
      }
      this.#attachment[host] = number
      if (!isPlain) return
      for (const { link } of usable) {
        const out = 2 * link + (topology.linkNodes[link]![0] === host ? 0 : 1)
        if (lossy[out] === 1) this.#sides[2 * host] = 0
        if (lossy[out ^ 1] === 1) this.#sides[2 * host + 1] = 0
      }
    })
  }

  #isServed(from: number, to: number, entry: number, installed: Installed): boolean {
    const kind = this.#ways.kindOf(entry)
    if (kind === 'refused') return false
    if (from === to && kind === 'straight') return installed.state.nodeUp[from] === 1
    const [a, b] = [this.#attachment[from]!, this.#attachment[to]!]
    if (a === NOWHERE || b === NOWHERE) return false
    if (this.#sides[2 * from] === 0 || this.#sides[2 * to + 1] === 0) return false
    if (kind === 'led') return this.#isLed(a, b, entry, installed)
    const key = (a * this.#attachment.length + b) * FAMILIES + this.#familyOf(entry)
    let between = this.#between.get(key)
    if (between === undefined) {
      between = this.#walk(from, to, entry, installed)
      this.#between.set(key, between)
    }
    return between
  }

  /** The same of what something on its way has a say in. */
  #isLed(a: number, b: number, entry: number, installed: Installed): boolean {
    const via = this.#ways.viaOf(entry)
    const key = via === undefined ? `${entry}` : `${a} ${b} ${this.#demand.classOf[entry]} ${via}`
    let served = this.#led.get(key)
    if (served === undefined) {
      const { delivered, crossing } = this.#ways.follow(entry, installed.state)
      const isClear = crossing.every(
        (share, direction) =>
          share < NOISE || installed.lossy[direction] === 0 || this.#isLookedAt(direction >> 1),
      )
      served = delivered >= 1 - NOISE && isClear
      this.#led.set(key, served)
    }
    return served
  }

  #familyOf(entry: number): number {
    const { classes, classOf } = this.#demand
    return classes[classOf[entry]!]!.family === 'ipv4' ? 0 : 1
  }

  /** Links of plain hosts are left to `#sides`, so that the answer is that of all hosts that hang alike. */
  #walk(from: number, to: number, entry: number, { state, lossy }: Installed): boolean {
    const { topology } = this.#network
    const { family } = this.#demand.classes[this.#demand.classOf[entry]!]!
    // what has been let through: routes alone decide
    const probe = {
      source: this.#network.addressOf(topology.nodes[from]!.name, family)!,
      destination: this.#network.addressOf(topology.nodes[to]!.name, family)!,
      protocol: PROTOCOL_TCP,
      destinationPort: 0,
      sizeBytes: 0,
      isAnswer: true,
    }
    const { hops, delivered } = walk(
      this.#network,
      probe,
      (link) => state.usable(link),
      (node) => state.nodeUp[node] === 1,
    )
    if (delivered < 1 - NOISE) return false
    return hops.every(({ node, outcome }) => {
      if (outcome.kind !== 'forwarded') return true
      return outcome.members.every(({ port, share }) => {
        const { link } = topology.ports[node]![port]!
        const direction = 2 * link + (topology.linkNodes[link]![0] === node ? 0 : 1)
        return share === 0 || lossy[direction] === 0 || this.#isLookedAt(link)
      })
    })
  }

  /** Whether a link is that of a plain host, whose sides have been looked at. */
  #isLookedAt(link: number): boolean {
    const { topology } = this.#network
    return topology.linkNodes[link]!.some((node) => {
      const blueprint = topology.nodes[node]!
      return (
        blueprint.kind === 'host' &&
        blueprint.interfaces.length === 1 &&
        topology.ports[node]!.every(({ neighbour }) => !topology.isHost(neighbour))
      )
    })
  }
}

const NOWHERE = -1
const FAMILIES = 2
