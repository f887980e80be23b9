import { ConfigError, exp, type Issue, ln, refuse } from '@weft/core'
import type { Network } from '../../../build/network.ts'
import { Anderson } from './anderson.ts'
import { ATTACHED } from '../../../model/forwarding-table.ts'
import { LinkState } from '../../../routing/topology.ts'
import type { DemandMatrix } from '../../../traffic/demand/demand-matrix.ts'
import { scaledDemand } from '../../../traffic/demand/growth.ts'
import { DemandIndex } from '../following/demand-index.ts'
import type { ClassPlan } from '../following/class-plan.ts'
import type { ReceiverDemands } from '../following/demand-classes.ts'
import { Follower } from '../following/follower.ts'
import { Ports } from '../following/ports.ts'
import { Probes } from '../following/probes.ts'
import { NO_WAYS } from '../following/ways.ts'

/** What an interface counted on the mean, bit/s on the wire. */
export interface LinkCounter {
  /** 2 × link + end, with the end of the sender. */
  readonly direction: number
  readonly bps: number
}

export interface FitOptions {
  /** Stops when every counted direction's load is this near to its counter, in parts of it. Absent: 1e-6. */
  readonly tolerance?: number
  /** Absent: 2000. */
  readonly iterationsMax?: number
}

export interface FittedDemand {
  readonly demands: DemandMatrix
  readonly iterations: number
  /** The largest difference of a load from its counter, in parts of the counter. */
  readonly residual: number
  readonly converged: boolean
}

const TOLERANCE = 1e-6
const ITERATIONS_MAX = 2000

/**
 * Demands that put on links what was counted there, and otherwise stay as near to the prior as they can: of least
 * Kullback-Leibler divergence from it. With a gravity prior, this is the estimate of Y. Zhang, M. Roughan, C. Lund and D.
 * Donoho, "An information-theoretic approach to traffic matrix estimation", SIGCOMM 2003. Found by generalized iterative
 * scaling (J. N. Darroch and D. Ratcliff, Annals of Mathematical Statistics 43, 1972), accelerated: a step of it multiplies each
 * demand by the mean of counter over load along its path, in logarithms. A demand that is 0 stays 0. Counters that
 * contradict each other are met as nearly as their ratios allow: loads are then those of least divergence from counters,
 * steps end once they change no demand that matters by more than the tolerance, and `converged` is false.
 *
 * A demand's packets and new connections are multiplied as its bits are: of them the prior alone tells.
 *
 * By the routes that are installed, with everything up. Throws ConfigError on unknown directions, negative counters, and
 * components that decide by more than routes.
 */
export function fitDemand(
  network: Network,
  prior: DemandMatrix,
  counters: readonly LinkCounter[],
  options: FitOptions = {},
): FittedDemand {
  const { tolerance = TOLERANCE, iterationsMax = ITERATIONS_MAX } = options
  checkCounters(network, counters)
  const fit = new Fit(network, prior, counters)
  try {
    const search = new MultiplierSearch(fit, tolerance)
    for (let iterations = 0; ; iterations++) {
      const converged = fit.residual <= tolerance
      if (converged || search.isSettled || iterations === iterationsMax)
        return { demands: scaledDemand(prior, fit.factors()), iterations, residual: fit.residual, converged }
      search.advance()
    }
  } finally {
    fit.free()
  }
}

/**
 * The multipliers by direction at which no demand wants to change. Scaling alone converges linearly, and slowly where
 * many demands share links; it is accelerated, and where that does not bring loads nearer to counters, one step of it is
 * taken from the best that there is.
 */
class MultiplierSearch {
  /** Another step would change demands by less than the tolerance: loads are as near to counters as they will come. */
  isSettled = false
  readonly #fit: Fit
  readonly #step: number
  readonly #anderson: Anderson
  /** A decrease of the distance by which no demand that matters changes. */
  readonly #negligible: number
  #best: Float64Array = new Float64Array(0)
  #bestRatios = new Float64Array(0)
  #bestDistance = 0

  constructor(fit: Fit, tolerance: number) {
    this.#fit = fit
    this.#step = 1 / fit.longestPath()
    this.#anderson = new Anderson(fit.counted, this.#step)
    const leastBps = fit.counted.reduce((least, bps) => (bps > 0 && bps < least ? bps : least), Infinity)
    this.#negligible = (this.#step * tolerance) ** 2 * leastBps
    fit.apply(new Float64Array(fit.counted.length))
    this.#keep()
  }

  advance(): void {
    const fit = this.#fit
    const before = this.#bestDistance
    fit.apply(this.#anderson.next(this.#best, this.#bestRatios))
    if (fit.distance < before) {
      this.#keep()
      if (before - this.#bestDistance > this.#negligible) return
    }
    // a step of scaling brings loads nearer, be it by little
    this.#anderson.reset()
    const plain = this.#best.map((value, i) => value + this.#step * this.#bestRatios[i]!)
    const distance = this.#bestDistance
    fit.apply(plain)
    this.isSettled = distance - fit.distance <= this.#negligible
    this.#keep()
  }

  #keep(): void {
    const { distance, multipliers, ratios } = this.#fit
    this.#best = multipliers
    this.#bestRatios = ratios
    this.#bestDistance = distance
  }
}

class Fit {
  /** By direction, as of the last `apply`. */
  multipliers: Float64Array = new Float64Array(0)
  /** ln of counter over load by direction as of the last `apply`; 0 where nothing was counted, or nothing may flow. */
  ratios = new Float64Array(0)
  /** The largest difference of a load from its counter, in parts of the counter. */
  residual = 0
  /** Kullback-Leibler divergence of loads from counters, which every step of scaling makes smaller. */
  distance = 0
  /** bit/s by direction, 0 where nothing was counted. */
  readonly counted: Float64Array
  readonly #prior: DemandMatrix
  readonly #counters: readonly LinkCounter[]
  readonly #index: DemandIndex
  readonly #ports: Ports
  readonly #follower: Follower
  readonly #probes: Probes
  readonly #passes: Float64Array
  /** Quantities of the prior, as in the index. */
  readonly #amounts: Float64Array
  /** By position in the index: what each demand has been multiplied by. */
  readonly #factor: Float64Array
  /** By node: the sum over the way from there to the class at hand, or to one address of it. */
  readonly #potential: Float64Array

  constructor(network: Network, prior: DemandMatrix, counters: readonly LinkCounter[]) {
    const { topology } = network
    this.#prior = prior
    this.#counters = counters
    this.#index = new DemandIndex(network, prior)
    this.#ports = new Ports(topology)
    this.#follower = new Follower(network, this.#index, this.#ports, new LinkState(topology))
    this.#probes = new Probes(network)
    this.#passes = new Float64Array(2 * topology.links.length).fill(1)
    this.counted = new Float64Array(this.#passes.length)
    for (const { direction, bps } of counters) this.counted[direction] = bps
    this.#amounts = this.#index.amounts.slice()
    this.#factor = new Float64Array(this.#index.source.length).fill(1)
    this.#potential = new Float64Array(topology.nodes.length)
    if (!this.#follower.isStraight) {
      this.free()
      refuse(
        'network',
        'has components that decide by more than routes; demands cannot be fitted to its counters',
      )
    }
  }

  free(): void {
    this.#follower.free()
    this.#probes.free()
  }

  /** Multiplies every demand of the prior by the exponential of the sum of multipliers along its way. */
  apply(multipliers: Float64Array): void {
    const { amounts, channels } = this.#index
    this.multipliers = multipliers
    const values = multipliers.slice()
    for (const { direction, bps } of this.#counters) if (bps === 0) values[direction] = -Infinity
    this.#eachDemand(values, (demand, sum) => {
      const factor = sum === -Infinity ? 0 : exp(sum)
      this.#factor[demand] = factor
      for (let at = demand * channels.count; at < (demand + 1) * channels.count; at++)
        amounts[at] = this.#amounts[at]! * factor
    })
    this.#compare()
  }

  /** The most counted directions, in expectation, that any demand crosses; 1 at least. */
  longestPath(): number {
    const isCounted = new Float64Array(this.#passes.length)
    for (const { direction } of this.#counters) isCounted[direction] = 1
    let longest = 1
    this.#eachDemand(isCounted, (_, sum) => {
      longest = Math.max(longest, sum)
    })
    return longest
  }

  #compare(): void {
    const { directions, channels } = this.#follower.follow(this.#passes)
    const { wireOf } = this.#index.channels
    this.ratios = new Float64Array(this.#passes.length)
    this.residual = 0
    this.distance = 0
    for (const { direction, bps } of this.#counters) {
      const load = directions[direction * channels + wireOf[direction >> 1]!]!
      if (bps === load) continue
      this.residual = Math.max(this.residual, bps === 0 ? 1 : Math.abs(load / bps - 1))
      if (bps === 0) continue
      // nothing that the prior has can load this direction
      const ratio = load === 0 ? 0 : ln(bps / load)
      this.ratios[direction] = ratio
      this.distance += load === 0 ? bps : load * beyondLinear(ratio)
    }
  }

  /** By entry of the prior. */
  factors(): Float64Array {
    const factors = new Float64Array(this.#prior.source.length).fill(1)
    this.#index.entry.forEach((entry, demand) => {
      factors[entry] = this.#factor[demand]!
    })
    return factors
  }

  /** Sums values by direction along the way of every demand, each with the demand's share of it. */
  #eachDemand(values: Float64Array, visit: (demand: number, sum: number) => void): void {
    const { source } = this.#index
    const { origins, sorted } = this.#follower
    for (const { plan, receivers } of sorted.classes) {
      for (const receiver of receivers) {
        this.#findPotential(plan, receiver, values)
        for (const i of receiver.demands) visit(i, this.#along(origins.ranges[source[i]!]!, values))
      }
    }
  }

  #findPotential(plan: ClassPlan, { endpoint, address }: ReceiverDemands, values: Float64Array): void {
    const { order, decisions, ranges } = plan
    this.#potential[this.#index.host[endpoint]!] = 0
    for (let i = order.length - 1; i >= 0; i--) {
      const node = order[i]!
      const isLast = decisions[i] === ATTACHED
      const range = isLast
        ? this.#follower.ways.rangeOf(
            node,
            this.#probes.ask(node, this.#probes.entryOf(node), address, address),
          )
        : ranges[i]!
      this.#potential[node] = this.#along(range, values)
    }
  }

  #along(range: number, values: Float64Array): number {
    if (range === NO_WAYS) return 0
    const { start, row, share } = this.#follower.ways
    const { direction, neighbour } = this.#ports
    let sum = 0
    for (let way = start[range]!; way < start[range + 1]!; way++) {
      const port = row[way]!
      sum += share[way]! * (values[direction[port]!]! + this.#potential[neighbour[port]!]!)
    }
    return sum
  }
}

/** e^x - 1 - x, to all digits. */
function beyondLinear(x: number): number {
  if (Math.abs(x) > 1e-2) return exp(x) - 1 - x
  return (x * x * (1 + (x / 3) * (1 + (x / 4) * (1 + (x / 5) * (1 + x / 6))))) / 2
}

function checkCounters({ topology }: Network, counters: readonly LinkCounter[]): void {
  const issues: Issue[] = []
  const seen = new Set<number>()
  counters.forEach(({ direction, bps }, i) => {
    const known = Number.isInteger(direction) && direction >= 0 && direction < 2 * topology.links.length
    if (!known) {
      const message = `direction ${direction} is unknown; there are ${2 * topology.links.length}, two per link`
      issues.push({ path: ['counters', i, 'direction'], message })
    } else if (seen.has(direction)) {
      issues.push({ path: ['counters', i, 'direction'], message: `direction ${direction} is counted twice` })
    }
    seen.add(direction)
    if (!(bps >= 0 && bps < Infinity))
      issues.push({ path: ['counters', i, 'bps'], message: `is ${bps}, expected a rate of 0 or more` })
  })
  if (issues.length > 0) throw new ConfigError(issues)
}
