import type { Network } from '../../../build/network.ts'
import { ANSWERING, OPENING, type ProbeKind } from '../../../interfaces/mode.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../../model/packet-table.ts'
import { DROPS_OF_ROUTES } from '../../../routing/route-drops.ts'
import type { DemandIndex } from './demand-index.ts'
import type { WalkDrop } from '../../walk/probe.ts'
import { BRANCHES, DROPPED, FirstPackets, NOWHERE } from './first-packets.ts'
import { openingOf } from './pair-opening.ts'
import type { Ports } from './ports.ts'

/** What becomes of a demand: its packets follow routes, are never sent, or are of connections that only a walk tells of. */
export const LET_THROUGH = 0
export const REFUSED = 1
export const APART = 2
type Fate = typeof LET_THROUGH | typeof REFUSED | typeof APART

/** Shares below this are rounding. */
const DUST = 1e-12

/** What stages at interfaces and edges make of demands. Columns are by demand of the index; addresses by id. */
export interface Screen {
  readonly fates: Uint8Array
  /** Of what is let through: where its packets go, to arrive at this address. */
  readonly to: Int32Array
  /** Where they go first, and are given that one; NOWHERE: they have it from the beginning. */
  readonly via: Int32Array
  /** Of what is refused: why, by number of `reasons`, at which node, and whether the sender is told (1). */
  readonly reason: Int32Array
  readonly reasons: readonly string[]
  readonly refusedAt: Int32Array
  readonly isTold: Uint8Array
  /** By demand, where several nodes refuse it: gateways that stand beside each other. */
  readonly spread: ReadonlyMap<number, readonly WalkDrop[]>
}

/** Where a demand is refused that is, and for which share of it. */
export function denialsOf(screen: Screen, demand: number): readonly WalkDrop[] {
  const { reason, reasons, refusedAt, isTold, spread } = screen
  const several = spread.get(demand)
  if (several !== undefined) return several
  const one = { node: refusedAt[demand]!, reason: reasons[reason[demand]!]!, share: 1 }
  return [isTold[demand] === 1 ? { ...one, isRefused: true } : one]
}

/**
 * Asks once what stages make of every demand, with everything up: that depends on policies, services and on what runs, and not on
 * links. Undefined where there are no stages.
 */
export function screenDemands(network: Network, index: DemandIndex, ports: Ports): Screen | undefined {
  return network.mode && network.withEverythingUp(() => new Screener(network, index, ports).screen())
}

class Screener {
  readonly #network: Network
  readonly #index: DemandIndex
  readonly #first: FirstPackets
  readonly #reasons: string[] = []
  readonly #spread = new Map<number, readonly WalkDrop[]>()
  #to = NOWHERE
  #via = NOWHERE

  constructor(network: Network, index: DemandIndex, ports: Ports) {
    this.#network = network
    this.#index = index
    this.#first = new FirstPackets(network, network.mode!, ports)
  }

  screen(): Screen {
    const { address, start, source } = this.#index
    const demands = source.length
    const [fates, isTold] = [new Uint8Array(demands), new Uint8Array(demands)]
    const [to, via] = [new Int32Array(demands), new Int32Array(demands)]
    const [reason, refusedAt] = [new Int32Array(demands), new Int32Array(demands)]
    for (let d = 0; d < address.length; d++) {
      for (let i = start[d]!; i < start[d + 1]!; i++) {
        fates[i] = this.#fateOf(i, source[i]!, d)
        if (fates[i] === REFUSED) {
          reason[i] = this.#numberOf(this.#first.reason)
          refusedAt[i] = this.#first.node
          isTold[i] = this.#first.isTold ? 1 : 0
          fates[i] = this.#spreadOf(i)
        }
        to[i] = this.#to
        via[i] = this.#via
      }
    }
    this.#first.free()
    return { fates, to, via, reason, reasons: this.#reasons, refusedAt, isTold, spread: this.#spread }
  }

  #fateOf(demand: number, x: number, d: number): Fate {
    const { address, host } = this.#index
    const connections = this.#index.connectionsOf(demand)
    const isAnswer = connections?.isAnswer === true
    const [opener, taker] = isAnswer ? [d, x] : [x, d]
    const called =
      connections?.address === undefined
        ? address[taker]!
        : this.#network.addresses.intern(connections.address)
    const sent = this.#network.facing(address[opener]!, called)
    const first = this.#first
    const outcome = this.#ask(connections === undefined ? ANSWERING : OPENING, {
      source: sent,
      destination: this.#network.facing(called, address[opener]!),
      protocol: connections?.protocol ?? PROTOCOL_UDP,
      port: connections?.port ?? 0,
      endpoint: connections?.address === undefined ? undefined : address[taker]!,
    })
    if (outcome === DROPPED) {
      const isRefused = connections?.protocol === PROTOCOL_TCP && !DROPS_OF_ROUTES.has(first.reason)
      return isRefused ? REFUSED : APART
    }
    if (outcome === BRANCHES || first.node !== host[taker]) return APART
    this.#to = isAnswer ? sent : first.destination
    // who bears another's address is answered by way of that
    this.#via = !isAnswer ? first.via : first.source === sent ? NOWHERE : first.source
    return !isAnswer || this.#isAnswerLed(host[x]!) ? LET_THROUGH : APART
  }

  /** Of what is refused: a virtual switch is the only one that does, of gateways each what comes to it. */
  #spreadOf(demand: number): Fate {
    const { topology } = this.#network
    if (topology.nodes[this.#first.node]!.kind !== 'gateway') return REFUSED
    const { denied } = openingOf(this.#network, this.#index.pairOf(demand))
    this.#spread.set(demand, denied)
    return denied.reduce((rest, { share }) => rest - share, 1) < DUST ? REFUSED : APART
  }

  /** Whether an answer leaves its host, and goes to somebody. */
  #isAnswerLed(sender: number): boolean {
    const called = this.#via === NOWHERE ? this.#to : this.#via
    const taker = this.#network.hostOf(called)
    return taker === undefined ? this.#network.takersOf(called).length > 0 : taker !== sender
  }

  #ask(packets: ProbeKind, first: Parameters<FirstPackets['follow']>[0]): number {
    const mode = this.#network.mode!
    const before = mode.packets
    mode.packets = packets
    const outcome = this.#first.follow(first)
    mode.packets = before
    return outcome
  }

  #numberOf(reason: string): number {
    const known = this.#reasons.indexOf(reason)
    return known >= 0 ? known : this.#reasons.push(reason) - 1
  }
}
