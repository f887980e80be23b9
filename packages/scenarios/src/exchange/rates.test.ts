import { describe, expect, it } from 'vitest'
import { rateOfLabel, rateOfSpeed } from './rates.ts'

describe('rates of labels', () => {
  it.each<[string, number, number]>([
    ['10 Gbps', 10e9, 1],
    ['2.5Gbit/s', 2.5e9, 1],
    ['155 Mb/s', 155e6, 1],
    ['34 Mbps', 34e6, 1],
    ['100G', 100e9, 1],
    ['64 kbps', 64e3, 1],
    // ITU-T G.707, table 6-1, and ANSI T1.105
    ['STM-1', 155.52e6, 1],
    ['STM-16', 2_488.32e6, 1],
    ['STM64', 9_953.28e6, 1],
    ['OC-3', 155.52e6, 1],
    ['OC48/STM16', 2_488.32e6, 1],
    ['OC-192c', 9_953.28e6, 1],
    ['OC-768', 39_813.12e6, 1],
    // ITU-T G.702
    ['E3', 34.368e6, 1],
    ['T3 (leased)', 44.736e6, 1],
    ['Fast Ethernet', 100e6, 1],
    ['Gigabit Ethernet', 1e9, 1],
    ['10GE', 10e9, 1],
    ['2 x 10 Gbps', 10e9, 2],
    ['4x100G', 100e9, 4],
    ['STM-16 x 2', 2_488.32e6, 2],
  ])('%s', (label, rateBps, count) => expect(rateOfLabel(label)).toEqual({ rateBps, count }))

  it.each<[string, number, string]>([
    ['10-20Gbps', 10e9, 'the lower end is taken of "10-20Gbps"'],
    ['155 Mbps - 1 Gbps', 155e6, 'the lower end is taken of "155 Mbps - 1 Gbps"'],
    ['<= 10 Gbps', 10e9, 'the bound itself is taken of "<= 10 Gbps"'],
    ['10 GB/s', 10e9, 'bits and not bytes are read out of "10 GB/s"'],
  ])('%s, with what is assumed', (label, rateBps, assumed) =>
    expect(rateOfLabel(label)).toEqual({ rateBps, count: 1, assumed }),
  )

  it.each(['', 'Dark fibre', 'DWDM', '10', '0 Gbps', '0 x 10 Gbps', '9999 x 1G', 'x'.repeat(100_000)])(
    '%# names none',
    (label) => expect(rateOfLabel(label)).toBeUndefined(),
  )

  it('of speeds with their units', () => {
    expect(rateOfSpeed('2.5', 'G')).toBe(2.5e9)
    expect(rateOfSpeed('155.52', 'Mbps')).toBe(155_520_000)
    expect(rateOfSpeed('622', 'bps')).toBe(622)
    for (const [speed, units] of [
      ['ten', 'G'],
      ['10', 'furlongs'],
      ['-1', 'G'],
      ['0', 'G'],
    ] as const)
      expect(rateOfSpeed(speed, units)).toBeUndefined()
  })
})
