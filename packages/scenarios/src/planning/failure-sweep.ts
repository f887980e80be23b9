import type { Limit } from '../compile/questions/plan.ts'
import { amountAfter, YEARS_MAX, yearsUntil } from './growth-dates.ts'
import type { LoadModel, StateLoads } from './load-model.ts'
import type { Pace } from './pace.ts'
import type { Resource } from './resources.ts'
import type { SingleFailure } from './single-failures.ts'

/** Loads that differ by less are sums of the same in another order: the first failure is named. */
const ABOVE = 1 + 2 ** -40

/** What a resource is loaded with at most, over all failures. */
export interface WorstLoad {
  /** Bit/s on the wire. */
  loadBps: number
  /** Which of the directions that are alike. */
  direction: number
  /** Undefined where no failure puts anything on it. */
  failure: SingleFailure | undefined
}

/** Until a resource passes its limit. */
export interface Passing {
  /** Null: not within 100 years. */
  years: number | null
  direction: number
  failure: SingleFailure | undefined
  /** Today, bit/s on the wire. */
  loadBps: number
}

/** What a failure loses of the demand, in IP bit/s. */
export interface FailureLoss {
  readonly failure: SingleFailure
  /** Between hosts that are still attached. */
  readonly cutBps: number
  /** From and to hosts that hang off what failed. */
  readonly detachedBps: number
}

/** Loads with everything up, and the worst of all failures, by resource. */
export interface Sweep {
  /** Bit/s with everything up, of the resource's first direction. */
  readonly normalBps: Float64Array
  readonly worst: readonly WorstLoad[]
  readonly normalPassing: readonly Passing[]
  readonly failurePassing: readonly Passing[]
  readonly losses: readonly FailureLoss[]
  /** How many failures were looked at; fewer than there are where it was interrupted. */
  readonly computed: number
}

export interface SweepPlan {
  readonly model: LoadModel
  readonly resources: readonly Resource[]
  readonly failures: readonly SingleFailure[]
  /** By link. */
  readonly limits: readonly Limit[]
}

/** Goes through all failures, keeping the worst of each resource. */
export async function sweepFailures(plan: SweepPlan, pace: Pace): Promise<Sweep> {
  const { model, resources, failures } = plan
  const normal = model.loads()
  const books = new SweepBooks(plan)
  const losses: FailureLoss[] = []
  let computed = 0
  for (const failure of failures) {
    if (!(await pace.goOn({ step: 'failures', done: computed, of: failures.length }))) break
    const loads = model.loads(failure)
    books.enter(loads, failure)
    const { cutBps, detachedBps } = loads
    if (cutBps > 0 || detachedBps > 0) losses.push({ failure, cutBps, detachedBps })
    computed++
  }
  return {
    normalBps: Float64Array.from(resources, ({ direction }) => normal.totalBps[direction]!),
    worst: books.worst,
    normalPassing: resources.map((resource) => books.normalPassing(normal, resource)),
    failurePassing: books.passing,
    losses,
    computed,
  }
}

class SweepBooks {
  readonly worst: WorstLoad[]
  readonly passing: Passing[]
  readonly #plan: SweepPlan
  readonly #perYear: readonly number[]
  readonly #amounts: Float64Array

  constructor(plan: SweepPlan) {
    this.#plan = plan
    this.#perYear = plan.model.basis.groups.map(({ perYear }) => perYear)
    this.#amounts = new Float64Array(this.#perYear.length)
    this.worst = plan.resources.map(({ direction }) => ({ loadBps: 0, direction, failure: undefined }))
    this.passing = plan.resources.map(({ direction }) => ({
      years: null,
      direction,
      failure: undefined,
      loadBps: 0,
    }))
  }

  enter(loads: StateLoads, failure: SingleFailure): void {
    this.#plan.resources.forEach(({ directions }, r) => {
      const worst = this.worst[r]!
      for (const direction of directions) {
        const loadBps = loads.totalBps[direction]!
        if (loadBps > worst.loadBps * ABOVE) {
          worst.loadBps = loadBps
          worst.direction = direction
          worst.failure = failure
        }
        this.#pass(loads, direction, failure, this.passing[r]!)
      }
    })
  }

  normalPassing(normal: StateLoads, { direction }: Resource): Passing {
    this.#gather(normal, direction)
    const limitBps = this.#limitBps(direction, 'normal')
    const years = yearsUntil(this.#amounts, this.#perYear, limitBps)
    return { years, direction, failure: undefined, loadBps: normal.totalBps[direction]! }
  }

  /** Notes a failure under which the limit is passed sooner than under those before. */
  #pass(loads: StateLoads, direction: number, failure: SingleFailure, passing: Passing): void {
    if (loads.totalBps[direction] === 0) return
    this.#gather(loads, direction)
    const limitBps = this.#limitBps(direction, 'failure')
    const known = passing.years ?? YEARS_MAX
    if (amountAfter(this.#amounts, this.#perYear, known) <= limitBps) return
    const years = yearsUntil(this.#amounts, this.#perYear, limitBps)
    if (years === null || (passing.years !== null && years >= passing.years)) return
    passing.years = years
    passing.direction = direction
    passing.failure = failure
    passing.loadBps = loads.totalBps[direction]!
  }

  #gather({ byGroup }: StateLoads, direction: number): void {
    byGroup.forEach((loads, group) => {
      this.#amounts[group] = loads[direction]!
    })
  }

  #limitBps(direction: number, kind: keyof Limit): number {
    const { model, limits } = this.#plan
    const link = direction >> 1
    return limits[link]![kind] * model.network.topology.links[link]!.rateBps
  }
}
