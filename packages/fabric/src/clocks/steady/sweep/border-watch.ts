import type { Network } from '../../../build/network.ts'
import type { ClassTable } from './class-table.ts'
import type { Damage } from './damage.ts'
import { outwardDirections } from './internet-ways.ts'
import type { LedIndex } from './led-demands.ts'
import type { LoadColumn } from './load-column.ts'

/** A link by which a server is there that stands for clients, the switch where that is done, and whether it is the only one. */
interface StandIn {
  readonly link: number
  readonly node: number
  readonly isOnly: boolean
}

/** Notices what gateways and servers that stand for clients do otherwise than by routes. */
export class BorderWatch {
  /** Directions to the internet, and their loads before the class at hand. */
  readonly #outward: Int32Array
  readonly #before: Float64Array
  readonly #standIns: readonly StandIn[]
  readonly #classes: ClassTable
  readonly #loads: LoadColumn

  constructor(network: Network, index: LedIndex, classes: ClassTable, loads: LoadColumn) {
    this.#outward = network.edges === undefined ? NONE : outwardDirections(network)
    this.#before = new Float64Array(this.#outward.length)
    this.#standIns = standInsOf(index, network)
    this.#classes = classes
    this.#loads = loads
  }

  /** Whether an address that stands for clients is not where it was: its link is dead, and its switch is not. */
  isStandInGone({ dead, deadNode }: Damage): boolean {
    for (const { link, node, isOnly } of this.#standIns)
      if (dead[link] === 1 && !(isOnly && deadNode[node] === 1)) return true
    return false
  }

  /** The loads are those before a class. */
  note(): void {
    const { now } = this.#loads
    for (let i = 0; i < this.#outward.length; i++) this.#before[i] = now[this.#outward[i]!]!
  }

  /** Whether a class has led anything private to the internet since `note`: gateways do not let it out. */
  leavesPrivately(classId: number): boolean {
    if (this.#outward.length === 0 || !this.#classes.isPrivate(classId)) return false
    return this.#outward.some((direction, i) => this.#loads.now[direction] !== this.#before[i])
  }
}

const NONE = new Int32Array(0)

const standInsOf = ({ stages }: LedIndex, { topology }: Network): StandIn[] =>
  stages.flatMap(({ nodes, links }) =>
    links.map((link) => ({
      link,
      node: topology.linkNodes[link]!.find((node) => nodes.includes(node))!,
      isOnly: nodes.length === 1,
    })),
  )
