import { ConfigError, exp, type Issue, ln, refuse } from '@weft/core'
import type { Network } from '../../build/network.ts'
import { ATTACHED } from '../../model/forwarding-table.ts'
import { LinkState } from '../../routing/topology.ts'
import type { DemandMatrix } from '../../traffic/demand/demand-matrix.ts'
import { scaledDemand } from '../../traffic/demand/growth.ts'
import { DemandIndex } from './demand-index.ts'
import { type ClassDemands, Follower } from './follower.ts'
import { Ports } from './ports.ts'
import { Probes } from './probes.ts'
import { NO_WAYS } from './ways.ts'

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
 * scaling (J. N. Darroch and D. Ratcliff, Annals of Mathematical Statistics 43, 1972): each demand is multiplied, in every
 * iteration, by the mean of counter over load along its path, in logarithms. A demand that is 0 stays 0. Counters that
 * contradict each other are met as nearly as their ratios allow, and `converged` is false.
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
  const fit = new Fit(network, prior)
  const step = 1 / fit.longestPath(counters)
  try {
    for (let iterations = 0; ; iterations++) {
      const { ratios, residual } = fit.compare(counters)
      const converged = residual <= tolerance
      if (converged || iterations === iterationsMax)
        return { demands: scaledDemand(prior, fit.factors()), iterations, residual, converged }
      fit.scale(ratios, step)
    }
  } finally {
    fit.free()
  }
}

class Fit {
  readonly #prior: DemandMatrix
  readonly #index: DemandIndex
  readonly #ports: Ports
  readonly #follower: Follower
  readonly #probes: Probes
  readonly #passes: Float64Array
  /** By position in the index: what each demand has been multiplied by. */
  readonly #factor: Float64Array
  /** By node: the sum over the way from there to the class at hand, or to one address of it. */
  readonly #potential: Float64Array

  constructor(network: Network, prior: DemandMatrix) {
    const { topology } = network
    this.#prior = prior
    this.#index = new DemandIndex(network, prior)
    this.#ports = new Ports(topology)
    this.#follower = new Follower(network, this.#index, this.#ports, new LinkState(topology))
    this.#probes = new Probes(network)
    this.#passes = new Float64Array(2 * topology.links.length).fill(1)
    this.#factor = new Float64Array(this.#index.source.length).fill(1)
    this.#potential = new Float64Array(topology.nodes.length)
    const { classes, origins } = this.#follower
    if (classes.some(({ plan }) => plan.pairwise !== undefined) || origins.pairwise.includes(1)) {
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

  /** ln of counter over load by direction, 0 where nothing was counted; and the largest difference in parts. */
  compare(counters: readonly LinkCounter[]): { ratios: Float64Array; residual: number } {
    const { directions, channels } = this.#follower.follow(this.#passes)
    const { wireOf } = this.#index.channels
    const ratios = new Float64Array(this.#passes.length)
    let residual = 0
    for (const { direction, bps } of counters) {
      const load = directions[direction * channels + wireOf[direction >> 1]!]!
      if (bps === load) continue
      residual = Math.max(residual, bps === 0 ? 1 : Math.abs(load / bps - 1))
      // nothing that the prior has can load this direction
      if (load === 0) continue
      ratios[direction] = bps === 0 ? -Infinity : ln(bps / load)
    }
    return { ratios, residual }
  }

  /** The most counted directions, in expectation, that any demand crosses; 1 at least. */
  longestPath(counters: readonly LinkCounter[]): number {
    const counted = new Float64Array(this.#passes.length)
    for (const { direction } of counters) counted[direction] = 1
    let longest = 1
    this.#eachDemand(counted, (_, sum) => {
      longest = Math.max(longest, sum)
    })
    return longest
  }

  /** Multiplies every demand by the exponential of `step` times the sum of ratios along its way. */
  scale(ratios: Float64Array, step: number): void {
    const { amounts, channels } = this.#index
    this.#eachDemand(ratios, (demand, sum) => {
      const factor = sum === -Infinity ? 0 : exp(step * sum)
      this.#factor[demand]! *= factor
      for (let ch = 0; ch < channels.count; ch++) amounts[demand * channels.count + ch]! *= factor
    })
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
    const { start, source } = this.#index
    const { ranges } = this.#follower.origins
    for (const each of this.#follower.classes) {
      for (const d of each.receivers) {
        this.#findPotential(each, d, values)
        for (let i = start[d]!; i < start[d + 1]!; i++) visit(i, this.#along(ranges[source[i]!]!, values))
      }
    }
  }

  #findPotential({ plan }: ClassDemands, receiver: number, values: Float64Array): void {
    const { order, decisions, ranges } = plan
    const address = this.#index.address[receiver]!
    this.#potential[this.#index.host[receiver]!] = 0
    for (let i = order.length - 1; i >= 0; i--) {
      const node = order[i]!
      const isLast = decisions[i] === ATTACHED
      const range = isLast
        ? this.#follower.ways.rangeOf(node, this.#probes.ask(node, 0, address, address))
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
