import { type Network, PROTOCOL_UDP, walk, wireBytes } from '@weft/fabric'
import { SECOND } from '@weft/core'
import { type Attachments, attachmentsOf } from '../pictures/attachments.ts'
import type { PlanProgress, Steps } from '../planning/pace.ts'
import type { Subject } from '../whatif/subject.ts'

/** Ways of pairs of hosts that lead through the same tiers of switches, while everything is up. */
export interface PathClass {
  /** `leaf spine leaf`; `none` for pairs without a way. */
  readonly through: string
  /** Ordered pairs of hosts. */
  readonly pairs: number
  /** One-way times of a 1500-byte packet in an idle network, mean over ECMP members: the least, the mean and the most of pairs. */
  readonly leastPs: number
  readonly meanPs: number
  readonly mostPs: number
}

export interface PathDiff {
  readonly through: string
  readonly before: PathClass | null
  readonly after: PathClass | null
}

const PACKET_BYTES = 1500
export const NO_WAY = 'none'

interface Way {
  readonly through: string
  readonly delayPs: number
}

/** The way between any two hosts; those that hang off the same switches by like links share one. */
export class Ways {
  readonly hosts: readonly string[]
  readonly #network: Network
  readonly #attachments: Attachments
  readonly #has: ReadonlySet<string>
  readonly #known = new Map<number, Way>()

  constructor({ network }: Subject) {
    this.#network = network
    const { topology } = network
    this.#attachments = attachmentsOf(topology)
    this.hosts = topology.nodes.filter(({ kind }) => kind === 'host').map(({ name }) => name)
    this.#has = new Set(this.hosts)
  }

  has(host: string): boolean {
    return this.#has.has(host)
  }

  between(from: string, to: string): Way {
    const key = this.groupOf(from) * this.#attachments.list.length + this.groupOf(to)
    let way = this.#known.get(key)
    if (way === undefined) {
      way = this.#walk(from, to)
      this.#known.set(key, way)
    }
    return way
  }

  /** By class of ways; undefined where it is interrupted. */
  *classes(): Generator<PlanProgress, ReadonlyMap<string, PathClass> | undefined, boolean> {
    const sums = new Map<string, { pairs: number; least: number; sum: number; most: number }>()
    const groups = this.groups()
    for (const [i, senders] of groups.entries()) {
      for (const [j, receivers] of groups.entries()) {
        const pairs = senders.length * (receivers.length - (i === j ? 1 : 0))
        if (pairs === 0) continue
        const { through, delayPs } = this.between(senders[0]!, receivers[i === j ? 1 : 0]!)
        const sum = sums.get(through) ?? { pairs: 0, least: Infinity, sum: 0, most: 0 }
        sum.pairs += pairs
        sum.sum += pairs * delayPs
        sum.least = Math.min(sum.least, delayPs)
        sum.most = Math.max(sum.most, delayPs)
        sums.set(through, sum)
        if (!(yield { step: 'delays', done: i * groups.length + j, of: groups.length ** 2 })) return undefined
      }
    }
    return new Map(
      [...sums].map(([through, { pairs, least, sum, most }]) => [
        through,
        { through, pairs, leastPs: least, meanPs: sum / pairs, mostPs: most },
      ]),
    )
  }

  /** Hosts that share all their ways. */
  groups(): string[][] {
    const { nodes } = this.#network.topology
    return this.#attachments.list.map(({ hosts }) => hosts.map((node) => nodes[node]!.name))
  }

  groupOf(host: string): number {
    return this.#attachments.of[this.#network.topology.nodeIndex(host)]!
  }

  #walk(from: string, to: string): Way {
    const { topology } = this.#network
    const family = (['ipv4', 'ipv6'] as const).find((each) =>
      [from, to].every((host) => this.#network.addressOf(host, each) !== undefined),
    )
    if (family === undefined) return { through: NO_WAY, delayPs: 0 }
    const probe = {
      source: this.#network.addressOf(from, family)!,
      destination: this.#network.addressOf(to, family)!,
      protocol: PROTOCOL_UDP,
      destinationPort: 0,
      sizeBytes: PACKET_BYTES,
      isAnswer: true,
    }
    const { hops, delivered } = walk(this.#network, probe)
    if (delivered === 0) return { through: NO_WAY, delayPs: 0 }
    let delayPs = 0
    const tiers: Set<string>[] = []
    for (const { node, depth, outcome } of hops) {
      const blueprint = topology.nodes[node]!
      if (blueprint.kind === 'switch') {
        tiers[depth] ??= new Set()
        tiers[depth].add(blueprint.tier)
      }
      if (outcome.kind !== 'forwarded') continue
      for (const { port, share } of outcome.members) {
        const link = topology.links[topology.ports[node]![port]!.link]!
        const wirePs = (wireBytes(link.framing, PACKET_BYTES) * 8 * SECOND) / link.rateBps
        delayPs += share * (wirePs + link.delayPs)
      }
    }
    const names = tiers.flatMap((tier) => [...tier].sort().join('/'))
    return { through: names.join(' ') || 'a link', delayPs }
  }
}

/** None where it is interrupted. */
export function* diffPaths(before: Ways, after: Ways): Steps<PathDiff[]> {
  const a = yield* before.classes()
  const b = a === undefined ? undefined : yield* after.classes()
  if (a === undefined || b === undefined) return []
  return [...new Set([...a.keys(), ...b.keys()])].map((through) => ({
    through,
    before: a.get(through) ?? null,
    after: b.get(through) ?? null,
  }))
}
