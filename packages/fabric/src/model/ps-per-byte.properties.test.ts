import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PsPerByte } from './ps-per-byte.ts'

/** Whole megabits per second, or any rate low enough to be timed exactly. */
const rateBps = fc.oneof(
  fc.integer({ min: 1, max: 1_600_000 }).map((megabits) => megabits * 1_000_000),
  fc.integer({ min: 10_000, max: 137_000_000_000 }),
)

describe('PsPerByte', () => {
  it.each([
    [10e9, 800],
    [25e9, 320],
    [40e9, 200],
    [100e9, 80],
    [400e9, 20],
    [800e9, 10],
  ])('%d bit/s is exactly %d ps per byte', (rate, whole) => {
    const transmission = new PsPerByte(rate)
    expect(transmission.whole).toBe(whole)
    expect(transmission.exact).toBe(true)
  })

  it('is never a picosecond or more behind the ideal, and never ahead of it', () => {
    const property = fc.property(
      rateBps,
      fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 80, size: 'max' }),
      (rate, sizes) => {
        const transmission = new PsPerByte(rate)
        let bytes = 0n
        let total = 0n
        for (const size of sizes) {
          bytes += BigInt(size)
          total += BigInt(transmission.whole * size + transmission.carry(size))
          expect(total).toBe((bytes * 8_000_000_000_000n) / BigInt(rate))
        }
      },
    )
    fc.assert(property)
  })

  it('needs no carrying exactly when the rate divides eight bits of picoseconds', () => {
    fc.assert(fc.property(rateBps, (rate) => new PsPerByte(rate).exact === (8_000_000_000_000 % rate === 0)))
  })

  it.each([0.5, 2 ** 60, 727_384_101_061])('refuses %d bit/s, which it could not time exactly', (rate) => {
    expect(() => new PsPerByte(rate)).toThrow('cannot be timed exactly')
  })
})
