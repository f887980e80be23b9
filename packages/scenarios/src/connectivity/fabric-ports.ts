import {
  type EndId,
  type PolicyEngine,
  type PolicyReach,
  type PortRange,
  type PortSet,
  PROTOCOLS,
  type ReachPeer,
} from '@weft/fabric'
import { NOT_PUBLIC } from '../compile/internet/public-addresses.ts'
import type { AddressClass, FabricReach } from './fabric-reach.ts'
import type { PrefixSums } from './prefixes.ts'
import type { ServedPort } from './served-ports.ts'

/** An end of a workload, and what the fabric takes its address for. */
interface PlacedEnd {
  readonly end: EndId
  readonly text: string
  readonly address: AddressClass
}

/** Ports from some prefixes, or to them. */
export interface PrefixPorts {
  readonly prefixes: readonly string[]
  readonly ports: PortSet
}

/** Workloads whose addresses are of the same classes have the same number. */
export type Placing = number

const ALL = 1
const NONE = 2
const SOME = 3

/**
 * What policies permit of what the fabric carries: between workloads by addresses of their own, from and to the internet, and
 * from there by way of public services.
 */
export class FabricPorts {
  readonly #engine: PolicyEngine
  readonly #reach: PolicyReach
  readonly #fabric: FabricReach
  readonly #sums: PrefixSums
  readonly #placings = new Map<string, Placing>()
  readonly #classesOf: (readonly AddressClass[])[] = []
  /** By placing of the source, then of the destination. */
  readonly #relations: number[][] = []
  readonly #ends = new Map<string, readonly PlacedEnd[]>()
  readonly #isPublic = new Map<readonly string[], boolean>()

  constructor(engine: PolicyEngine, reach: PolicyReach, fabric: FabricReach, sums: PrefixSums) {
    this.#engine = engine
    this.#reach = reach
    this.#fabric = fabric
    this.#sums = sums
  }

  placingOf(workload: string): Placing {
    const classes = [...new Set(this.#endsOf(workload).map(({ address }) => address))].sort((a, b) => a - b)
    const key = classes.join()
    const known = this.#placings.get(key)
    if (known !== undefined) return known
    const placing = this.#classesOf.push(classes) - 1
    this.#placings.set(key, placing)
    this.#relations.push([])
    return placing
  }

  /** Equal for workloads that public services lead to alike. */
  servedKeyOf(workload: string): string {
    const served = this.#endsOf(workload).flatMap(({ text }) => this.#fabric.servedAt(text))
    return [...new Set(served.map((each) => JSON.stringify(each)))].sort().join()
  }

  /** Of what policies permit between two workloads that are placed so, what the fabric carries; undefined: ask `exactly`. */
  carried(from: Placing, to: Placing, permitted: PortSet): PortSet | undefined {
    const row = this.#relations[from]!
    row[to] ??= this.#relate(from, to)
    const relation = row[to]
    if (relation === ALL) return permitted
    return relation === NONE ? this.#engine.sets.none : undefined
  }

  /** From any of a workload to any other of another, by every pair of addresses that they have. */
  exactly(from: string, to: string): PortSet {
    const { sets } = this.#engine
    let ports = sets.none
    for (const source of this.#endsOf(from)) {
      for (const destination of this.#endsOf(to)) {
        const way = this.#fabric.carries(source.address, destination.address)
        if (way !== undefined) ports = sets.union(ports, this.#permitted(source, destination, way.seen))
      }
    }
    return ports
  }

  /** Whom a workload may connect to of a block of addresses outside. */
  toOutside(from: string, block: ReachPeer, prefixes: readonly string[]): PrefixPorts[] {
    if (!this.#hasPublic(prefixes)) return []
    const ends = this.#endsOf(from).filter(({ address }) => this.#fabric.leadsOut(address))
    return [{ prefixes, ports: this.#reach.between(this.#peerOf(ends), block) }]
  }

  /** Who may connect to a workload of a block of addresses outside. */
  fromOutside(to: string, block: ReachPeer, prefixes: readonly string[]): PrefixPorts[] {
    if (!this.#hasPublic(prefixes)) return []
    const ends = this.#endsOf(to)
    const open = ends.filter(({ address }) => this.#fabric.isOpen(address))
    const whole = [{ prefixes, ports: this.#reach.between(block, this.#peerOf(open)) }]
    return ends.reduce<PrefixPorts[]>(
      (parts, end) =>
        this.#fabric
          .servedAt(end.text)
          .filter(({ family }) => block.ends.some((each) => each.family === family))
          .reduce(
            (all, served) => this.#withServed(all, served, this.#servedPorts(served, block, end)),
            parts,
          ),
      whole,
    )
  }

  #relate(from: Placing, to: Placing): number {
    const pairs = this.#classesOf[from]!.flatMap((a) => this.#classesOf[to]!.map((b) => [a, b] as const))
    const ways = pairs
      .filter(([a, b]) => this.#fabric.areAlike(a, b))
      .map(([a, b]) => this.#fabric.carries(a, b))
    if (ways.every((way) => way === undefined)) return NONE
    return ways.every((way) => way !== undefined && way.seen === undefined) ? ALL : SOME
  }

  /** By what each side sees: the source its own packets, the destination perhaps somebody who stands for the source. */
  #permitted(source: PlacedEnd, destination: PlacedEnd, seen: string | undefined): PortSet {
    const { identities, sets } = this.#engine
    const [from, to] = [this.#identityOf(source), this.#identityOf(destination)]
    const sent = identities.egress[from]!.portMap(to).accepted
    const shown = seen === undefined ? from : this.#engine.identityOf(this.#endAt(seen))
    return sets.intersection(sent, identities.ingress[to]!.portMap(shown).accepted)
  }

  #servedPorts({ protocol, port, seen }: ServedPort, block: ReachPeer, to: PlacedEnd): PortSet {
    const { identities, sets } = this.#engine
    const shown = seen === undefined ? block.ends[0]!.identity : this.#engine.identityOf(this.#endAt(seen))
    const accepted = identities.ingress[this.#identityOf(to)]!.portMap(shown).accepted
    const one = PROTOCOLS.map((name): PortRange[] => (name === protocol ? [[port, port]] : []))
    return sets.intersection(accepted, sets.of(one, false))
  }

  /** With more ports, from the sources that are let in. */
  #withServed(parts: readonly PrefixPorts[], { sources }: ServedPort, more: PortSet): PrefixPorts[] {
    const { sets } = this.#engine
    if (more === sets.none) return [...parts]
    if (sources === undefined)
      return parts.map(({ prefixes, ports }) => ({ prefixes, ports: sets.union(ports, more) }))
    return parts.flatMap(({ prefixes, ports }) => [
      { prefixes: this.#sums.common(prefixes, sources), ports: sets.union(ports, more) },
      { prefixes: this.#sums.without(prefixes, sources), ports },
    ])
  }

  #peerOf(ends: readonly PlacedEnd[]): ReachPeer {
    return {
      ends: ends.map((end) => ({
        identity: this.#identityOf(end),
        family: end.text.includes(':') ? 'ipv6' : 'ipv4',
      })),
    }
  }

  #endAt = (address: string): EndId => this.#engine.endOf(this.#engine.addresses.intern(address))

  #identityOf = ({ end }: PlacedEnd) => this.#engine.identityOf(end)

  /** Of ends that neither policies nor the fabric tell apart, and that the same services lead to, one. */
  #endsOf(workload: string): readonly PlacedEnd[] {
    const known = this.#ends.get(workload)
    if (known !== undefined) return known
    const { ends } = this.#engine.settled()
    const distinct = new Map<string, PlacedEnd>()
    for (const end of this.#engine.endsOfWorkload(workload)) {
      const text = ends.addressOf(end)
      const address = text === undefined ? undefined : this.#fabric.classOf(text)
      if (text === undefined || address === undefined) continue
      const key = `${ends.identity[end]} ${address} ${JSON.stringify(this.#fabric.servedAt(text))}`
      if (!distinct.has(key)) distinct.set(key, { end, text, address })
    }
    const found = [...distinct.values()]
    this.#ends.set(workload, found)
    return found
  }

  /** Whether anybody on the internet can have an address of these. */
  #hasPublic(prefixes: readonly string[]): boolean {
    let isPublic = this.#isPublic.get(prefixes)
    if (isPublic === undefined) {
      isPublic = this.#sums.without(prefixes, NOT_PUBLIC).length > 0
      this.#isPublic.set(prefixes, isPublic)
    }
    return isPublic
  }
}
