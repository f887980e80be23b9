import { EmpiricalCdf, randomStream } from '@weft/core'
import { describe, expect, test } from 'vitest'
import { publishedSizes } from './published-sizes.ts'

/** Bits per second that a host sends on average: half of 100 Gbit/s. */
const OFFERED_BPS = 50e9
const DRAWS = 400_000
/** Two-sided 99.9 % point of the normal distribution. */
const Z = 3.2905

const rows = [
  {
    row: 61,
    name: 'WebSearch',
    meanBytes: 1_711_250,
    p50Bytes: 73_077,
    p90Bytes: 5_000_000,
    p99Megabytes: '23.33',
    shareAboveMegabyte: '0.950',
    flowsPerSecond: '3652',
  },
  {
    row: 62,
    name: 'FB Hadoop',
    meanBytes: 120_420.8,
    p50Bytes: 700,
    p90Bytes: 120_000,
    p99Megabytes: '2.0',
    shareAboveMegabyte: '0.685',
    flowsPerSecond: '51901',
  },
  {
    row: 63,
    name: 'AliStorage2019',
    meanBytes: 40_869.8,
    p50Bytes: 6_340,
    p90Bytes: 31_237,
    p99Megabytes: '1.294',
    shareAboveMegabyte: '0.520',
    flowsPerSecond: '152925',
  },
] as const

describe.each(rows)('row $row: $name', (row) => {
  const sizes = new EmpiricalCdf(publishedSizes[row.name])

  test('mean, percentiles and shares, to the last published digit', () => {
    expect(Math.abs(sizes.mean - row.meanBytes)).toBeLessThan(0.05)
    expect(Math.round(sizes.quantile(0.5))).toBe(row.p50Bytes)
    expect(Math.round(sizes.quantile(0.9))).toBe(row.p90Bytes)
    const decimals = row.p99Megabytes.length - row.p99Megabytes.indexOf('.') - 1
    expect((sizes.quantile(0.99) / 1e6).toFixed(decimals)).toBe(row.p99Megabytes)
    expect(sizes.shareAbove(1e6).toFixed(3)).toBe(row.shareAboveMegabyte)
    expect((OFFERED_BPS / (8 * sizes.mean)).toFixed(0)).toBe(row.flowsPerSecond)
  })

  test('draws have that mean, in a 99.9 % confidence interval', () => {
    const stream = randomStream('weft', row.name)
    let sum = 0
    let squares = 0
    for (let i = 0; i < DRAWS; i++) {
      const size = sizes.sample(stream)
      sum += size
      squares += size * size
    }
    const mean = sum / DRAWS
    const deviation = Math.sqrt(squares / DRAWS - mean * mean)
    expect(Math.abs(mean - row.meanBytes)).toBeLessThan((Z * deviation) / Math.sqrt(DRAWS))
  })
})
