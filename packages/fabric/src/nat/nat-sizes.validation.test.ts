import { randomStream, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { Nat } from './nat.ts'
import { REMOTE, TCP } from './nat.fixture.ts'
import { TABLE_FULL, TRANSLATED } from './nat-outcome.ts'
import { natPool } from './nat-pool.ts'

describe('sizes of NAT gateways', { timeout: 120_000 }, () => {
  it.each([10_000, 50_000, 200_000, 1_000_000])(
    'row 53: a gateway for %i connections takes just as many, and the next one after 900 idle seconds',
    (capacity) => {
      const addresses = Array.from({ length: 16 }, (_, i) => i)
      const clock = { now: 0 }
      const nat = new Nat(clock, randomStream('gateway', 'ports'), {
        pool: natPool({ addresses }),
        capacity,
        profile: 'rfc',
        pairing: 'arbitrary',
        allocation: 'sequential',
        holdDownPs: 0,
        lifetime: 'idle',
        timeoutsPs: { tcpTransitory: 900 * SECOND, tcpEstablished: 900 * SECOND },
      })
      const connect = (i: number) => nat.outbound(TCP, 100 + (i % 500), Math.floor(i / 500), REMOTE, 443)
      for (let i = 0; i < capacity; i++) if (connect(i) !== TRANSLATED) expect.fail(`connection ${i} refused`)
      expect(connect(capacity)).toBe(TABLE_FULL)
      expect(nat.counts()).toMatchObject({ size: capacity, peak: capacity, tableFull: 1, portsExhausted: 0 })
      clock.now = 900 * SECOND - 1
      expect(connect(capacity)).toBe(TABLE_FULL)
      clock.now = 900 * SECOND
      expect(connect(capacity)).toBe(TRANSLATED)
      expect(nat.counts().size).toBe(1)
    },
  )
})
