import type { PlanPassing } from './capacity-plan.ts'
import { amountAfter } from './growth-dates.ts'
import type { LoadModel } from './load-model.ts'
import { singleFailures } from './single-failures.ts'

/** How full the resource that passes a limit first becomes. */
export interface GrowthCurve {
  /** Share of its rate after so many years of growth, each part of demand by its own. */
  afterYears(years: number): number
}

/** Curves of resources under the failures that they pass their limits under. */
export class GrowthCurves {
  readonly #makeModel: () => LoadModel
  #model: LoadModel | undefined

  /** Loads are asked for where a curve is, and not before. */
  constructor(makeModel: () => LoadModel) {
    this.#makeModel = makeModel
  }

  /** Undefined where the network has no such names. */
  of({ resource, failure: failed }: PlanPassing): GrowthCurve | undefined {
    this.#model ??= this.#makeModel()
    const { network, basis } = this.#model
    const { topology } = network
    const directions = Array.from({ length: 2 * topology.links.length }, (_, direction) => direction)
    const direction = directions.find(
      (each) => topology.directionName(each >> 1, (each & 1) as 0 | 1) === resource,
    )
    const failure = singleFailures(topology, undefined).find(({ name }) => name === failed)
    if (direction === undefined || (failed !== null && failure === undefined)) return undefined
    const loads = this.#model.loads(failure).byGroup.map((byDirection) => byDirection[direction]!)
    const perYear = basis.groups.map((group) => group.perYear)
    const { rateBps } = topology.links[direction >> 1]!
    return { afterYears: (years) => amountAfter(loads, perYear, years) / rateBps }
  }
}
