import { randomStream, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { Nat } from './nat.ts'
import { EXTERNAL, natOf, REMOTE } from './nat.fixture.ts'
import { natRateMax } from './nat-load.ts'
import { natPool } from './nat-pool.ts'

describe('NAT', { timeout: 120_000 }, () => {
  it.each([
    { ports: 55_000, holdS: 60, expected: 916.67 },
    { ports: 55_000, holdS: 120, expected: 458.33 },
    { ports: 55_000, holdS: 350, expected: 157.14 },
    { ports: 64_512, holdS: 60, expected: 1075.2 },
    { ports: 64_512, holdS: 350, expected: 184.32 },
  ])(
    'row 10: $ports ports held $holdS s carry $expected connections a second',
    ({ ports, holdS, expected }) => {
      const rate = natRateMax(ports, holdS * SECOND)
      expect(rate).toBeCloseTo(expected, 2)
      const gapPs = SECOND / rate
      const refusedAt = (gap: number) => {
        const { clock, nat, connect } = natOf(ports, holdS * SECOND)
        for (let i = 0; i < 1.5 * ports; i++) {
          clock.now = i * gap
          connect()
        }
        return nat.counts().portsExhausted
      }
      // a port is free again at the very instant at which its mapping expires; a hair wider for rounded instants
      expect(refusedAt(gapPs * (1 + 1e-9))).toBe(0)
      expect(refusedAt(gapPs * 0.999)).toBeGreaterThan(0)
    },
  )

  it.each([
    { hosts: 302, expected: 0.5007 },
    { hosts: 300, expected: 0.4961 },
  ])('row 30: of $hosts random 16-bit identifiers some two meet', ({ hosts, expected }) => {
    const random = randomStream('birthday', String(hosts))
    const trials = 2500
    const pool = natPool({ addresses: [EXTERNAL] })
    let met = 0
    for (let trial = 0; trial < trials; trial++) {
      const nat = new Nat({ now: 0 }, random, { pool, capacity: hosts })
      let isAnyMoved = false
      for (let host = 0; host < hosts; host++) {
        const identifier = random.int(65_536)
        nat.outbound(1, 100 + host, identifier, REMOTE, 0)
        if (nat.port !== identifier) isAnyMoved = true
      }
      if (isAnyMoved) met++
    }
    const halfWidth = 2.576 * Math.sqrt((expected * (1 - expected)) / trials)
    expect(Math.abs(met / trials - expected)).toBeLessThan(halfWidth)
  })
})
