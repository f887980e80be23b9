import { randomStream } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { BitErrors } from './bit-errors.ts'

/** The share of packets of this size that a link corrupts. */
function lossOf(rate: number, sizeBytes: number, packets: number, seed = 'a'): number {
  const errors = new BitErrors(rate, randomStream(seed, 'link/bit-errors'))
  let lost = 0
  for (let i = 0; i < packets; i++) if (errors.corrupts(sizeBytes)) lost++
  return lost / packets
}

describe('BitErrors', () => {
  it.each([
    // 1 - (1 - rate)^(8 n), from the binomial series
    [1e-5, 1500, 0.1130801],
    [1e-4, 64, 0.0499138],
    [1e-6, 9000, 0.0694691],
    [0.001, 100, 0.5508509],
  ])('at %d per bit loses packets of %d bytes with probability %d', (rate, sizeBytes, expected) => {
    const packets = 400_000
    const deviation = Math.sqrt((expected * (1 - expected)) / packets)
    expect(Math.abs(lossOf(rate, sizeBytes, packets) - expected)).toBeLessThan(3.29 * deviation)
  })

  it('tells rates apart that vanish beside 1', () => {
    // 1 - 1e-17 is 1 in a double; 65,535 bytes at 1e-17 per bit are lost with probability 5.24e-12
    const stream = { ...randomStream('a', 'b'), next: () => 5e-12 }
    expect(new BitErrors(1e-17, stream).corrupts(65_535)).toBe(true)
    const above = { ...stream, next: () => 5.3e-12 }
    expect(new BitErrors(1e-17, above).corrupts(65_535)).toBe(false)
  })

  it('loses everything as the rate comes to 1, and nothing at 0', () => {
    expect(lossOf(0.999999, 64, 1000)).toBe(1)
    expect(lossOf(0, 9000, 1000)).toBe(0)
  })

  it('is independent from packet to packet', () => {
    const errors = new BitErrors(1e-4, randomStream('c', 'link/bit-errors'))
    const counts = [0, 0, 0, 0]
    let before = errors.corrupts(1000)
    for (let i = 0; i < 100_000; i++) {
      const now = errors.corrupts(1000)
      counts[(before ? 2 : 0) + (now ? 1 : 0)]!++
      before = now
    }
    const [gg, gb, bg, bb] = counts as [number, number, number, number]
    // the correlation of a two by two table, normal with deviation 1/sqrt(n) under independence
    const phi = (gg * bb - gb * bg) / Math.sqrt((gg + gb) * (bg + bb) * (gg + bg) * (gb + bb))
    expect(Math.abs(phi)).toBeLessThan(3.29 / Math.sqrt(100_000))
  })
})
