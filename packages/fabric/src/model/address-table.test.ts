import { describe, expect, it } from 'vitest'
import { AddressTable, canonicalAddress } from './address-table.ts'

describe('canonicalAddress', () => {
  it.each([
    // RFC 5952: leading zeros §4.1, the longest run §4.2.1, not one group alone §4.2.2, the first of equals §4.2.3, lower case §4.3
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:0001', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1'],
    ['2001:db8:aaaa:bbbb:cccc:dddd::1', '2001:db8:aaaa:bbbb:cccc:dddd:0:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['fe80:0:0:0:0:0:0:0', 'fe80::'],
    ['10.0.0.1', '10.0.0.1'],
  ])('%s is %s', (text, expected) => {
    expect(canonicalAddress(text)).toBe(expected)
    expect(canonicalAddress(expected)).toBe(expected)
  })

  it.each(['10.0.0', '010.1.1.1', ' 1.2.3.4', '256.0.0.1', '1::2::3', '12345::', 'fe80::1%eth0', 'host', ''])(
    'refuses "%s"',
    (text) => expect(() => canonicalAddress(text)).toThrow(),
  )
})

describe('AddressTable', () => {
  it('gives one id to one address, however it is written', () => {
    const addresses = new AddressTable()
    const ids = ['10.0.0.1', '2001:db8::1', '10.0.0.2'].map((text) => addresses.intern(text))
    expect(ids).toEqual([0, 1, 2])
    expect(addresses.intern('2001:0DB8:0:0::1')).toBe(1)
    expect(addresses.find('2001:db8:0::1')).toBe(1)
    expect(addresses.find('10.0.0.3')).toBeUndefined()
    expect(addresses.size).toBe(3)
    expect(ids.map((id) => addresses.textOf(id))).toEqual(['10.0.0.1', '2001:db8::1', '10.0.0.2'])
  })

  it('knows the header bytes of each family', () => {
    const addresses = new AddressTable()
    const [v4, v6] = [addresses.intern('10.0.0.1'), addresses.intern('::1')]
    expect([addresses.headerBytesOf(v4), addresses.headerBytesOf(v6)]).toEqual([20, 40])
    expect([addresses.isIpv6(v4), addresses.isIpv6(v6)]).toEqual([false, true])
  })
})
