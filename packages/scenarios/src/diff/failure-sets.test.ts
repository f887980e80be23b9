import { ConfigError } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { scenario } from '../index.ts'
import type { WhatIfRow } from '../whatif/answer.ts'
import { everySet } from '../whatif/failure-sets.ts'
import { subjectOf } from '../whatif/subject.ts'
import { whatIf } from '../whatif/whatif.ts'
import { type DiffAnswer, diffScenarios, diffSteps } from './diff.ts'
import type { FailureSetsDiff, FailureSetsRequest } from './failure-sets.ts'
import { rankOf } from './set-outcomes.ts'
import type { OneSidedSet, SetChange } from './set-pairs.ts'

interface Design {
  readonly spines?: number
  readonly rate?: string
  readonly load?: string
  readonly uneven?: boolean
  readonly risks?: Readonly<Record<string, string[]>>
}

/** Demand alike between all hosts, or one of a rate of its own for each. */
function design({ spines = 2, rate = '10Gbps', load = '60%', uneven = false, risks = {} }: Design = {}) {
  const leafSpine = { leaves: 3, spines, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: { rate } }
  const hosts = [0, 1, 2].flatMap((leaf) => [0, 1].map((host) => `r/leaf-${leaf}/host-${host}`))
  const streams = hosts.map((from, i) => ({
    name: `s${i}`,
    from,
    to: hosts[(i + 3) % hosts.length]!,
    stream: { packet: '1200B', rate: `${6000 + 137 * i}Mbps` },
  }))
  return scenario({
    regions: { r: { fabric: { leafSpine } } },
    traffic: uneven ? streams : [{ name: 'all', between: 'all hosts', sizes: '100kB', load }],
    ...(Object.keys(risks).length > 0 && { risks }),
  } as Parameters<typeof scenario>[0])
}

const setsOf = (before: Design, after: Design, request: FailureSetsRequest): FailureSetsDiff =>
  design(before).diff(design(after), request).failureSets!

const nameOf = (failed: readonly string[]): string => [...failed].sort().join(' + ')

/** Every set by name, each computed by `weft whatif` itself. */
async function everyRow(of: Design, request: FailureSetsRequest): Promise<Map<string, WhatIfRow>> {
  const answer = await whatIf(subjectOf(design(of).compiled), { ...request, symmetry: false, top: 100_000 })
  return new Map(answer.worst.map((row) => [nameOf(row.failed), row]))
}

const lostOf = ({ unreachableBps, thinnedBps }: WhatIfRow): number => unreachableBps + thinnedBps!

/** Whether both are the same but for noise. */
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))

const isSame = (a: WhatIfRow, b: WhatIfRow): boolean =>
  near(a.worst!.utilization, b.worst!.utilization) &&
  near(a.unreachableBps, b.unreachableBps) &&
  near(lostOf(a), lostOf(b))

function expectRow(
  { utilization, unreachableBps, thinnedBps, lostBps }: Omit<OneSidedSet, 'failed' | 'alike'>,
  row: WhatIfRow,
): void {
  expect(near(utilization, row.worst!.utilization)).toBe(true)
  expect(near(unreachableBps, row.unreachableBps)).toBe(true)
  expect(near(thinnedBps!, row.thinnedBps!)).toBe(true)
  expect(near(lostBps, lostOf(row))).toBe(true)
}

const sideOf = (
  { utilization, unreachableBps, thinnedBps, lostBps }: SetChange,
  side: 'before' | 'after',
) => ({
  utilization: utilization[side],
  unreachableBps: unreachableBps[side],
  thinnedBps: thinnedBps[side],
  lostBps: lostBps[side],
})

const countOf = (rows: readonly { readonly alike: number }[]): number =>
  rows.reduce((sum, { alike }) => sum + alike, 0)

const RISKS = {
  trench: ['r/leaf-0:r/spine-0', 'r/leaf-1:r/spine-0'],
  room: ['r/spine-1'],
  duct: ['r/leaf-2:r/spine-1', 'r/leaf-2/host-0'],
}
const CASES: readonly [string, Design, Design, FailureSetsRequest][] = [
  ['pairs of links, a spine more', { spines: 2 }, { spines: 3 }, { any: 2, of: 'link/fabric' }],
  ['pairs of links, uneven', { uneven: true }, { spines: 3, uneven: true }, { any: 2, of: 'link' }],
  ['pairs of links, alike before alone', {}, { uneven: true }, { any: 2, of: 'link/fabric' }],
  ['three switches, other rates', { spines: 3 }, { spines: 3, rate: '25Gbps' }, { any: 3, of: 'switch' }],
  ['switches, a spine less', { spines: 3 }, { spines: 2 }, { any: 2, of: 'switch/spine' }],
  [
    'risks',
    { risks: RISKS },
    { rate: '9Gbps', risks: { ...RISKS, hall: ['r/spine-0'] } },
    { any: 2, of: 'risk' },
  ],
  ['hosts', {}, { load: '70%' }, { any: 2, of: 'host' }],
]

describe('sets of failures side by side are those of weft whatif on each side', () => {
  describe.each([true, false])('by symmetry: %s', (symmetry) => {
    it.each(CASES)('%s', async (_, a, b, request) => {
      const [before, after] = [await everyRow(a, request), await everyRow(b, request)]
      const found = setsOf(a, b, { ...request, symmetry, top: 10_000 })
      const both = [...before.keys()].filter((name) => after.has(name))
      const differing = both.filter((name) => !isSame(before.get(name)!, after.get(name)!))
      expect(found).toMatchObject({
        both: both.length,
        compared: both.length,
        differing: differing.length,
        thinning: 'of every set',
      })
      expect(countOf(found.changed)).toBe(differing.length)
      for (const change of found.changed) {
        const name = nameOf(change.failed)
        expectRow(sideOf(change, 'before'), before.get(name)!)
        expectRow(sideOf(change, 'after'), after.get(name)!)
      }
      for (const [only, own, other] of [
        [found.onlyBefore, before, after],
        [found.onlyAfter, after, before],
      ] as const) {
        const names = [...own.keys()].filter((name) => !other.has(name))
        expect(only.sets).toBe(names.length)
        expect(countOf(only.worst)).toBe(names.length)
        for (const row of only.worst) {
          expect(names).toContain(nameOf(row.failed))
          expectRow(row, own.get(nameOf(row.failed))!)
        }
      }
      for (const [side, rows] of [
        ['before', before],
        ['after', after],
      ] as const) {
        const all = [...rows.values()]
        const most = (of: (row: WhatIfRow) => number) => Math.max(...all.map(of))
        expect(found.worstUtilization[side]).toBeCloseTo(
          most(({ worst }) => worst!.utilization),
          9,
        )
        expect(near(found.worstLostBps[side], most(lostOf))).toBe(true)
        expect(found[side]!.losing).toBe(all.filter((row) => lostOf(row) > 0).length)
        expect(found[side]!.coverage).toMatchObject({ sets: rows.size, covered: rows.size, partial: false })
      }
    })
  })

  it('without symmetry every set is a row of its own; with it those alike in both share one', () => {
    const request = { any: 2, of: 'link/fabric', top: 1000 } as const
    const each = setsOf({}, { rate: '9Gbps' }, { ...request, symmetry: false })
    expect(each.changed.map(({ alike }) => alike)).toEqual(Array.from({ length: 18 }, () => 1))
    const kinds = setsOf({}, { rate: '9Gbps' }, request)
    // one link; two at a spine; two that share nothing; both of a leaf load others alike in both
    expect(kinds.changed.map(({ alike }) => alike).sort((x, y) => x - y)).toEqual([6, 6, 6])
    expect(kinds.before!.coverage.computed).toBe(4)
    expect(kinds).toMatchObject({ both: 21, differing: 18 })
  })

  it('lists as many as are asked for, the biggest changes of all', () => {
    const request = { any: 2, of: 'link', symmetry: false } as const
    const [a, b] = [{ uneven: true }, { uneven: true, rate: '9Gbps' }]
    const all = setsOf(a, b, { ...request, top: 1000 })
    const first = setsOf(a, b, { ...request, top: 5 })
    expect(first.differing).toBe(all.differing)
    expect(first.changed).toEqual(all.changed.slice(0, 5))
  })

  it('more sets than have all their losses found: those that are listed have theirs', async () => {
    const [a, b] = [
      { uneven: true, spines: 3 },
      { uneven: true, spines: 3, rate: '8Gbps' },
    ]
    const request = { any: 5, of: 'link', symmetry: false, top: 4 } as const
    const found = setsOf(a, b, request)
    expect(found.thinning).toBe('of listed sets')
    for (const change of found.changed)
      for (const [side, of] of [
        ['before', a],
        ['after', b],
      ] as const) {
        const alone = await whatIf(subjectOf(design(of).compiled), { fail: change.failed })
        expectRow(sideOf(change, side), alone.worst[0]!)
      }
    const apart = await whatIf(subjectOf(design(a).compiled), request)
    expect(found.before!.worst).toEqual({ ...apart.worst[0]!, reach: null })
    expect(found.before!.coverage).toEqual(apart.coverage)
  })
})

describe('sets of failures', () => {
  it('are not compared where none are asked about', () => {
    expect(design().diff(design()).failureSets).toBeNull()
  })

  it('of a scenario and itself are the same', () => {
    const { differs, failureSets } = design().diff(design(), { any: 2, of: 'switch' })
    expect(differs).toBe(false)
    expect(failureSets).toMatchObject({ both: 15, compared: 15, differing: 0, changed: [] })
  })

  it('of a kind that one scenario does not have are all in the other', () => {
    const { differs, failureSets } = design().diff(design({ risks: RISKS }), { any: 2, of: 'risk' })
    expect(differs).toBe(true)
    expect(failureSets).toMatchObject({ before: null, both: 0, onlyBefore: { sets: 0, worst: [] } })
    expect(failureSets!.onlyAfter.sets).toBe(6)
    expect(failureSets!.worstLostBps.before).toBe(0)
  })

  const issuesOf = (request: FailureSetsRequest, of: Design = {}) => {
    try {
      design(of).diff(design(of), request)
    } catch (error) {
      if (error instanceof ConfigError) return error.issues.map(({ path, message }) => [path[0], message])
      throw error
    }
    return []
  }

  it.each([
    [{ any: 0 }, 'any', '0 is no number of them; expected a whole number from 1 to 9007199254740991'],
    [{ any: 1, top: 0 }, 'top', '0 is no number of them; expected a whole number from 1 to 100000'],
    [{ of: 'link' }, 'of', 'it says of which parts any fail; give "any", how many'],
    [{ top: 5 }, 'top', 'it says how many sets are listed; give "any", how many parts fail'],
    [{ any: 1, of: 'lnik' }, 'of', expect.stringContaining('"lnik" is no kind of part')],
    [{ any: 1, of: 'link/spin' }, 'of', expect.stringContaining('"spin"')],
    [{ any: 1, of: 'risk' }, 'of', expect.stringContaining('the scenario has no risks')],
  ])('%j is refused', (request, key, message) => {
    expect(issuesOf(request)).toEqual([[key, message]])
  })

  it('more of them than are compared are refused before anything is computed', () => {
    // links of 6 hosts, and of 3 leaves to 20 spines
    expect(issuesOf({ any: 5, of: 'link' }, { spines: 20 })).toEqual([
      [
        'any',
        'up to 5 of 66 parts make 9,705,619 sets; at most 2,000,000 of a scenario are compared, so let fewer fail, or of fewer parts, such as one tier',
      ],
    ])
  })

  it('stand where their rank says', () => {
    const sets = [1, 2, 3, 4].flatMap((size) => [...everySet(7, size)])
    expect(sets.map(({ members }) => rankOf(members, 7))).toEqual(sets.map((_, i) => i))
  })
})

/** Interrupted after so many steps of this name. */
function interrupted(name: string, most: number): DiffAnswer {
  const [before, after] = [design({ uneven: true }), design({ uneven: true, rate: '9Gbps' })]
  const steps = diffSteps(subjectOf(before.compiled), subjectOf(after.compiled), { any: 2, of: 'link' })
  let taken = 0
  for (let step = steps.next(); ; step = steps.next(taken < most)) {
    if (step.done === true) return step.value
    if (step.value.step === name) taken++
  }
}

describe('interrupted sets of failures', () => {
  it('are compared as far as both have them, and what follows is not', () => {
    const { partial, notCompared, failureSets } = interrupted('failure sets', 60)
    expect({ partial, notCompared }).toEqual({ partial: true, notCompared: ['failure sets', 'delays'] })
    const { both, compared, changed, before, after } = failureSets!
    expect(both).toBe(78)
    expect(compared).toBeGreaterThan(10)
    expect(compared).toBe(Math.min(before!.coverage.covered, after!.coverage.covered))
    expect(compared).toBeLessThan(both)
    expect(before!.coverage.partial && after!.coverage.partial).toBe(true)
    const whole = diffScenarios(
      subjectOf(design({ uneven: true }).compiled),
      subjectOf(design({ uneven: true, rate: '9Gbps' }).compiled),
      { any: 2, of: 'link', top: 1000 },
    ).failureSets!
    for (const change of changed) expect(whole.changed).toContainEqual(change)
  })

  it('before the first, have none', () => {
    const { notCompared, failureSets } = interrupted('single failures', 1)
    expect(notCompared).toEqual(['single failures', 'failure sets', 'delays'])
    expect(failureSets).toMatchObject({ both: 78, compared: 0, differing: 0, changed: [] })
    expect(failureSets!.before).toMatchObject({ worst: null, coverage: { covered: 0, partial: true } })
  })
})
