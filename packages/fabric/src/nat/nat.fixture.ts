import { randomStream } from '@weft/core'
import { Nat } from './nat.ts'
import type { NatOptions } from './nat-options.ts'
import { natPool } from './nat-pool.ts'

export const UDP = 17
export const TCP = 6
export const EXTERNAL = 1
export const REMOTE = 2

/** A NAT of so many ports whose mappings wait for a time and then go; each connection has a packet and no other. */
export function natOf(ports: number, holdPs: number, more: Partial<NatOptions> = {}) {
  const clock = { now: 0 }
  const nat = new Nat(clock, randomStream('nat', 'validation'), {
    profile: 'rfc',
    pool: natPool({ addresses: [EXTERNAL], ports: [[65_536 - ports, 65_535]] }),
    allocation: 'sequential',
    lifetime: 'idle',
    timeoutsPs: { udp: holdPs },
    holdDownPs: 0,
    ...more,
  })
  let connections = 0
  /** The next connection, from an inside endpoint that no other has. */
  const connect = () => {
    connections++
    return nat.outbound(UDP, 100 + (connections % 1000), Math.floor(connections / 1000) & 0xffff, REMOTE, 53)
  }
  return { clock, nat, connect }
}
