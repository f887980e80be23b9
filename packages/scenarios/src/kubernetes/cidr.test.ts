import { describe, expect, it } from 'vitest'
import { isStrictlyWithin, parseCidr } from './cidr.ts'

const read = (text: string) => {
  const cidr = parseCidr(text)
  if (typeof cidr === 'string') throw new Error(cidr)
  return cidr
}

describe('address prefixes of manifests', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.1.2.3/8', '10.0.0.0/8', false],
    ['0.0.0.0/0', '0.0.0.0/0', true],
    ['192.0.2.1/32', '192.0.2.1/32', true],
    ['192.0.2.129/25', '192.0.2.128/25', false],
    ['::/0', '::/0', true],
    ['2001:DB8:0:0::/64', '2001:db8::/64', true],
    ['2001:db8::1/64', '2001:db8::/64', false],
    ['2001:db8:0:1:0:0:0:1/128', '2001:db8:0:1::1/128', true],
    ['fd00:1:2:3:4:5:6:7/126', 'fd00:1:2:3:4:5:6:4/126', false],
  ])('%s is %s', (given, text, isCanonical) => {
    expect(read(given)).toMatchObject({ text, isCanonical })
  })

  it.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '10.0.0.256/8',
    '::/129',
    'fe80::1%eth0/64',
    '/8',
    '',
  ])('refuses %j', (given) =>
    expect(parseCidr(given)).toMatch(/is not an address prefix; expected one such as/),
  )

  it('refuses what some read otherwise than others', () => {
    expect(parseCidr('010.0.0.0/8')).toMatch(/leading zeros/)
    expect(parseCidr('10.0.0.01/32')).toMatch(/leading zeros/)
    expect(parseCidr('::ffff:10.0.0.0/104')).toMatch(/write it as IPv4/)
  })

  it.each([
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.0.0.0/8', false],
    ['11.0.0.0/16', '10.0.0.0/8', false],
    ['10.0.0.0/7', '10.0.0.0/8', false],
    ['192.0.2.1/32', '0.0.0.0/0', true],
    ['2001:db8::/33', '2001:db8::/32', true],
    ['2001:db9::/33', '2001:db8::/32', false],
    ['10.0.0.0/16', '::/0', false],
  ])('%s lies strictly within %s: %s', (inner, outer, is) => {
    expect(isStrictlyWithin(read(inner), read(outer))).toBe(is)
  })
})
