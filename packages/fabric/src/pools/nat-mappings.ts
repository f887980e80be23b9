import type { NatVictim } from '../nat/nat-outcome.ts'
import { type PoolAddress, poolPorts } from '../nat/nat-pool.ts'
import type { Nat } from '../nat/nat.ts'
import type { CountedPool, FirstVictim, PoolCounts, PoolKind } from './pool.ts'

/** External ports of a protocol as places of a pool, each of which one mapping has. */
class NatPorts implements CountedPool {
  readonly owner: string
  readonly kind: PoolKind = 'nat-ports'
  readonly size: number
  private readonly nat: Nat
  private readonly protocol: 'tcp' | 'udp'

  constructor(owner: string, nat: Nat, protocol: 'tcp' | 'udp', size: number) {
    this.owner = owner
    this.nat = nat
    this.protocol = protocol
    this.size = size
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

  private get level() {
    return this.nat.counts().byKind[this.protocol]
  }
}

/** Mappings as places of a pool, where several have the same external port towards different remote ends. */
class NatMappings implements CountedPool {
  readonly owner: string
  readonly kind: PoolKind = 'nat-mappings'
  private readonly nat: Nat

  constructor(owner: string, nat: Nat) {
    this.owner = owner
    this.nat = nat
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
export function natPools(place: string, nat: Nat, pool: readonly PoolAddress[]): CountedPool[] {
  if (nat.options.overloading) return [new NatMappings(place, nat)]
  const protocols = ['tcp', 'udp'] as const
  return protocols.flatMap((protocol) => {
    const size = poolPorts(pool, protocol)
    return size === 0 ? [] : [new NatPorts(`${place} ${protocol}`, nat, protocol, size)]
  })
}

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
