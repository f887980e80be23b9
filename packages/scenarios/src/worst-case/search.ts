import { CrossingShares, LinkState, type Network, type NetworkSymmetry, wireBytes } from '@weft/fabric'
import { boundOf, commoditiesOf, type HostPrices, hostPrices } from './commodities.ts'
import { classOf, type DirectionClass, directionClasses } from './direction-classes.ts'
import type { FailureSet } from './failure-sets.ts'
import type { HoseLimits } from './hose.ts'
import type { PackingSolver } from './packing.ts'
import { type WitnessDemand, witnessOf } from './witness.ts'

/** The worst that was found for a class of directions. */
export interface Found {
  readonly of: DirectionClass
  readonly direction: number
  /** Wire bit/s. */
  readonly loadBps: number
  readonly boundBps: number
  readonly failed: FailureSet
  readonly witness: readonly WitnessDemand[]
}

export interface SearchInput {
  readonly network: Network
  readonly symmetry: NetworkSymmetry
  /** Links that are asked about. */
  readonly links: readonly number[]
  readonly hose: HoseLimits
  readonly family: 'ipv4' | 'ipv6'
  readonly packetBytes: number
  readonly solver: PackingSolver
}

/** Loads that differ by no more, relative, are the same: rounding. */
const EQUAL = 1e-12

/** Looks for the worst of every class of directions, failure set by failure set. */
export class WorstCaseSearch {
  /** By class of directions while everything is up. */
  readonly found = new Map<number, Found>()
  /** Programmes that a bound has shown not to be worse. */
  bounded = 0
  readonly #input: SearchInput
  readonly #base: Int32Array
  readonly #classes = new Map<number, DirectionClass>()
  /** By direction: prices of the last programme that was solved. */
  readonly #prices = new Map<number, HostPrices>()

  constructor(input: SearchInput, base: Int32Array) {
    this.#input = input
    this.#base = base
    const { network, symmetry, links } = input
    for (const each of directionClasses(network.topology, symmetry, base, links))
      this.#classes.set(this.#classOf(each.directions[0]!), each)
  }

  /** Routes around the set, and asks for one direction of each class that is left. Leaves its routes installed. */
  visit(set: FailureSet): void {
    const { members, least } = set
    const { network, symmetry, links, family } = this.#input
    const state = new LinkState(network.topology)
    const { nodes } = network.topology
    for (const vertex of members) {
      if (vertex < nodes.length) state.nodeUp[vertex] = 0
      else state.linkUp[vertex - nodes.length] = 0
    }
    network.installRoutes(state)
    const shares = new CrossingShares(network, { family, state })
    try {
      for (const { directions } of directionClasses(network.topology, symmetry, least, links))
        for (const direction of directions) this.#ask(direction, set, shares)
    } finally {
      shares.free()
    }
  }

  #ask(direction: number, failed: FailureSet, shares: CrossingShares): void {
    const { network, hose, solver } = this.#input
    const commodities = commoditiesOf(shares.of(direction), hose)
    const wire = this.#wireFactor(direction)
    const key = this.#classOf(direction)
    const known = this.found.get(key)
    if (
      known !== undefined &&
      boundOf(commodities, this.#prices.get(direction)) * wire <= known.loadBps * (1 + EQUAL)
    ) {
      this.bounded++
      return
    }
    const { value, bound, amounts, prices } = solver.solve(commodities)
    this.#prices.set(direction, hostPrices(commodities, prices, network.topology.nodes.length))
    if (known !== undefined && value * wire <= known.loadBps * (1 + EQUAL)) return
    this.found.set(key, {
      of: this.#classes.get(key)!,
      direction,
      loadBps: value * wire,
      boundBps: bound * wire,
      failed,
      witness: witnessOf(commodities, amounts, hose),
    })
  }

  #classOf(direction: number): number {
    const { network, symmetry } = this.#input
    return classOf(network.topology, symmetry, this.#base, direction)
  }

  /** Bits on the wire per IP bit. */
  #wireFactor(direction: number): number {
    const { network, packetBytes } = this.#input
    return wireBytes(network.topology.links[direction >> 1]!.framing, packetBytes) / packetBytes
  }
}
