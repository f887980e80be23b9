import type { Network } from '@weft/fabric'
import { InstantLog } from './instant-log.ts'
import type { Direction, LinkMeter } from './running-clock.ts'
import { WindowTable } from './window-table.ts'

/** What a direction carried in a time. */
export interface LinkLoad {
  readonly wireBytes: number
  readonly busyPs: number
}

/**
 * Every direction's utilisation, window by window, read between events. Takes 4 bytes for each direction and window, and
 * 16 for each direction and marked instant.
 */
export class LinkRecorder {
  readonly directions: readonly Direction[]
  readonly #meter: LinkMeter
  readonly #utilization: WindowTable<Float32Array>
  /** As of the end of the last window. */
  readonly #busyPs: Float64Array
  /** Wire bytes and busy time of each direction. */
  readonly #loads = new InstantLog<Float64Array>()

  /** `windows` to make room for at first. */
  constructor({ topology }: Network, meter: LinkMeter, windows: number) {
    this.#meter = meter
    this.directions = topology.links.flatMap(({ ends: [a, b] }, link) => [
      { name: topology.directionName(link, 0), link, from: a, to: b },
      { name: topology.directionName(link, 1), link, from: b, to: a },
    ])
    this.#utilization = new WindowTable(this.directions.length, windows, (length) => new Float32Array(length))
    this.#busyPs = new Float64Array(this.directions.length)
  }

  /** Keeps the meters of this instant, for `loadBetween`. */
  markInstant(atPs: number): void {
    const loads = new Float64Array(this.directions.length * 2)
    for (let direction = 0; direction < this.directions.length; direction++) {
      loads[2 * direction] = this.#meter.wireBytes(direction)
      loads[2 * direction + 1] = this.#meter.busyPs(direction)
    }
    this.#loads.mark(atPs, loads)
  }

  /** Closes a window of this length that ends now. */
  sample(windowPs: number): void {
    this.#utilization.add((direction) => {
      const busyPs = this.#meter.busyPs(direction)
      const share = (busyPs - this.#busyPs[direction]!) / windowPs
      this.#busyPs[direction] = busyPs
      return share
    })
  }

  /** Busy share of every window. */
  utilization(direction: number): Float32Array {
    return this.#utilization.row(direction)
  }

  /** What a direction carried between two marked instants; one that was not reached counts as the last that was. */
  loadBetween(direction: number, fromPs: number, toPs: number): LinkLoad {
    const [before, after] = [this.#loads.at(fromPs)!, this.#loads.at(toPs)!]
    const between = (counter: number) => after[2 * direction + counter]! - before[2 * direction + counter]!
    return { wireBytes: between(0), busyPs: between(1) }
  }
}
