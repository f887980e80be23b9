import { randomStream } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { Nat } from './nat.ts'
import { EXTERNAL, REMOTE, UDP } from './nat.fixture.ts'
import type { PortBlockOptions } from './port-blocks.ts'
import { PORTS_EXHAUSTED, TRANSLATED } from './nat-outcome.ts'
import { natPool } from './nat-pool.ts'

function setUp(blocks: PortBlockOptions, holdDownPs = 0) {
  const clock = { now: 0 }
  const pool = natPool({ addresses: [EXTERNAL], ports: [[1000, 1019]] })
  const nat = new Nat(clock, randomStream('nat', 'blocks'), {
    profile: 'rfc',
    pool,
    blocks,
    allocation: 'sequential',
    holdDownPs,
  })
  const out = (inside: number, port: number) => {
    const outcome = nat.outbound(UDP, inside, port, REMOTE, 53)
    if (outcome === TRANSLATED) nat.retain(nat.mapping, REMOTE, 53)
    return outcome === TRANSLATED ? nat.port : outcome
  }
  const end = (inside: number, port: number) =>
    nat.release(nat.mappingOf(UDP, inside, port, REMOTE, 53), REMOTE, 53)
  return { clock, nat, out, end }
}

describe('blocks of ports', () => {
  it('are of one host each, one after the other up to its limit', () => {
    const { out } = setUp({ size: 4, blocksMax: 2 })
    expect([1, 2, 3, 4].map((port) => out(50, port))).toEqual([1000, 1001, 1002, 1003])
    expect(out(51, 1)).toBe(1004)
    expect([5, 6, 7, 8].map((port) => out(50, port))).toEqual([1008, 1009, 1010, 1011])
    expect(out(50, 9)).toBe(PORTS_EXHAUSTED)
    expect(out(51, 2)).toBe(1005)
  })

  it('go back when none of their ports is in use or held down', () => {
    const { clock, out, end } = setUp({ size: 10 }, 100)
    expect([out(50, 1), out(51, 1), out(52, 1)]).toEqual([1000, 1010, PORTS_EXHAUSTED])
    end(50, 1)
    expect(out(52, 1)).toBe(PORTS_EXHAUSTED)
    // still its own
    expect(out(50, 2)).toBe(1001)
    end(50, 2)
    clock.now = 99
    expect(out(52, 1)).toBe(PORTS_EXHAUSTED)
    clock.now = 100
    expect(out(52, 1)).toBe(1000)
  })

  it('are known beforehand where hosts are given: RFC 7422', () => {
    const { out, end } = setUp({ size: 5, blocksMax: 2, hosts: [70, 60] })
    expect([out(60, 1), out(70, 1), out(50, 1)]).toEqual([1005, 1000, 1010])
    end(60, 1)
    expect(out(51, 1)).toBe(1015)
    expect([out(60, 1), out(52, 1)]).toEqual([1005, PORTS_EXHAUSTED])
    expect(() => setUp({ size: 10, hosts: [1, 2, 3] })).toThrow('got 3 hosts for 2 blocks')
    expect(() => setUp({ size: 10, hosts: [1, 1] })).toThrow('got a host twice')
  })
})
