import { InvariantError } from '@weft/core'
import * as highs from 'highs'

/**
 * A linear programme of packing: the dearest amounts, none negative, such that no row's amounts add up to more than its
 * limit. Every column stands in its rows with the coefficient 1.
 */
export interface Packing {
  /** Worth of one unit by column, above 0. */
  readonly costs: Float64Array
  /** Rows of column c are `rows[starts[c]]` up to `rows[starts[c + 1] - 1]`, at least one. */
  readonly starts: Int32Array
  readonly rows: Int32Array
  /** By row; above 0 where a column stands in it. */
  readonly limits: Float64Array
}

/** An optimum with its proof: amounts that keep all limits, and prices of rows that no column's worth exceeds. */
export interface PackedOptimum {
  /** Worth of the amounts. */
  readonly value: number
  /** Limits at these prices: no amounts are worth more. At most 1e-9 of it above `value`. */
  readonly bound: number
  readonly amounts: Float64Array
  readonly prices: Float64Array
}

/** How far value and bound of an optimum may be apart, relative. */
const GAP_MAX = 1e-9

let library: Promise<highs.Highs> | undefined

/** HiGHS: Q. Huangfu, J. A. J. Hall, "Parallelizing the dual revised simplex method", Math. Prog. Comp. 10, 2018. */
export class PackingSolver {
  readonly #model: highs.Model
  readonly #highs: highs.Highs
  /** Programmes solved. */
  solved = 0

  private constructor(library: highs.Highs) {
    this.#highs = library
    this.#model = library.createModel()
    this.#model.options.set({
      output_flag: false,
      solver: 'simplex',
      primal_feasibility_tolerance: 1e-10,
      dual_feasibility_tolerance: 1e-10,
    })
  }

  static async load(): Promise<PackingSolver> {
    // the package declares its types as those of a CommonJS module and is loaded as an ES module
    library ??= (highs.default as unknown as () => Promise<highs.Highs>)()
    return new PackingSolver(await library)
  }

  /** Gives its memory back; it can solve nothing from then on. */
  free(): void {
    this.#model.dispose()
  }

  solve(packing: Packing): PackedOptimum {
    const { costs, limits } = packing
    if (costs.length === 0) return proven(packing, new Float64Array(0), new Float64Array(limits.length))
    this.solved++
    const scaled = scaledPacking(packing)
    this.#pass(packing, scaled)
    this.#model.run()
    const status = this.#model.getModelStatus()
    if (status !== this.#highs.constants.modelStatus.optimal)
      throw new InvariantError(`HiGHS ended with status ${status} on a packing of ${costs.length} columns`)
    const { colValue, rowDual } = this.#model.getSolution()
    const amounts = colValue.map((part, column) => part * scaled.most[column]!)
    const prices = rowDual.map((price, row) =>
      limits[row]! > 0 ? (price * scaled.dearest) / limits[row]! : 0,
    )
    return proven(packing, amounts, prices)
  }

  #pass({ starts, rows }: Packing, { costs, coefficients, limits }: ScaledPacking): void {
    const { infinity, constants } = this.#highs
    const [numCols, numRows] = [costs.length, limits.length]
    this.#model.passModel({
      numCols,
      numRows,
      sense: constants.objectiveSense.maximize,
      colCost: costs,
      colLower: new Float64Array(numCols),
      colUpper: new Float64Array(numCols).fill(infinity),
      rowLower: new Float64Array(numRows).fill(-infinity),
      rowUpper: limits,
      matrix: { format: 'csc', numRows, numCols, starts, indices: rows, values: coefficients },
    })
  }
}

/** The solver's tolerances are absolute: in these units the most that a column can be is 1, the dearest's worth, each limit. */
interface ScaledPacking {
  readonly costs: Float64Array
  readonly coefficients: Float64Array
  readonly limits: Float64Array
  /** What a column is at most, and what the dearest is then worth. */
  readonly most: Float64Array
  readonly dearest: number
}

function scaledPacking({ costs, starts, rows, limits }: Packing): ScaledPacking {
  const most = costs.map((_, column) => {
    const own = rows.subarray(starts[column]!, starts[column + 1]!)
    return own.reduce((least, row) => Math.min(least, limits[row]!), Infinity)
  })
  const worth = costs.map((cost, column) => cost * most[column]!)
  const dearest = worth.reduce((a, b) => Math.max(a, b))
  const coefficients = new Float64Array(rows.length)
  for (const [column, amount] of most.entries())
    for (let at = starts[column]!; at < starts[column + 1]!; at++)
      coefficients[at] = amount / limits[rows[at]!]!
  return {
    costs: worth.map((each) => each / dearest),
    coefficients,
    limits: limits.slice().fill(1),
    most,
    dearest,
  }
}

/** Mends what rounding left of amounts and prices, and proves them optimal by each other. */
function proven(packing: Packing, amounts: Float64Array, prices: Float64Array): PackedOptimum {
  const kept = withinLimits(packing, amounts)
  const value = packing.costs.reduce((sum, cost, column) => sum + cost * kept[column]!, 0)
  const raised = raisedPrices(packing, prices)
  const bound = worthOf(packing, raised)
  if (bound - value > GAP_MAX * bound)
    throw new InvariantError(`HiGHS left a gap: its amounts are worth ${value}, its prices allow ${bound}`)
  return { value, bound, amounts: kept, prices: raised }
}

/** Limits at these prices. */
export function worthOf({ limits }: Packing, prices: Float64Array): number {
  return limits.reduce((sum, limit, row) => sum + limit * prices[row]!, 0)
}

/** Raises prices of columns' first rows until every column costs what it is worth: then they bound every packing. */
export function raisedPrices({ costs, starts, rows }: Packing, prices: Float64Array): Float64Array {
  const raised = prices.map((price) => Math.max(0, price))
  const missing = new Float64Array(prices.length)
  costs.forEach((cost, column) => {
    let price = 0
    for (let at = starts[column]!; at < starts[column + 1]!; at++) price += raised[rows[at]!]!
    const first = rows[starts[column]!]!
    missing[first] = Math.max(missing[first]!, cost - price)
  })
  return raised.map((price, row) => price + missing[row]!)
}

/** Scales amounts down by what the worst row has too much, a rounding error. */
function withinLimits({ starts, rows, limits }: Packing, amounts: Float64Array): Float64Array {
  const sums = new Float64Array(limits.length)
  const positive = amounts.map((amount) => Math.max(0, amount))
  positive.forEach((amount, column) => {
    for (let at = starts[column]!; at < starts[column + 1]!; at++) sums[rows[at]!]! += amount
  })
  const excess = sums.reduce((most, sum, row) => (sum > 0 ? Math.max(most, sum / limits[row]!) : most), 1)
  return excess === 1 ? positive : positive.map((amount) => amount / excess)
}
