import type { PolicySet } from '@weft/fabric'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { allowOf } from './allowed-ports.ts'
import { reachDiffJson } from './compare-json.ts'
import { compareReach } from './compare-reach.ts'
import { Connectivity } from './connectivity.ts'
import { policySet } from './policy-sets.fixture.ts'
import { documentOf, type ReachDocument } from './reach-document.fixture.ts'
import type { ReachSubject } from './reach-subject.ts'

const subjectOf = (set: PolicySet): ReachSubject => ({
  set,
  pods: new Map(),
  hasOutside: true,
  madeUpAddresses: 0,
})

/** Two sets whose workloads and policies are partly the same. */
const twoSets = fc
  .tuple(policySet, policySet, fc.subarray([0, 1, 2, 3, 4]), fc.subarray([0, 1, 2, 3]), fc.boolean())
  .map(([one, other, workloads, policies, isSame]) => {
    if (isSame) return [one, one] as const
    const gone = one.workloads.filter((_, index) => workloads.includes(index))
    const kept = one.workloads.filter((_, index) => !workloads.includes(index))
    // workloads of other labels, ports and places under the names of the first
    const come = other.workloads.filter(({ name }) => !kept.some((each) => each.name === name))
    const left = one.policies.filter((_, index) => !policies.includes(index))
    const added = other.policies.map((policy) => ({ ...policy, name: `other ${policy.name}` }))
    const after = {
      ...one,
      workloads: [...kept, ...come.slice(0, gone.length)],
      policies: [...left, ...added.slice(0, 2)],
    }
    return [one, after] as const
  })

const workloadPairs = ({ connections }: ReachDocument) =>
  new Map(
    connections
      .filter(({ from, to }) => typeof from === 'string' && typeof to === 'string' && from !== to)
      .map(({ from, to, allow }) => [`${from} ${to}`, allow] as const),
  )

interface Changed {
  readonly from: unknown
  readonly to: unknown
  readonly change: string
  readonly before: unknown
  readonly after: unknown
}

it('tells of each pair of workloads what the documents of both tell, and of nothing else', () => {
  fc.assert(
    fc.property(twoSets, ([one, other]) => {
      const [before, after] = [subjectOf(one), subjectOf(other)]
      const diff = compareReach(new Connectivity(before), new Connectivity(after))
      const text = [...reachDiffJson(diff, { before: 'a', after: 'b' })].join('')
      const { connections } = JSON.parse(text) as { connections: Changed[] }
      const said = new Map(
        connections
          .filter(({ from, to }) => typeof from === 'string' && typeof to === 'string')
          .map((each) => [`${each.from} ${each.to}`, each] as const),
      )
      const [was, is] = [workloadPairs(documentOf(before)), workloadPairs(documentOf(after))]
      for (const pair of new Set([...was.keys(), ...is.keys(), ...said.keys()])) {
        const [old, now] = [was.get(pair) ?? [], is.get(pair) ?? []]
        if (JSON.stringify(old) === JSON.stringify(now)) expect(said.has(pair), pair).toBe(false)
        else expect(said.get(pair), pair).toMatchObject({ before: old, after: now })
      }
    }),
    { numRuns: 60 },
  )
})

it('tells of addresses outside what makes one document of the other, and the same turned round', () => {
  fc.assert(
    fc.property(twoSets, ([one, other]) => {
      const [was, is] = [new Connectivity(subjectOf(one)), new Connectivity(subjectOf(other))]
      const [there, back] = [compareReach(was, is), compareReach(is, was)]
      const reversed = back.outside.map(({ before, after, ...rest }) => ({
        ...rest,
        before: after,
        after: before,
      }))
      const words = (list: readonly { workloads: readonly string[]; prefixes: readonly string[] }[]) =>
        list.map((each) => JSON.stringify([each.workloads, each.prefixes])).sort()
      expect(words(reversed)).toEqual(words(there.outside))
      // before, with what was taken away and added, is after
      for (const name of new Set([...was.workloads, ...is.workloads])) {
        for (const direction of ['toOutside', 'fromOutside'] as const) {
          const changes = there.outside.filter(
            (each) => each.direction === direction && each.workloads.includes(name),
          )
          const partsOf = (side: Connectivity) =>
            side.workloads.includes(name) ? side[direction](side.classOf(name)) : []
          const kept = partsOf(was).flatMap(({ prefixes, ports }) =>
            is.sums
              .without(
                prefixes,
                changes.flatMap((each) => each.prefixes),
              )
              .map((prefix) => ({ prefix, allow: allowOf(ports) })),
          )
          const come = changes.flatMap(({ prefixes, after }) =>
            after.length === 0 ? [] : prefixes.map((prefix) => ({ prefix, allow: after })),
          )
          expect(sumsByPorts([...kept, ...come], is)).toEqual(
            sumsByPorts(
              partsOf(is).flatMap(({ prefixes, ports }) =>
                prefixes.map((prefix) => ({ prefix, allow: allowOf(ports) })),
              ),
              is,
            ),
          )
        }
      }
    }),
    { numRuns: 60 },
  )
})

function sumsByPorts(
  parts: readonly { readonly prefix: string; readonly allow: readonly unknown[] }[],
  { sums }: Connectivity,
): [string, readonly string[]][] {
  const byPorts = new Map<string, string[]>()
  for (const { prefix, allow } of parts) {
    const key = JSON.stringify(allow)
    byPorts.set(key, [...(byPorts.get(key) ?? []), prefix])
  }
  return [...byPorts].map(([key, prefixes]): [string, readonly string[]] => [key, sums.of(prefixes)]).sort()
}

it('finds nothing between a set and itself', () => {
  fc.assert(
    fc.property(policySet, (set) => {
      const side = () => new Connectivity(subjectOf(set))
      expect(compareReach(side(), side())).toMatchObject({ differs: false, between: [], outside: [] })
    }),
    { numRuns: 30 },
  )
})
