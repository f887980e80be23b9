import { describe, expect, it, test } from 'vitest'
import { PrefixSums } from './prefixes.ts'

const sums = new PrefixSums()

describe('prefixes', () => {
  test.each<[string[], string[]]>([
    [[], []],
    [['10.0.0.0/9', '10.128.0.0/9'], ['10.0.0.0/8']],
    [
      ['10.0.0.1/32', '10.0.0.2/31'],
      ['10.0.0.1/32', '10.0.0.2/31'],
    ],
    [
      ['::/1', '8000::/1', '128.0.0.0/1', '0.0.0.0/1'],
      ['0.0.0.0/0', '::/0'],
    ],
    [['10.0.0.0/8', '10.1.0.0/16'], ['10.0.0.0/8']],
    [['fd00::1/128', 'fd00::/128'], ['fd00::/127']],
  ])('%j are together %j', (given, sum) => {
    expect(sums.of(given)).toEqual(sum)
  })

  it('in common and left over are parts of each other', () => {
    expect(sums.common(['10.0.0.0/8'], ['10.1.0.0/16', '192.0.2.0/24'])).toEqual(['10.1.0.0/16'])
    expect(sums.common(['0.0.0.0/0'], ['::/0'])).toEqual([])
    expect(sums.without(['10.0.0.0/30'], ['10.0.0.1/32'])).toEqual(['10.0.0.0/32', '10.0.0.2/31'])
    expect(sums.without(['::/0'], ['::/0'])).toEqual([])
    const rest = sums.without(['::/0'], ['2001:db8::/32'])
    expect(rest).toHaveLength(32)
    expect(sums.of([...rest, '2001:db8::/32'])).toEqual(['::/0'])
  })

  test.each([
    [['0.0.0.0/0', '::/0'], '0.0.0.0/0, ::/0'],
    [['192.0.2.0/24'], '192.0.2.0/24'],
    [
      sums.without(['0.0.0.0/0'], ['10.0.0.0/8', '192.168.0.0/16']),
      '0.0.0.0/0 but 10.0.0.0/8, 192.168.0.0/16',
    ],
    [
      sums.without(['2001:db8::/32', '10.0.0.0/8'], ['2001:db8:1::/48']),
      '10.0.0.0/8, 2001:db8::/32 but 2001:db8:1::/48',
    ],
    [['10.0.0.0/8', '11.1.0.0/16'], '10.0.0.0/8, 11.1.0.0/16'],
    [['0.0.0.0/1'], '0.0.0.0/1'],
  ])('are written shortly: %#', (given, text) => {
    expect(sums.describe(given)).toBe(text)
  })

  it('come in the order of their addresses, IPv4 first', () => {
    const given = ['::/0', '192.0.2.0/24', '9.0.0.0/8', '10.0.0.0/8']
    expect(given.sort((a, b) => sums.compare(a, b))).toEqual([
      '9.0.0.0/8',
      '10.0.0.0/8',
      '192.0.2.0/24',
      '::/0',
    ])
  })
})
