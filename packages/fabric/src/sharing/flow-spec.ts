import { widenFloats, widenInts } from './columns.ts'
import { refuseCost } from './refusals.ts'

const CROSSINGS_MIN = 16

/**
 * What a flow asks for: weight, cap of its own, and what a unit of its rate costs at each resource it crosses. One
 * such object is filled anew for every flow; the solver copies what it needs.
 */
export class FlowSpec {
  /** Share of this flow beside others, more than 0. Rates are fair in proportion to it. */
  weight = 1
  /** Most that this flow takes by itself, 0 or more; Infinity for no limit. */
  cap = Number.POSITIVE_INFINITY
  /** Crossings in use. */
  length = 0
  resources = new Int32Array(CROSSINGS_MIN)
  costs = new Float64Array(CROSSINGS_MIN)

  /** Back to weight 1, no cap and no crossing. */
  clear(): this {
    this.weight = 1
    this.cap = Number.POSITIVE_INFINITY
    this.length = 0
    return this
  }

  /** Adds a crossing: each unit of rate takes `cost` units of the resource's capacity; more than 0. */
  cross(resource: number, cost: number): this {
    if (!(cost > 0 && cost < Number.POSITIVE_INFINITY)) refuseCost(cost, resource)
    if (this.length === this.resources.length) this.#grow()
    this.resources[this.length] = resource
    this.costs[this.length] = cost
    this.length++
    return this
  }

  #grow(): void {
    this.resources = widenInts(this.resources, this.length * 2)
    this.costs = widenFloats(this.costs, this.length * 2)
  }
}
