import { InvariantError } from '@weft/core'
import type { AddressTable } from '../model/address-table.ts'

/** RFC 1112 §4: nobody has an address of 240.0.0.0/4. */
const FIRST_IPV4 = 240 * 2 ** 24
const LAST_IPV4 = 255 * 2 ** 24
/** RFC 6666: nobody has an address of 100::/64. */
const PREFIX_IPV6 = '100::'

/**
 * What gateways address packets to on their way to the host that translates: an address for each host and public address, which
 * stands for the outer header of a tunnel to that host.
 */
export class Tunnels {
  readonly #addresses: AddressTable
  /** By tunnel address: the public one. */
  readonly #publicOf = new Map<number, number>()
  readonly #tunnels = new Map<number, number[]>()
  #next: number

  /** Tunnels of several regions must not share addresses: `first` is how many others have. */
  constructor(addresses: AddressTable, first: number) {
    this.#addresses = addresses
    this.#next = first
  }

  get size(): number {
    return this.#publicOf.size
  }

  /** Makes the tunnel addresses of a host, by its number, for these public addresses. */
  add(host: number, publicAddresses: readonly number[]): readonly number[] {
    return publicAddresses.map((address) => {
      const tunnel = this.#addresses.intern(this.#text(this.#addresses.isIpv6(address)))
      this.#publicOf.set(tunnel, address)
      const byHost = this.#tunnels.get(address)
      if (byHost === undefined) {
        const hosts: number[] = []
        hosts[host] = tunnel
        this.#tunnels.set(address, hosts)
      } else byHost[host] = tunnel
      return tunnel
    })
  }

  /** Where packets to a public address go that this host translates. */
  to(host: number, publicAddress: number): number {
    const tunnel = this.#tunnels.get(publicAddress)?.[host]
    if (tunnel === undefined)
      throw new InvariantError(`host ${host} has no tunnel for address ${publicAddress}`)
    return tunnel
  }

  /** The public address that a tunnel stands for; undefined for any other address. */
  publicOf(address: number): number | undefined {
    return this.#publicOf.get(address)
  }

  #text(isIpv6: boolean): string {
    const number = this.#next++
    if (isIpv6) return `${PREFIX_IPV6}${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`
    const at = FIRST_IPV4 + number
    if (at >= LAST_IPV4) throw new InvariantError('there are no tunnel addresses left')
    return [at >>> 24, (at >>> 16) & 255, (at >>> 8) & 255, at & 255].join('.')
  }
}
