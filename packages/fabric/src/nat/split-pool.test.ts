import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { natPool, poolPorts } from './nat-pool.ts'
import { PORT_KINDS } from './port-kinds.ts'
import { NO_PART, PoolParts, splitPool } from './split-pool.ts'

describe('a split pool', () => {
  it('has each port in one part, as many in each to a block, and replies find it', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 2000, max: 2900 }),
      (addresses, parts, blockSize, last) => {
        const pool = natPool({
          addresses: [7, 8, 9].slice(0, addresses),
          ports: [[1900, last]],
          reserved: [[1950, 1959]],
        })
        fc.pre((addresses * (last - 1960)) / blockSize >= parts)
        const shares = splitPool(pool, parts, blockSize)
        for (const kind of PORT_KINDS) {
          const sizes = shares.map((share) => poolPorts(share, kind))
          expect(sizes.reduce((a, b) => a + b)).toBe(poolPorts(pool, kind))
          // small blocks at the ends of ranges may all fall to one part
          if (kind !== 'portless')
            expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(
              blockSize * (2 * addresses + 1),
            )
        }
        const found = new PoolParts(shares)
        shares.forEach((share, part) => {
          for (const { address, ports } of share)
            for (const [from, to] of ports.tcp)
              for (const port of [from, to]) expect(found.partOf(6, address, port)).toBe(part)
        })
        expect(found.partOf(6, 7, 1955)).toBe(NO_PART)
        expect(found.partOf(6, 99, 1900)).toBe(NO_PART)
        expect(found.partOf(47, 7, 0)).toBe(0)
      },
    )
    fc.assert(property)
  })

  it('needs a block for each part', () => {
    const pool = natPool({ addresses: [1], ports: [[1024, 1033]] })
    expect(() => splitPool(pool, 11, 1)).toThrow(
      '10 blocks of 1 ports for 11 parts; take smaller blocks or fewer parts',
    )
    expect(() => splitPool(pool, 0, 1)).toThrow('got 0 parts')
    expect(() => splitPool(pool, 1, 0)).toThrow('got blocks of 0 ports')
  })
})
