import {
  type EndId,
  type Policy,
  PolicyEngine,
  type PolicySet,
  PROTOCOL_NUMBERS,
  PROTOCOLS,
} from '@weft/fabric'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classesJson } from './classes-json.ts'
import { Connectivity } from './connectivity.ts'
import { OUTSIDE, PORTS, policySet } from './policy-sets.fixture.ts'
import { allows, documentOf, type ReachDocument } from './reach-document.fixture.ts'
import { matrixJson } from './reach-json.ts'
import type { ReachSubject } from './reach-subject.ts'

const subjectOf = (set: PolicySet): ReachSubject => ({
  set,
  pods: new Map(),
  hasOutside: true,
  madeUpAddresses: 0,
})

const PROBES = PROTOCOLS.flatMap((protocol) => PORTS.map((port) => ({ protocol, port })))

/** An end with the IP version of its address; undefined where none is known. */
interface VersionedEnd {
  readonly end: EndId
  readonly isIpv6: boolean | undefined
}

/** Whether any end of one may connect to any end of the other that speaks its IP version, by the verdict of packets. */
class Oracle {
  readonly #engine: PolicyEngine

  constructor(set: PolicySet) {
    this.#engine = new PolicyEngine(set)
  }

  ofWorkload(name: string): VersionedEnd[] {
    const { ends } = this.#engine.settled()
    return this.#engine
      .endsOfWorkload(name)
      .map((end) => ({ end, isIpv6: ends.addressOf(end)?.includes(':') }))
  }

  outside(address: string): VersionedEnd[] {
    const end = this.#engine.endOf(this.#engine.addresses.intern(address))
    return [{ end, isIpv6: address.includes(':') }]
  }

  /** By place in `PROBES`. */
  accepts(from: readonly VersionedEnd[], to: readonly VersionedEnd[]): boolean[] {
    const pairs = from.flatMap((source) =>
      to
        .filter(({ isIpv6 }) => (isIpv6 ?? source.isIpv6) === (source.isIpv6 ?? isIpv6))
        .map((destination) => [source.end, destination.end] as const),
    )
    return PROBES.map(({ protocol, port }) =>
      pairs.some(([one, other]) => this.#engine.verdict(one, other, PROTOCOL_NUMBERS[protocol], port) === 0),
    )
  }
}

/** What a document says of them; no entry: denied. */
const saidOf = (entries: readonly ReachDocument['connections'][number][]): boolean[] =>
  PROBES.map(({ protocol, port }) => entries.some((each) => allows(each, protocol, port)))

/** By `from to`; a prefix as itself. */
const byPair = ({ connections }: ReachDocument) =>
  new Map(connections.map((each) => [`${textOf(each.from)} ${textOf(each.to)}`, each]))

const textOf = (peer: ReachDocument['connections'][number]['from']): string =>
  typeof peer === 'string' ? peer : peer.cidr

function addressValue(text: string): bigint {
  if (!text.includes(':')) return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  const [head, tail = ''] = text.split('::') as [string, string?]
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const zeros = text.includes('::') ? 8 - groups(head).length - groups(tail).length : 0
  const all = [...groups(head), ...Array<string>(zeros).fill('0'), ...groups(tail)]
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}

function holds(cidr: string, address: string): boolean {
  const [prefix, length] = cidr.split('/') as [string, string]
  if (prefix.includes(':') !== address.includes(':')) return false
  const shift = BigInt((prefix.includes(':') ? 128 : 32) - Number(length))
  return addressValue(prefix) >> shift === addressValue(address) >> shift
}

describe('who may connect to whom', () => {
  it('is the same a class at a time as pair by pair, in any order, with ports of destinations alone', () => {
    const property = fc.property(
      policySet,
      fc.boolean(),
      fc.infiniteStream(fc.nat()),
      (set, listening, picks) => {
        const connectivity = new Connectivity(subjectOf(set), { listening })
        const { classes } = connectivity
        const some = Array.from({ length: 8 }, () => classes[picks.next().value! % classes.length]!)
        for (const from of [...classes, ...some])
          expect(connectivity.portsToAll(from)).toEqual(classes.map((to) => connectivity.ports(from, to)))
      },
    )
    fc.assert(property, { numRuns: 40 })
  })

  it('is for every pair, protocol and port what the verdict of packets says', () => {
    fc.assert(
      fc.property(policySet, (set) => {
        const oracle = new Oracle(set)
        const pairs = byPair(documentOf(subjectOf(set)))
        for (const { name: from } of set.workloads) {
          for (const { name: to } of set.workloads) {
            const entry = pairs.get(`${from} ${to}`)
            const meant = oracle.accepts(oracle.ofWorkload(from), oracle.ofWorkload(to))
            expect(saidOf(entry === undefined ? [] : [entry]), `${from} to ${to}`).toEqual(
              meant.map((isAccepted) => from === to || isAccepted),
            )
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  it('is for every address outside what the verdict says, and tells of each address once', () => {
    fc.assert(
      fc.property(policySet, (set) => {
        const oracle = new Oracle(set)
        const { connections } = documentOf(subjectOf(set))
        const ways = [
          ['from', 'to'],
          ['to', 'from'],
        ] as const
        for (const [inner, outer] of ways) {
          for (const { name } of set.workloads) {
            const own = connections.filter((each) => each[inner] === name && typeof each[outer] !== 'string')
            for (const address of OUTSIDE) {
              const entries = own.filter((each) => holds(textOf(each[outer]), address))
              expect(entries.length).toBeLessThan(2)
              const ends = [oracle.ofWorkload(name), oracle.outside(address)] as const
              const [from, to] = inner === 'from' ? ends : [ends[1], ends[0]]
              expect(saidOf(entries), `${name} ${inner} ${address}`).toEqual(oracle.accepts(from, to))
            }
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  it('on one port is the same as on all, and on ports that listen a part of it', () => {
    fc.assert(
      fc.property(policySet, fc.constantFrom(...PROBES), (set, probe) => {
        const subject = subjectOf(set)
        const matrix = JSON.parse([...matrixJson(new Connectivity(subject, probe), probe)].join('')) as {
          allowed: [string, string][]
        }
        const pairs = ({ connections }: ReachDocument) =>
          connections
            .filter((each) => typeof each.from === 'string' && typeof each.to === 'string')
            .filter((each) => allows(each, probe.protocol, probe.port))
            .map(({ from, to }) => [from, to])
        const all = documentOf(subject)
        expect(matrix.allowed).toEqual(pairs(all))
        const declares = (name: string) =>
          set.workloads
            .find((each) => each.name === name)!
            .ports.some(({ protocol, port }) => protocol === probe.protocol && port === probe.port)
        expect(pairs(documentOf(subject, { listening: true }))).toEqual(
          pairs(all).filter(([, to]) => declares(to as string)),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('over classes is the same, each class for all that are in it', () => {
    fc.assert(
      fc.property(policySet, (set) => {
        const connectivity = new Connectivity(subjectOf(set))
        const { classes, connections, exceptions } = JSON.parse(
          [...classesJson(connectivity, [])].join(''),
        ) as ReachDocument & {
          readonly classes: readonly { readonly name: string; readonly workloads: readonly string[] }[]
          readonly exceptions: ReachDocument['connections']
        }
        const members = new Map(classes.map(({ name, workloads }) => [name, workloads]))
        const named = (peer: ReachDocument['connections'][number]['from']) =>
          typeof peer === 'string' ? members.get(peer)! : [peer]
        const spread = connections.flatMap(({ from, to, allow }) =>
          named(from).flatMap((one) =>
            named(to)
              .filter((other) => other !== one)
              .map((other) => ({ from: one, to: other, allow })),
          ),
        )
        const meant = byPair(documentOf(subjectOf(set)))
        for (const { name } of set.workloads) meant.delete(`${name} ${name}`)
        const said = new Map(
          [...spread, ...exceptions].map((each) => [`${textOf(each.from)} ${textOf(each.to)}`, each]),
        )
        expect(Object.fromEntries([...said].filter(([, { allow }]) => allow.length > 0))).toEqual(
          Object.fromEntries(meant),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('does not depend on the order in which anything is listed', () => {
    fc.assert(
      fc.property(policySet, (set) => {
        const turned = {
          namespaces: [...set.namespaces].reverse(),
          workloads: [...set.workloads].reverse(),
          nodes: [...set.nodes].reverse(),
          policies: [...set.policies].reverse(),
        }
        const { exposure, ...document } = documentOf(subjectOf(turned))
        const { exposure: before, ...expected } = documentOf(subjectOf(set))
        expect(document).toEqual(expected)
        expect(exposure).toHaveLength(before.length)
      }),
      { numRuns: 40 },
    )
  })

  it('never has a connection more after a rule that accepts was removed', () => {
    fc.assert(
      fc.property(
        policySet,
        fc.nat(),
        fc.constantFrom('ingress' as const, 'egress' as const),
        (set, seed, direction) => {
          const networks = set.policies.filter((each) => each.tier === 'network')
          const index = networks.length === 0 ? -1 : set.policies.indexOf(networks[seed % networks.length]!)
          fc.pre(index >= 0 && (set.policies[index]![direction]?.length ?? 0) > 0)
          const less: Policy = {
            ...set.policies[index]!,
            [direction]: set.policies[index]![direction]!.slice(1),
          }
          const after = documentOf(
            subjectOf({ ...set, policies: set.policies.map((each, i) => (i === index ? less : each)) }),
          )
          const before = byPair(documentOf(subjectOf(set)))
          for (const each of after.connections) {
            if (typeof each.from !== 'string' || typeof each.to !== 'string') continue
            for (const { protocol, port } of PROBES) {
              if (!allows(each, protocol, port)) continue
              expect(allows(before.get(`${each.from} ${each.to}`)!, protocol, port)).toBe(true)
            }
          }
        },
      ),
      { numRuns: 40 },
    )
  })
})
