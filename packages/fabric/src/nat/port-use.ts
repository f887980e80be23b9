import type { RandomStream } from '@weft/core'
import { EndpointChains } from './endpoint-chains.ts'
import { ExternalPorts, PortSearch } from './external-ports.ts'
import { HeldPorts } from './held-ports.ts'
import type { Mappings } from './mappings.ts'
import type { ResolvedNatOptions } from './nat-options.ts'
import { PortAllocator } from './port-allocator.ts'
import { NO_PORT } from './port-bitmap.ts'
import { PortBlocks } from './port-blocks.ts'
import { PORT_KINDS, type PortKind, PORTLESS_KIND, portKindOf } from './port-kinds.ts'
import { portCount } from './port-ranges.ts'
import { NO_ROW } from './row-index.ts'

/** The external ports of a NAT: who has which, which are held down, and who gets the next one. */
export class PortUse {
  private readonly options: ResolvedNatOptions
  private readonly mappings: Mappings
  private readonly ports: ExternalPorts
  private readonly blocks: PortBlocks | undefined
  private readonly allocator: PortAllocator
  private readonly held: HeldPorts | undefined
  /** Where mappings of an endpoint differ and may share ports: its newest one, whose port is tried first. */
  private readonly chains: EndpointChains | undefined
  private readonly places = new Map<number, number>()
  private readonly wanted = new PortSearch()
  private readonly freed = new PortSearch()

  constructor(options: ResolvedNatOptions, mappings: Mappings, random: RandomStream, nowPs: number) {
    const { pool, overloading, holdDownPs, capacity, allocation } = options
    this.options = options
    this.mappings = mappings
    const isHeld = (protocol: number, external: number, remote: number, remotePort: number) =>
      this.held?.isHeld(protocol, external, remote, remotePort) ?? false
    this.ports = new ExternalPorts(pool, overloading, mappings, { isHeld })
    this.blocks = options.blocks === undefined ? undefined : new PortBlocks(pool, options.blocks)
    this.allocator = new PortAllocator(options, this.ports, this.blocks, random)
    this.held =
      holdDownPs === 0
        ? undefined
        : new HeldPorts(nowPs, capacity, holdDownPs, (protocol, external, remote, remotePort) =>
            this.free(protocol, external, remote, remotePort),
          )
    this.chains = overloading && allocation === 'preserve' ? new EndpointChains(mappings) : undefined
    pool.forEach(({ address }, place) => void this.places.set(address, place))
  }

  /** The place of an address in the pool, or -1. */
  placeOf(address: number): number {
    return this.places.get(address) ?? -1
  }

  addressOf(row: number): number {
    return this.options.pool[this.mappings.external[row]! >>> 16]!.address
  }

  portOf(row: number): number {
    return this.mappings.external[row]! & 0xffff
  }

  /** The place in the pool of the address that an inside one has where they are paired. */
  homeOf(inside: number): number {
    return this.allocator.homeOf(inside, 0)
  }

  get heldPorts(): number {
    return this.held?.size ?? 0
  }

  /** An external port for a new mapping, in use from now on; or NO_PORT. */
  take(
    protocol: number,
    host: number,
    inside: number,
    insidePort: number,
    remote: number,
    remotePort: number,
  ): number {
    const { wanted, ports } = this
    wanted.protocol = protocol
    wanted.remote = remote
    wanted.remotePort = remotePort
    let external = this.newestOf(inside, insidePort)
    if (external === NO_PORT) external = this.allocator.choose(wanted, host, inside, insidePort)
    if (external === NO_PORT) return NO_PORT
    ports.take(wanted, external & 0xffff)
    if (portKindOf(protocol) !== PORTLESS_KIND) this.blocks?.take(wanted.place, external & 0xffff)
    return external
  }

  /** The mapping for which a port was taken just now is there, with its remote address. */
  follow(row: number, remote: number): void {
    if (this.chains === undefined) return
    const { mappings } = this
    const home = this.allocator.homeOf(mappings.insideAddress[row]!, remote)
    const isAlone = this.options.pool.length === 1 || this.options.pairing === 'paired'
    const isHome = isAlone && mappings.external[row] === ((home << 16) | mappings.insidePortOf(row))
    this.chains.add(row, isHome)
  }

  /** A mapping is about to go. */
  forget(row: number): void {
    this.chains?.remove(row)
  }

  /** A mapping has gone: its port is free, or held down from this instant on. */
  give(
    atPs: number,
    protocol: number,
    external: number,
    remote: number,
    remotePort: number,
    isHeldDown: boolean,
  ): void {
    const { held } = this
    if (isHeldDown && held?.hold(atPs, protocol, external, remote, remotePort)) return
    this.free(protocol, external, remote, remotePort)
  }

  advance(nowPs: number): void {
    this.held?.advance(nowPs)
  }

  portsOf(external: number, protocol: number): { range: number; held: number; free: number } {
    const place = this.placeOf(external)
    const kind = PORT_KINDS[portKindOf(protocol)]!
    if (place < 0) return { range: 0, held: 0, free: 0 }
    let held = 0
    this.held?.forEach((ofProtocol, port) => {
      if (ofProtocol === protocol && port >>> 16 === place) held++
    })
    const range = portCount(this.options.pool[place]!.ports[kind])
    return { range, held, free: this.ports.freeOf(place, protocol) }
  }

  /** The most mappings of a kind that a host may have. */
  kindMax(byKind: Partial<Readonly<Record<PortKind, number>>>, kind: number): number {
    return byKind[PORT_KINDS[kind]!] ?? Infinity
  }

  /** The external port of an endpoint's newest mapping, if it is free for the remote endpoint wanted. */
  private newestOf(inside: number, insidePort: number): number {
    const { chains, wanted, mappings } = this
    if (chains === undefined) return NO_PORT
    const row = chains.newest(wanted.protocol, inside, insidePort)
    if (row === NO_ROW) return NO_PORT
    const external = mappings.external[row]!
    wanted.place = external >>> 16
    return this.ports.isFree(wanted, external & 0xffff) ? external : NO_PORT
  }

  private free(protocol: number, external: number, remote: number, remotePort: number): void {
    const { freed } = this
    freed.protocol = protocol
    freed.place = external >>> 16
    freed.remote = remote
    freed.remotePort = remotePort
    this.ports.give(freed, external & 0xffff)
    if (portKindOf(protocol) !== PORTLESS_KIND) this.blocks?.give(freed.place, external & 0xffff)
  }
}
