/**
 * A sum of doubles and of products of doubles carried in twice the precision (106 bits), by error-free
 * transformations: T. J. Dekker, "A floating-point technique for extending the available precision", 1971.
 * Its relative error stays below 2^-100 per addition, where a plain sum of ten million terms loses seven
 * digits.
 */
export class ExactSum {
  #high = 0
  #low = 0

  get value(): number {
    return this.#high + this.#low
  }

  add(term: number): void {
    this.#addPair(term, 0)
  }

  /** Adds x times y; both below 2^500. */
  addProduct(x: number, y: number): void {
    const product = x * y
    this.#addPair(product, productError(x, y, product))
  }

  addSum(other: ExactSum): void {
    this.#addPair(other.#high, other.#low)
  }

  clear(): void {
    this.#high = 0
    this.#low = 0
  }

  #addPair(high: number, low: number): void {
    const sum = this.#high + high
    const shift = sum - this.#high
    const error = this.#high - (sum - shift) + (high - shift)
    const rest = error + (this.#low + low)
    this.#high = sum + rest
    this.#low = rest - (this.#high - sum)
  }
}

/** 2^27 + 1 splits a double of 53 bits into two halves whose products are exact. */
const SPLITTER = 134_217_729

/** What rounding took from x * y. */
function productError(x: number, y: number, product: number): number {
  const xScaled = SPLITTER * x
  const xHigh = xScaled - (xScaled - x)
  const xLow = x - xHigh
  const yScaled = SPLITTER * y
  const yHigh = yScaled - (yScaled - y)
  const yLow = y - yHigh
  return xLow * yLow - (product - xHigh * yHigh - xLow * yHigh - xHigh * yLow)
}
