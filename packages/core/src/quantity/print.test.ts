import { describe, expect, test } from 'vitest'
import { printDuration, printPackets, printPercent, printPerSecond, printRate, printSize } from './print.ts'

describe('exact', () => {
  test.each([
    [printRate(100e9), '100Gbps'],
    [printRate(1.5e12), '1.5Tbps'],
    [printRate(0), '0bps'],
    [printSize(9000), '9000B'],
    [printSize(1538), '1538B'],
    [printSize(65_536), '64KiB'],
    [printSize(32e6), '32MB'],
    [printSize(2 ** 21), '2MiB'],
    [printDuration(0), '0s'],
    [printDuration(1), '1ps'],
    [printDuration(1_500_000), '1.5us'],
    [printDuration(1e14), '100s'],
    [printDuration(5.4e15), '1.5h'],
    [printDuration(1.2096e18), '14d'],
    [printDuration(-1500), '-1.5ns'],
    [printPackets(256), '256 packets'],
    [printPerSecond(150_000), '150k/s'],
    [printPerSecond(916.67), '916.67/s'],
    [printPercent(0.07), '7%'], // 0.07 * 100 is 7.000000000000001 in doubles
    [printPercent(1e-9), '0.0000001%'],
  ])('%s', (text, expected) => expect(text).toBe(expected))
})

describe('rounded for people', () => {
  test.each([
    [printRate(33_333_333_333, { digits: 3 }), '33.3Gbps'],
    [printDuration(999_999, { digits: 3 }), '1us'],
    [printDuration(8.7e16, { digits: 3 }), '1.01d'],
    [printDuration(16_384_999, { digits: 4 }), '16.38us'],
    [printSize(65_536, { digits: 2 }), '66kB'],
    [printPercent(0.964321, { digits: 3 }), '96.4%'],
    [printRate(Number.NaN, { digits: 3 }), 'NaNGbps'],
  ])('%s', (text, expected) => expect(text).toBe(expected))
})
