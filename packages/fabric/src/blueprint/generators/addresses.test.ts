import { describe, expect, it } from 'vitest'
import { assignAddresses, capacityOf, overlaps, type Prefix, parsePrefix } from './addresses.ts'
import { leafSpine } from './leaf-spine.ts'
import { leafSpineOptions } from './options.fixture.ts'

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.prefix
}

function addressesOf(texts: readonly string[], rest = {}) {
  const result = assignAddresses(leafSpine(leafSpineOptions(rest)).nodes, texts.map(prefix))
  if (!result.ok) return result.message
  return result.nodes.flatMap((node) =>
    node.kind === 'host' ? node.interfaces.map((each) => each.addresses) : [],
  )
}

describe('assignAddresses', () => {
  it('counts up from the first usable address in natural order', () => {
    expect(addressesOf(['10.0.0.0/8'])).toEqual([['10.0.0.1'], ['10.0.0.2'], ['10.0.0.3'], ['10.0.0.4']])
  })

  it('carries into the next octet and group', () => {
    const all = addressesOf(['10.1.2.0/23', 'fd00::/64'], { leaves: 30, hostsPerLeaf: 10 }) as string[][]
    expect(all[255]).toEqual(['10.1.3.0', 'fd00::100'])
  })

  it('gives every interface of every host addresses of both families', () => {
    expect(
      addressesOf(['192.0.2.0/24', '2001:db8::/32'], { leaves: 1, hostsPerLeaf: 1, nicsPerHost: 2 }),
    ).toEqual([
      ['192.0.2.1', '2001:db8::1'],
      ['192.0.2.2', '2001:db8::2'],
    ])
  })

  it('fills a prefix to the last usable address', () => {
    expect(addressesOf(['10.0.0.0/29'], { leaves: 3, hostsPerLeaf: 2 })).toHaveLength(6)
  })

  it('says by how much a prefix is too small', () => {
    expect(addressesOf(['10.0.0.0/29'], { leaves: 7, hostsPerLeaf: 1 })).toBe(
      '10.0.0.0/29 has 6 addresses for 7 host interfaces; choose a shorter prefix length',
    )
  })
})

describe('parsePrefix', () => {
  it.each([
    ['10.0.0.1/8', '"10.0.0.1/8" has bits set behind its length; did you mean 10.0.0.0/8?'],
    ['fd00::1/64', '"fd00::1/64" has bits set behind its length; did you mean fd00::/64?'],
    ['10.0.0.0', '"10.0.0.0" is not an address prefix; expected one such as 10.0.0.0/8 or fd00::/64'],
    ['10.0.0.0/33', '"10.0.0.0/33" is not an address prefix; expected one such as 10.0.0.0/8 or fd00::/64'],
    ['010.0.0.0/8', '"010.0.0.0/8" is not an address prefix; expected one such as 10.0.0.0/8 or fd00::/64'],
    ['', '"" is not an address prefix; expected one such as 10.0.0.0/8 or fd00::/64'],
  ])('refuses %s', (text, message) => {
    expect(parsePrefix(text)).toEqual({ ok: false, message })
  })

  it('knows what overlaps and how much fits', () => {
    expect(overlaps(prefix('10.0.0.0/8'), prefix('10.64.0.0/14'))).toBe(true)
    expect(overlaps(prefix('10.0.0.0/9'), prefix('10.128.0.0/9'))).toBe(false)
    expect(overlaps(prefix('0.0.0.0/0'), prefix('::/0'))).toBe(false)
    expect(capacityOf(prefix('10.0.0.0/8'))).toBe(16_777_214n)
    expect(capacityOf(prefix('10.0.0.0/32'))).toBe(0n)
    expect(capacityOf(prefix('fd00::/64'))).toBe(2n ** 64n - 1n)
  })
})
