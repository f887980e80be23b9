import type { Network } from '../../build/network.ts'
import type { Directions } from './directions.ts'
import type { Path } from './path.ts'

/** Which links and nodes are up as far as flows notice. */
export class Ways {
  /** By link. */
  readonly isUsable: Uint8Array
  readonly #isNodeUp: Uint8Array
  readonly #directions: Directions

  constructor({ topology }: Network, directions: Directions) {
    this.#directions = directions
    this.isUsable = new Uint8Array(topology.links.length).fill(1)
    this.#isNodeUp = new Uint8Array(topology.nodes.length).fill(1)
  }

  setLink(link: number, usable: boolean): void {
    this.isUsable[link] = usable ? 1 : 0
  }

  setNode(node: number, up: boolean): void {
    this.#isNodeUp[node] = up ? 1 : 0
  }

  isNodeUp(node: number): boolean {
    return this.#isNodeUp[node] === 1
  }

  /** Whether every link of a path is up. */
  carries({ directions, length }: Path): boolean {
    for (let i = 0; i < length; i++) if (this.isUsable[directions[i]! >> 1] === 0) return false
    return true
  }

  /** Bits per second that a direction has room for now. */
  capacityOf(direction: number): number {
    return this.isUsable[direction >> 1] === 1 ? this.#directions.capacity[direction]! : 0
  }
}
