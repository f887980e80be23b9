import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Authority } from './authority.ts'
import type { DnsName } from './name.ts'
import type { Records, RecordType } from './records.ts'
import { Reply } from './reply.ts'
import { Zone } from './zone.ts'
import { NaiveZone } from './zone.oracle.ts'

const NAMES = ['z', 'a.z', 'b.z', 'c.a.z', 'd.c.a.z', 'x.b.z', '*.z', '*.a.z', '*.c.a.z']
const TYPES: RecordType[] = ['A', 'CNAME', 'TXT', 'AAAA']

const records = fc
  .record({
    name: fc.constantFrom(...NAMES),
    type: fc.constantFrom('A' as const, 'CNAME' as const, 'TXT' as const),
    ttlPs: fc.constantFrom(0, 5, 9),
    picks: fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 3 }),
  })
  .map(({ name, type, ttlPs, picks }): Records => {
    const value = (n: number) => ({ A: `10.0.0.${n}`, CNAME: `t${n}.z`, TXT: `v${n}` })[type]
    return { name, type, ttlPs, values: (type === 'CNAME' ? picks.slice(0, 1) : picks).map(value) }
  })

const change = fc.record({ kind: fc.constantFrom('add', 'replace', 'remove', 'take'), records })

const zoneOf = (list: readonly Records[]) =>
  new Zone({ origin: 'z', soa: { ttlPs: 7, minimumPs: 3 }, records: list })

describe('Zone', () => {
  it('holds what a list of lines holds, after any changes', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const zone = zoneOf([])
        const naive = new NaiveZone('z')
        for (const { kind, records: given } of changes) {
          const { name, type } = given
          if (kind === 'remove' || kind === 'take') {
            zone.remove(kind === 'remove' ? { name, type } : given)
            naive.remove(name, type, kind === 'remove' ? undefined : (given.values as string[]))
            continue
          }
          const isOther = type === 'CNAME' && kind === 'add' && naive.values(name, type).length > 0
          const isRefused =
            !naive.takes(name, type) ||
            (type === 'CNAME' && name === 'z') ||
            (isOther && naive.values(name, type)[0] !== given.values[0])
          if (isRefused) {
            expect(() => (kind === 'add' ? zone.add(given) : zone.replace(given))).toThrow()
            continue
          }
          if (kind === 'add') zone.add(given)
          else {
            zone.replace(given)
            naive.remove(name, type)
          }
          naive.add(given)
        }
        for (const name of [...NAMES, 'y.z', 'y.a.z', 'y.y.z', 'y.x.b.z', 'y.y.c.a.z', '*.b.z']) {
          expect(zone.ownerOf(name as DnsName)).toBe(naive.ownerOf(name))
          expect(zone.has(name as DnsName)).toBe(naive.has(name))
          for (const type of TYPES) {
            const set = zone.find(name as DnsName, type)
            expect(set?.values ?? []).toEqual(naive.values(name, type))
            expect(set?.ttlPs).toBe(naive.ttlPs(name, type))
          }
        }
      }),
    )
  })

  it('lets go what one said before and takes what he says now, and leaves what others say', () => {
    const addresses = fc
      .uniqueArray(records, { selector: ({ name, type }) => `${name} ${type}`, maxLength: 6 })
      .map((list) => list.filter(({ type }) => type === 'A'))
    fc.assert(
      fc.property(addresses, addresses, addresses, (others, before, after) => {
        const zone = zoneOf([])
        const naive = new NaiveZone('z')
        // others' values are theirs alone
        const own = others.map((each) => ({
          ...each,
          values: each.values.map((value) => `192.0.2.${String(value).at(-1)}`),
        })) as Records[]
        for (const each of [...own, ...before]) zone.add(each)
        zone.exchange(before, after)
        for (const each of [...own, ...after]) naive.add(each)
        expect(zone.records().map(({ name, values }) => [name, values])).toEqual(
          [...new Set(naive.lines.map(({ name }) => name))]
            .sort()
            .map((name) => [name, naive.values(name, 'A')]),
        )
      }),
    )
  })

  it('says of every answer that was true whether it still is', () => {
    const zone = zoneOf([{ name: 'a.z', type: 'A', ttlPs: 5, values: ['10.0.0.1', '10.0.0.2'] }])
    const [a, c] = ['a.z', 'c.a.z'] as DnsName[]
    const set = zone.find(a!, 'A')
    const isTrue = () => [
      zone.stillSays(a!, 'A', set),
      zone.stillSays(a!, 'AAAA', undefined),
      zone.stillSays(c!, 'any', undefined),
    ]
    expect(isTrue()).toEqual([true, true, true])
    zone.replace({ name: 'A.z.', type: 'A', ttlPs: 99, values: ['10.0.0.2', '10.0.0.1'] })
    expect(isTrue()).toEqual([true, true, true])
    zone.add({ name: 'c.a.z', type: 'AAAA', ttlPs: 5, values: ['fd00::1'] })
    expect(isTrue()).toEqual([true, true, false])
    zone.remove({ name: 'a.z', type: 'A', ttlPs: 5, values: ['10.0.0.1'] })
    expect(isTrue()).toEqual([false, true, false])
    zone.remove({ name: 'a.z', type: 'A' })
    zone.replace({ name: 'a.z', type: 'CNAME', ttlPs: 5, values: ['z'] })
    expect(isTrue()).toEqual([false, false, false])
  })

  it('answers by wildcards as the example of RFC 4592 §2.2.1 has it', () => {
    const at = (name: string, type: 'TXT' | 'A' | 'CNAME', value: string): Records => ({
      name,
      type,
      ttlPs: 5,
      values: [value],
    })
    const zone = new Zone({
      origin: 'example',
      soa: { ttlPs: 7, minimumPs: 3 },
      records: [
        at('*.example', 'TXT', 'this is a wildcard'),
        at('sub.example', 'TXT', 'this is not a wildcard'),
        at('host1.example', 'A', '192.0.2.1'),
        at('_ssh._tcp.host1.example', 'TXT', 'srv'),
      ],
    })
    const server = new Authority({ now: 0 }, 'ns', [zone])
    const reply = new Reply()
    const ask = (name: string, type: RecordType) => {
      server.query(name as DnsName, type, reply)
      return reply.outcome === 'found' ? [reply.names[0], ...reply.values()] : reply.outcome
    }
    expect(ask('host3.example', 'TXT')).toEqual(['host3.example', 'this is a wildcard'])
    expect(ask('host3.example', 'A')).toBe('no-data')
    expect(ask('foo.bar.example', 'TXT')).toEqual(['foo.bar.example', 'this is a wildcard'])
    expect(ask('host1.example', 'TXT')).toBe('no-data')
    expect(ask('_telnet._tcp.host1.example', 'TXT')).toBe('no-name')
    expect(ask('ghost.sub.example', 'TXT')).toBe('no-name')
    expect(ask('*.example', 'TXT')).toEqual(['*.example', 'this is a wildcard'])
    const star = zone.answerFor('host3.example' as DnsName, 'TXT')
    expect(zone.stillSays('host3.example' as DnsName, 'TXT', star)).toBe(true)
    zone.add(at('below.host3.example', 'A', '192.0.2.3'))
    expect(zone.stillSays('host3.example' as DnsName, 'TXT', star)).toBe(false)
    expect(zone.stillSays('host3.example' as DnsName, 'TXT', undefined)).toBe(true)
    zone.remove({ name: '*.example', type: 'TXT' })
    expect(ask('host4.example', 'TXT')).toBe('no-name')
    expect(zone.stillSays('host4.example' as DnsName, 'any', undefined)).toBe(true)
  })

  it('counts changes, and only those that change something', () => {
    const zone = zoneOf([{ name: 'a.z', type: 'A', ttlPs: 5, values: ['10.0.0.1'] }])
    expect(zone.serial).toBe(0)
    zone.add({ name: 'a.z', type: 'A', ttlPs: 5, values: ['10.0.0.1'] })
    zone.remove({ name: 'b.z', type: 'A' })
    expect(zone.serial).toBe(0)
    zone.replace({ name: 'a.z', type: 'A', ttlPs: 6, values: ['10.0.0.1'] })
    expect(zone.serial).toBe(1)
  })

  it.each<[Records, string]>([
    [{ name: 'a.y', type: 'A', ttlPs: 1, values: ['10.0.0.1'] }, 'A a.y: is not in the zone z'],
    [{ name: 'a.z', type: 'AAAA', ttlPs: 1, values: ['10.0.0.1'] }, 'no address of a record of type AAAA'],
    [{ name: 'a.z', type: 'A', ttlPs: 1, values: ['ten'] }, '"ten" is no IP address'],
    [{ name: 'a.*.z', type: 'A', ttlPs: 1, values: ['10.0.0.1'] }, 'only as the first label'],
    [{ name: 'a.z', type: 'A', ttlPs: -1, values: ['10.0.0.1'] }, 'a time to live of -1 ps'],
    [{ name: 'a.z', type: 'A', ttlPs: 1, values: [] }, 'has no values'],
    [{ name: 'a.z', type: 'CNAME', ttlPs: 1, values: ['b.z', 'c.z'] }, 'another name for one alone'],
    [{ name: 'z', type: 'CNAME', ttlPs: 1, values: ['b.z'] }, 'it has SOA'],
    [
      { name: 'a.z', type: 'SRV', ttlPs: 1, values: [{ priority: 0, weight: 0, port: 70_000, target: 'b' }] },
      'port is 70000; expected a whole number from 0 to 65535',
    ],
  ])('refuses %j', (given, message) => {
    expect(() => zoneOf([given])).toThrow(message)
  })
})
