import type { Steps } from '../planning/pace.ts'
import { countSets } from '../whatif/failure-sets.ts'
import { type Change, differs } from './changes.ts'
import type { SweptSide } from './failure-sets.ts'
import { KeptSets } from './kept-sets.ts'
import type { SetNumbers } from './set-outcomes.ts'
import { SetWalk } from './set-walk.ts'

/** What the failure of one set comes to in one scenario. Rates are IP bit/s. */
export interface SetRow {
  /** Offered load over rate of the fullest direction then. */
  readonly utilization: number
  /** Demand without a way. */
  readonly unreachableBps: number
  /** Demand lost at full links; null where that was not computed. */
  readonly thinnedBps: number | null
  /** Both together; where `thinnedBps` is null about the least of it. */
  readonly lostBps: number
}

/** What one set's failure comes to in both. */
export interface SetChange {
  readonly failed: readonly string[]
  /** Sets that it stands for by symmetry of both scenarios, itself among them. */
  readonly alike: number
  readonly utilization: Change
  readonly unreachableBps: Change
  readonly thinnedBps: { readonly before: number | null; readonly after: number | null }
  readonly lostBps: Change
}

export interface OneSidedSet extends SetRow {
  readonly failed: readonly string[]
  readonly alike: number
}

export interface OneSidedSets {
  readonly sets: number
  /** Most demand lost first, then fullest, of those that were computed. */
  readonly worst: readonly OneSidedSet[]
}

export interface CommonSets {
  /** Sets whose parts are in both. */
  readonly both: number
  /** Of these, computed in both; less than `both` where the answer is partial. */
  readonly compared: number
  /** Of these, those that come to something else. */
  readonly differing: number
  /** They, biggest change of the load first. */
  readonly changed: readonly SetChange[]
  /**
   * Losses at full links: of every set in both scenarios, or of those listed alone; others are then compared by the most
   * that one link is offered beyond its rate.
   */
  readonly thinning: 'of every set' | 'of listed sets'
  readonly onlyBefore: OneSidedSets
  readonly onlyAfter: OneSidedSets
}

type Both = readonly [SetRow, SetRow]

/** Set by set, by the names of parts. */
export function* compareSets(
  before: SweptSide | null,
  after: SweptSide | null,
  top: number,
): Steps<CommonSets> {
  const isExact = [before, after].every(
    (side) => side === null || side.sweep.coverage().thinning === 'of every set',
  )
  const changed = new KeptSets<Both>(top, biggestFirst)
  const [onlyBefore, onlyAfter] = [
    new KeptSets<SetRow>(top, worstFirst),
    new KeptSets<SetRow>(top, worstFirst),
  ]
  const walk = new SetWalk()
  let compared = 0
  for (const { members, there } of walk.sets(before, after)) {
    if (walk.isDue && !(yield walk.progress)) walk.end()
    const was = before!.outcomes.of(members)
    if (was === undefined) continue
    if (there === undefined) {
      onlyBefore.add(members, before!.sweep.keyOf?.(members), rowOf(was, isExact))
      continue
    }
    const is = after!.outcomes.of(there)
    if (is === undefined) continue
    compared++
    const rows = [rowOf(was, isExact), rowOf(is, isExact)] as const
    if (isChange(rows)) changed.add(members, kindOf(before!, members, after!, there), rows)
  }
  for (const { members, there } of walk.sets(after, before)) {
    if (walk.isDue && !(yield walk.progress)) walk.end()
    const is = there === undefined ? after!.outcomes.of(members) : undefined
    if (is !== undefined) onlyAfter.add(members, after!.sweep.keyOf?.(members), rowOf(is, isExact))
  }
  const both = commonCount(before, after)
  return {
    both,
    compared,
    differing: changed.sets,
    changed: yield* changesOf(changed, before, after, isExact),
    thinning: isExact ? 'of every set' : 'of listed sets',
    onlyBefore: yield* oneSidedOf(onlyBefore, before, both, isExact),
    onlyAfter: yield* oneSidedOf(onlyAfter, after, both, isExact),
  }
}

/** Undefined where nothing else can be alike in both. */
function kindOf(
  before: SweptSide,
  members: readonly number[],
  after: SweptSide,
  there: readonly number[],
): string | undefined {
  const [was, is] = [before.sweep.keyOf, after.sweep.keyOf]
  return was === undefined || is === undefined ? undefined : `${was(members)} ${is(there)}`
}

function commonCount(before: SweptSide | null, after: SweptSide | null): number {
  if (before === null || after === null) return 0
  const names = new Set(after.sweep.parts.map(({ name }) => name))
  const parts = before.sweep.parts.filter(({ name }) => names.has(name)).length
  return countSets(parts, Math.min(parts, before.sweep.size))
}

function* changesOf(
  kept: KeptSets<Both>,
  before: SweptSide | null,
  after: SweptSide | null,
  isExact: boolean,
): Steps<SetChange[]> {
  const places = new Map((after?.sweep.parts ?? []).map(({ name }, place) => [name, place]))
  const changes: SetChange[] = []
  for (const { members, alike, row } of kept.first()) {
    const failed = before!.sweep.namesOf(members)
    const there = failed.map((name) => places.get(name)!)
    const was = isExact ? row[0] : yield* withLosses(row[0], before!, members)
    const is = isExact ? row[1] : yield* withLosses(row[1], after!, there)
    const change = <Key extends keyof SetRow>(key: Key) => ({ before: was[key], after: is[key] })
    changes.push({
      failed,
      alike,
      utilization: change('utilization'),
      unreachableBps: change('unreachableBps'),
      thinnedBps: change('thinnedBps'),
      lostBps: change('lostBps'),
    })
  }
  return changes
}

function* oneSidedOf(
  kept: KeptSets<SetRow>,
  side: SweptSide | null,
  both: number,
  isExact: boolean,
): Steps<OneSidedSets> {
  const worst: OneSidedSet[] = []
  for (const { members, alike, row } of kept.first()) {
    const whole = isExact ? row : yield* withLosses(row, side!, members)
    worst.push({ failed: side!.sweep.namesOf(members), alike, ...whole })
  }
  return { sets: (side?.sweep.sets ?? 0) - both, worst }
}

/** The losses at full links of a set that is listed; interrupted, as it was. */
function* withLosses(
  row: SetRow,
  { evaluator, sweep }: SweptSide,
  members: readonly number[],
): Steps<SetRow> {
  if (!(yield { step: 'losses of listed sets', done: 0, of: 1 })) return row
  const { thinnedBps } = yield* evaluator.outcomeSteps(sweep.partsOf(members))
  return thinnedBps === undefined ? row : { ...row, thinnedBps, lostBps: row.unreachableBps + thinnedBps }
}

function rowOf({ utilization, unreachableBps, thinnedBps, excessBps }: SetNumbers, isExact: boolean): SetRow {
  return {
    utilization,
    unreachableBps,
    thinnedBps: isExact ? thinnedBps : null,
    lostBps: unreachableBps + (isExact ? thinnedBps : excessBps),
  }
}

const isChange = ([was, is]: Both): boolean =>
  (['utilization', 'unreachableBps', 'lostBps'] as const).some((key) =>
    differs({ before: was[key], after: is[key] }),
  )

/** Sums in another order differ in their last digits: rounded to 24 bits they are equal, and the order stays one. */
const descending = (a: number, b: number): number => Math.fround(b) - Math.fround(a)

const biggestFirst = (x: Both, y: Both): number => bySizeOf('utilization', x, y) || bySizeOf('lostBps', x, y)

const bySizeOf = (key: 'utilization' | 'lostBps', [a, b]: Both, [c, d]: Both): number =>
  descending(Math.abs(b[key] - a[key]), Math.abs(d[key] - c[key]))

const worstFirst = (a: SetRow, b: SetRow): number =>
  descending(a.lostBps, b.lostBps) || descending(a.utilization, b.utilization)
