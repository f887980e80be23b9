/** Steps remembered. */
const DEPTH = 10
/** Square of what a difference of unit length must have beyond the later ones to say anything new. */
const PIVOT_MIN = 1e-12

/**
 * Anderson's acceleration of a fixed-point iteration x → x + step f(x): the next x is the mix of those before at which f,
 * were it linear, would be least (D. G. Anderson, Journal of the ACM 12, 1965; H. F. Walker and P. Ni, SIAM Journal on
 * Numerical Analysis 49, 2011). It changes the way to the fixed point, not the fixed point. With few unknowns it ends as
 * soon as it has seen as many steps as there are; it promises no descent, which is left to the caller.
 */
export class Anderson {
  readonly #weights: Float64Array
  readonly #step: number
  /** Differences of x and of f between successive steps, so scaled that those of f have length 1; the latest last. */
  #dx: Float64Array[] = []
  #df: Float64Array[] = []
  #x: Float64Array | undefined
  #f: Float64Array | undefined

  /** Lengths of f are measured by these weights. */
  constructor(weights: Float64Array, step: number) {
    this.#weights = weights
    this.#step = step
  }

  /** Forgets what it has seen. */
  reset(): void {
    this.#dx = []
    this.#df = []
    this.#x = this.#f = undefined
  }

  /** The x to go on with. Keeps both columns. */
  next(x: Float64Array, f: Float64Array): Float64Array {
    if (this.#x !== undefined) this.#learn(difference(x, this.#x), difference(f, this.#f!))
    this.#x = x
    this.#f = f
    const mix = this.#mix(f)
    return x.map((value, i) => {
      let sum = value + this.#step * f[i]!
      for (let j = 0; j < mix.length; j++) sum -= mix[j]! * (this.#dx[j]![i]! + this.#step * this.#df[j]![i]!)
      return sum
    })
  }

  #learn(dx: Float64Array, df: Float64Array): void {
    const length = Math.sqrt(this.#product(df, df))
    if (length === 0) return
    this.#dx.push(dx.map((value) => value / length))
    this.#df.push(df.map((value) => value / length))
    if (this.#dx.length <= DEPTH) return
    this.#dx.shift()
    this.#df.shift()
  }

  /** The mix of differences of f that is nearest to f, from the normal equations. */
  #mix(f: Float64Array): Float64Array {
    const df = this.#df
    const matrix = df.map((a) => df.map((b) => this.#product(a, b)))
    return solve(
      matrix,
      df.map((a) => this.#product(a, f)),
    )
  }

  #product(a: Float64Array, b: Float64Array): number {
    let sum = 0
    for (let i = 0; i < a.length; i++) sum += this.#weights[i]! * a[i]! * b[i]!
    return sum
  }
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!)
}

/** Solves a symmetric positive semidefinite system by elimination, from the last unknown; what is undetermined is 0. */
function solve(matrix: number[][], right: number[]): Float64Array {
  const size = right.length
  const isUsed = new Uint8Array(size)
  for (let at = size - 1; at >= 0; at--) {
    const pivot = matrix[at]![at]!
    if (!(pivot > PIVOT_MIN)) continue
    isUsed[at] = 1
    for (let row = 0; row < size; row++) {
      if (row === at) continue
      const factor = matrix[row]![at]! / pivot
      for (let column = 0; column < size; column++) matrix[row]![column]! -= factor * matrix[at]![column]!
      right[row]! -= factor * right[at]!
    }
  }
  return Float64Array.from(right, (value, at) => (isUsed[at] === 1 ? value / matrix[at]![at]! : 0))
}
