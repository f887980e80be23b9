import { describe, expect, it } from 'vitest'
import { below, type DnsName, dnsName, isWithin, nameRefusal, parentOf, reverseName, ROOT } from './name.ts'

describe('names', () => {
  it('are one whatever the case of their letters, with a dot at the end or without', () => {
    expect(dnsName('Web.Shop.SVC.cluster.local.')).toBe('web.shop.svc.cluster.local')
    expect(dnsName('.')).toBe(ROOT)
    expect(dnsName('_HTTP._tcp.x')).toBe('_http._tcp.x')
  })

  it('have labels of 63 octets and 255 octets in all at most (RFC 1035 §2.3.4)', () => {
    const label = (octets: number) => 'a'.repeat(octets)
    expect(nameRefusal(label(63))).toBeUndefined()
    expect(nameRefusal(label(64))).toContain('64 octets, expected at most 63')
    // length octets of four labels and the root's: 255
    const longest = [63, 63, 63, 61].map(label).join('.')
    expect(nameRefusal(longest)).toBeUndefined()
    expect(nameRefusal(`${longest}.`)).toBeUndefined()
    expect(nameRefusal(`${longest}a`)).toContain('takes 256 octets')
    expect(below('b', longest as DnsName)).toBeUndefined()
    expect(below('b', 'x' as DnsName)).toBe('b.x')
  })

  it('are refused with what is wrong', () => {
    expect(nameRefusal('a..b')).toContain('empty label')
    expect(nameRefusal('..')).toContain('empty label')
    expect(nameRefusal('a b')).toContain('other than printable ASCII')
    expect(nameRefusal('münchen.de')).toContain('write it as xn--')
    expect(() => dnsName('a..b')).toThrow(RangeError)
  })

  it('are below others by whole labels', () => {
    const [web, local, hop] = ['web.shop', 'shop', 'hop'] as DnsName[]
    expect([
      isWithin(web!, local!),
      isWithin(web!, hop!),
      isWithin(local!, local!),
      isWithin(hop!, ROOT),
    ]).toEqual([true, false, true, true])
    expect([parentOf(web!), parentOf(local!)]).toEqual(['shop', ROOT])
  })

  it('of addresses are as RFC 1035 §3.5 and RFC 3596 §2.5 show them', () => {
    expect(reverseName('10.2.0.52')).toBe('52.0.2.10.in-addr.arpa')
    expect(reverseName('4321:0:1:2:3:4:567:89ab')).toBe(
      'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa',
    )
    expect(reverseName('::1')).toBe(`1.${'0.'.repeat(31)}ip6.arpa`)
    expect(reverseName('fd00::')).toBe(`${'0.'.repeat(28)}0.0.d.f.ip6.arpa`)
  })
})
