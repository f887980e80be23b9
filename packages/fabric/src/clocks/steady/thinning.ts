import type { LoadSums } from './following/load-sums.ts'
import type { Thinning } from './steady-loads.ts'

/** Adds up demands where of what arrives at each direction a share passes. */
export interface Followed {
  follow(passes: Float64Array): LoadSums
}

export interface Thinned extends Thinning {
  /** With nothing lost for want of capacity, and with all such losses. */
  readonly offered: LoadSums
  readonly arriving: LoadSums
  /** Share of what arrives at each direction that it carries. */
  readonly passes: Float64Array
}

const ITERATIONS_MAX = 500
const TOLERANCE = 1e-12
/** Iterations without which plain repetition is given up for averages. */
const PLAIN_ITERATIONS = 40

/** Work pass by pass that says how near it is after each, and hears whether to go on: when not, it ends with what it has. */
export type Passes<Answer> = Generator<Thinning, Answer, boolean>

/** Takes all passes at once. */
export function allPasses<Answer>(passes: Passes<Answer>): Answer {
  for (let pass = passes.next(); ; pass = passes.next(true)) if (pass.done === true) return pass.value
}

/**
 * Losses of inelastic demand. A direction to which more arrives than its rate lets every packet pass with the same
 * chance, rate over arrivals; what is lost loads nothing downstream. Repeated from no losses until no share changes by
 * more than 1e-12. Where links thin each other in a circle plain repetition may swing, and each step then goes half way.
 */
export function* thin(follower: Followed, rateBps: Float64Array, wireOf: Int32Array): Passes<Thinned> {
  let passes = new Float64Array(rateBps.length).fill(1)
  const offered = follower.follow(passes)
  let arriving = offered
  let residual = 0
  for (let iterations = 0; iterations < ITERATIONS_MAX; iterations++) {
    const next = passesOf(arriving, rateBps, wireOf)
    if (iterations > PLAIN_ITERATIONS)
      for (let d = 0; d < next.length; d++) next[d] = (next[d]! + passes[d]!) / 2
    residual = largestChange(passes, next)
    if (residual <= TOLERANCE) return { offered, arriving, passes, iterations, residual, converged: true }
    const soFar = { iterations, residual, converged: false }
    if (!(yield soFar)) return { offered, arriving, passes, ...soFar }
    passes = next
    arriving = follower.follow(passes)
  }
  return { offered, arriving, passes, iterations: ITERATIONS_MAX, residual, converged: false }
}

function passesOf(
  { directions, channels }: LoadSums,
  rateBps: Float64Array,
  wireOf: Int32Array,
): Float64Array<ArrayBuffer> {
  return Float64Array.from(rateBps, (rate, direction) => {
    const load = directions[direction * channels + wireOf[direction >> 1]!]!
    return load > rate ? rate / load : 1
  })
}

function largestChange(a: Float64Array, b: Float64Array): number {
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!))
  return largest
}
