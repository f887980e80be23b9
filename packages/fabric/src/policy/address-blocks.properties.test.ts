import fc from 'fast-check'
import { IPv4, IPv4CidrRange, IPv6, IPv6CidrRange } from 'ip-num'
import { expect, it } from 'vitest'
import { formatPrefix, parseAddress, parsePrefixBits } from './address-bits.ts'
import { AddressBlocks, AddressPart } from './address-blocks.ts'
import { PeerSet } from './peer-set.ts'

/** Addresses from a corner of the address space, so that prefixes nest and meet. */
const ipv4 = fc
  .tuple(fc.constantFrom(10, 11, 192), fc.nat(3), fc.nat(1), fc.nat(7))
  .map((octets) => octets.join('.'))
const ipv6 = fc
  .tuple(fc.constantFrom('fd00', '2001:db8'), fc.nat(3), fc.nat(7))
  .map(([head, middle, last]) => `${head}::${middle}:${last}`)
const prefix = fc
  .oneof(
    fc.tuple(ipv4, fc.constantFrom(0, 7, 8, 22, 24, 29, 30, 31, 32)),
    fc.tuple(ipv6, fc.constantFrom(0, 8, 15, 96, 112, 126, 127, 128)),
  )
  .map(([address, length]) => formatPrefix(parsePrefixBits(`${address}/${length}`)))

const within = (cidr: string, address: string): boolean => {
  if (cidr.includes(':') !== address.includes(':')) return false
  return cidr.includes(':')
    ? IPv6CidrRange.fromCidr(cidr).contains(new IPv6(address))
    : IPv4CidrRange.fromCidr(cidr).contains(new IPv4(address))
}

const part = fc
  .record({ cidr: prefix, others: fc.array(prefix, { maxLength: 3 }) })
  .map(({ cidr, others }) => ({
    cidr,
    except: others.filter(
      (other) =>
        Number(other.split('/')[1]) > Number(cidr.split('/')[1]) && within(cidr, other.split('/')[0]!),
    ),
  }))
type Part = typeof part extends fc.Arbitrary<infer Kind> ? Kind : never

function blocksOf(parts: readonly Part[]): AddressBlocks {
  const blocks = new AddressBlocks()
  for (const [i, { cidr, except }] of parts.entries()) {
    const made = blocks.use(
      `${i}`,
      () => new AddressPart(`${i}`, [parsePrefixBits(cidr)], except.map(parsePrefixBits)),
    )
    made.peerSets.add(new PeerSet(i + 1, `${i}`, false))
  }
  blocks.rebuild()
  return blocks
}

const matching = (parts: readonly Part[], address: string): number[] =>
  parts.flatMap(({ cidr, except }, i) =>
    within(cidr, address) && !except.some((other) => within(other, address)) ? [i + 1] : [],
  )

it('an address lies in the block of exactly the parts that it is in', () => {
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 6 }),
      fc.array(fc.oneof(ipv4, ipv6), { minLength: 12 }),
      (parts, all) => {
        const blocks = blocksOf(parts)
        for (const address of all) {
          const { peerSets } = blocks.blocks.get(blocks.blockOf(parseAddress(address)))!
          expect(peerSets.map(({ id }) => id)).toEqual(matching(parts, address))
        }
      },
    ),
    { numRuns: 60 },
  )
})

const sizeOf = (cidr: string): bigint =>
  1n << BigInt((cidr.includes(':') ? 128 : 32) - Number(cidr.split('/')[1]))

it('the prefixes of all blocks cover each address once, and none could be fewer', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const { blocks } = blocksOf(parts)
      for (const [family, bits] of [
        ['ipv4', 32n],
        ['ipv6', 128n],
      ] as const) {
        const all = [...blocks.values()].flatMap(({ cidrs }) => cidrs[family])
        expect(all.reduce((sum, cidr) => sum + sizeOf(cidr), 0n)).toBe(1n << bits)
        for (const { peerSets, cidrs } of blocks.values()) {
          for (const cidr of cidrs[family]) {
            expect(matching(parts, cidr.split('/')[0]!)).toEqual(peerSets.map(({ id }) => id))
          }
          const parents = cidrs[family]
            .filter((cidr) => !cidr.endsWith('/0'))
            .map((cidr) => {
              const [address, length] = cidr.split('/') as [string, string]
              return formatPrefix(parsePrefixBits(`${address}/${Number(length) - 1}`))
            })
          // two halves of one prefix would be that prefix
          expect(new Set(parents).size).toBe(parents.length)
        }
      }
    }),
    { numRuns: 40 },
  )
})

it('a block keeps its number while other parts come and go', () => {
  const blocks = blocksOf([{ cidr: '10.0.0.0/8', except: [] }])
  const before = blocks.blockOf(parseAddress('10.1.1.1'))
  const other = blocks.use('other', () => new AddressPart('other', [parsePrefixBits('10.0.0.0/24')], []))
  const set = new PeerSet(9, 'other', false)
  other.peerSets.add(set)
  blocks.rebuild()
  expect(blocks.blockOf(parseAddress('10.1.1.1'))).toBe(before)
  expect(blocks.blockOf(parseAddress('10.0.0.1'))).not.toBe(before)
  other.peerSets.delete(set)
  blocks.dropIfUnused(other)
  blocks.rebuild()
  expect(blocks.blockOf(parseAddress('10.0.0.1'))).toBe(before)
  expect(blocks.blocks.size).toBe(2)
})
