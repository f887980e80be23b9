import type { PortSet } from '@weft/fabric'
import type { Connectivity, OutsidePorts, ReachClass } from './connectivity.ts'

/** Workloads that connect to the same ones on the same ports, and are connected to alike. */
export interface AlikeGroup {
  /** By name. */
  readonly workloads: readonly string[]
  /** Any of them stands for all. */
  readonly like: ReachClass
}

/**
 * Workloads put together by what may be connected, whatever labels and rules it follows from: what people want to read.
 * Takes all pairs of classes at once. What single workloads on their host's network may do on their own node is left out.
 */
export class Alike {
  readonly groups: readonly AlikeGroup[]
  readonly connectivity: Connectivity
  readonly #table: PortTable

  constructor(connectivity: Connectivity) {
    this.connectivity = connectivity
    this.#table = new PortTable(connectivity)
    const groups = new Map<string, { workloads: string[]; like: ReachClass }>()
    for (const one of connectivity.classes) {
      const key = `${this.#table.key(one.index)}|${outsideKey(connectivity, one)}`
      const known = groups.get(key)
      if (known === undefined) groups.set(key, { workloads: [...one.workloads], like: one })
      else known.workloads.push(...one.workloads)
    }
    this.groups = [...groups.values()].map(({ workloads, like }) => ({ workloads: workloads.sort(), like }))
  }

  /** From any of one group to any other of another. */
  ports(from: AlikeGroup, to: AlikeGroup): PortSet {
    return this.portsOfClasses(from.like, to.like)
  }

  portsOfClasses(from: ReachClass, to: ReachClass): PortSet {
    return this.#table.at(from.index, to.index)
  }

  /** Ordered pairs of different workloads that may connect on some port. */
  connectedPairs(): number {
    const { classes, none } = this.connectivity
    let pairs = 0
    for (const from of classes) {
      for (const to of classes) {
        if (this.portsOfClasses(from, to) === none) continue
        const others = to === from ? to.workloads.length - 1 : to.workloads.length
        pairs += from.workloads.length * others
      }
    }
    return pairs
  }
}

/** Ports of all pairs of classes, as numbers. */
class PortTable {
  readonly #count: number
  readonly #ids: Uint32Array
  /** By their id. */
  readonly #sets: PortSet[] = []

  constructor(connectivity: Connectivity) {
    const { classes } = connectivity
    this.#count = classes.length
    this.#ids = new Uint32Array(this.#count * this.#count)
    for (const [row, from] of classes.entries()) {
      for (const [column, ports] of connectivity.portsToAll(from).entries()) {
        this.#sets[ports.id] = ports
        this.#ids[row * this.#count + column] = ports.id
      }
    }
  }

  at(from: number, to: number): PortSet {
    return this.#sets[this.#ids[from * this.#count + to]!]!
  }

  /** What a class is to all others, and they to it. */
  key(index: number): string {
    const row = this.#ids.subarray(index * this.#count, (index + 1) * this.#count)
    const column = new Uint32Array(this.#count)
    for (let from = 0; from < this.#count; from++) column[from] = this.#ids[from * this.#count + index]!
    return `${row.join()}|${column.join()}`
  }
}

const outsideKey = (connectivity: Connectivity, one: ReachClass): string =>
  [connectivity.toOutside(one), connectivity.fromOutside(one)].map(keyOf).join('|')

const keyOf = (parts: readonly OutsidePorts[]): string =>
  parts
    .map(({ ports, prefixes }) => `${ports.id} ${prefixes}`)
    .sort()
    .join(';')
