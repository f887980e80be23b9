import type { NatVictim } from '../nat/nat-outcome.ts'
import { type PoolAddress, poolPorts } from '../nat/nat-pool.ts'
import type { NatLevel, NatRefusals } from '../nat/nat-counts.ts'
import type { Nat } from '../nat/nat.ts'
import type { CountedPool, FirstVictim, PoolCounts, PoolKind } from './pool.ts'

/** The protocols whose ports are pools of their own. */
export type NatProtocol = 'tcp' | 'udp'

/** A NAT at a place that translates, and what it has to give. */
export interface PlacedNat {
  /** The place, and the IP version. */
  readonly owner: string
  /** The region's gateways together, or a host. */
  readonly place: string
  readonly nat: Nat
  /** What this place has of the pool. */
  readonly addresses: readonly PoolAddress[]
  /** Addresses of the whole pool, of which hosts may have a share each. */
  readonly poolAddresses: number
}

/** What a NAT can run out of. */
export interface NatPool extends CountedPool, PlacedNat {
  /** Of the NAT, which may have several pools. */
  readonly natName: string
  /** Those that ask for a place; absent: all of them. */
  readonly protocol?: NatProtocol
}

/** External ports of a protocol as places of a pool, each of which one mapping has. */
class NatPorts implements NatPool {
  readonly owner: string
  readonly natName: string
  readonly kind: PoolKind = 'nat-ports'
  readonly place: string
  readonly nat: Nat
  readonly addresses: readonly PoolAddress[]
  readonly poolAddresses: number
  readonly size: number
  readonly protocol: NatProtocol

  constructor({ owner, place, nat, addresses, poolAddresses }: PlacedNat, protocol: NatProtocol) {
    this.owner = `${owner} ${protocol}`
    this.natName = owner
    this.place = place
    this.nat = nat
    this.addresses = addresses
    this.poolAddresses = poolAddresses
    this.protocol = protocol
    this.size = poolPorts(addresses, protocol)
  }

  get name(): string {
    return `${this.owner} ${this.kind}`
  }

  get peak(): number {
    return this.level.peak
  }

  get peakPs(): number {
    return this.level.peakPs
  }

  get firstVictim(): FirstVictim | undefined {
    return victimOf(this.level.firstRefused)
  }

  /** The NAT has the simulation's clock, so that now is now. */
  counts(): PoolCounts {
    const { created, refused, usedPs } = this.level
    return { asked: created + refused, refused, usedPs }
  }

  private get level(): NatLevel & NatRefusals {
    return this.nat.counts().byKind[this.protocol]
  }
}

/** Mappings as places of a pool, where several have the same external port towards different remote ends. */
class NatMappings implements NatPool {
  readonly owner: string
  readonly natName: string
  readonly kind: PoolKind = 'nat-mappings'
  readonly place: string
  readonly nat: Nat
  readonly addresses: readonly PoolAddress[]
  readonly poolAddresses: number

  constructor({ owner, place, nat, addresses, poolAddresses }: PlacedNat) {
    this.owner = owner
    this.natName = owner
    this.place = place
    this.nat = nat
    this.addresses = addresses
    this.poolAddresses = poolAddresses
  }

  get name(): string {
    return `${this.owner} ${this.kind}`
  }

  get size(): number {
    return this.nat.options.capacity
  }

  get peak(): number {
    return this.nat.counts().peak
  }

  get peakPs(): number {
    return this.nat.counts().peakPs
  }

  get firstVictim(): FirstVictim | undefined {
    const first = Object.values(this.nat.counts().byKind)
      .flatMap(({ firstRefused }) => firstRefused ?? [])
      .sort((a, b) => a.atPs - b.atPs)[0]
    return victimOf(first)
  }

  counts(): PoolCounts {
    const { created, usedPs, portsExhausted, hostLimit, tableFull } = this.nat.counts()
    const refused = portsExhausted + hostLimit + tableFull
    return { asked: created + refused, refused, usedPs }
  }
}

/** What a NAT can run out of: its ports, protocol by protocol; where these are overloaded, mappings. */
export function natPools(placed: PlacedNat): NatPool[] {
  if (placed.nat.options.overloading) return [new NatMappings(placed)]
  const protocols = ['tcp', 'udp'] as const
  return protocols.flatMap((protocol) =>
    poolPorts(placed.addresses, protocol) === 0 ? [] : [new NatPorts(placed, protocol)],
  )
}

/** The pools of NAT among others. */
export const isNatPool = (pool: CountedPool): pool is NatPool =>
  pool.kind === 'nat-ports' || pool.kind === 'nat-mappings'

function victimOf(victim: NatVictim | undefined): FirstVictim | undefined {
  if (victim === undefined) return undefined
  const { atPs, protocol, address, port, remoteAddress, remotePort } = victim
  const who = {
    protocol,
    source: address,
    sourcePort: port,
    destination: remoteAddress,
    destinationPort: remotePort,
  }
  return { atPs, who }
}
