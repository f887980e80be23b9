import type { FiveTuple } from '../../model/probe-packet.ts'

const CROSSINGS_MIN = 16

/** Of a crossing that nothing came before: the first link of a path. */
export const NO_CROSSING = -1

/** Where a probe ended, and why. */
export interface Death {
  readonly reason: string
  readonly node: number
  /** The crossing before, and the share of the flow that ends here. */
  readonly crossing: number
  readonly share: number
  /** Of the packet that tells the sender; absent where none does. */
  readonly answer?: FiveTuple
}

/**
 * The links that a flow crosses: a line, or a tree where it is sprayed. Each crossing has the share of the flow that
 * comes by it, and the crossing before it.
 */
export class Path {
  /** Directions: `2 * link + end`, see `Directions`. */
  directions = new Int32Array(CROSSINGS_MIN)
  shares = new Float64Array(CROSSINGS_MIN)
  previous = new Int32Array(CROSSINGS_MIN)
  /** Share of the flow that is delivered behind this crossing. */
  delivered = new Float64Array(CROSSINGS_MIN)
  length = 0
  /** Where parts of the probe died; none where all of it was delivered. */
  readonly deaths: Death[] = []

  /** The first of them. */
  get died(): Death | undefined {
    return this.deaths[0]
  }

  /** Some of the flow comes by other crossings than the rest. */
  get branches(): boolean {
    for (let i = 0; i < this.length; i++) if (this.shares[i] !== 1) return true
    return false
  }

  clear(): this {
    this.length = 0
    this.deaths.length = 0
    return this
  }

  /** The number of the new crossing. */
  cross(direction: number, share: number, previous: number): number {
    if (this.length === this.directions.length) this.#grow()
    const crossing = this.length++
    this.directions[crossing] = direction
    this.shares[crossing] = share
    this.previous[crossing] = previous
    this.delivered[crossing] = 0
    return crossing
  }

  #grow(): void {
    const widened = <Column extends Int32Array | Float64Array>(column: Column, to: Column): Column => {
      to.set(column)
      return to
    }
    const length = this.length * 2
    this.directions = widened(this.directions, new Int32Array(length))
    this.shares = widened(this.shares, new Float64Array(length))
    this.previous = widened(this.previous, new Int32Array(length))
    this.delivered = widened(this.delivered, new Float64Array(length))
  }
}
