import { type DemandMatrix, type Network, SteadyClock } from '@weft/fabric'
import { type Attached, attachedAt, type Down, isThere } from './attached.ts'

/** A demand as it is when some endpoints are gone. */
export interface Resettled {
  readonly clock: SteadyClock
  /** IP bit/s that nobody is left to take: refused. */
  readonly refusedBps: number
}

/** Clocks that are kept: pairs of parts come with others of the same first part. */
const KEPT_MAX = 64

/**
 * What services' endpoints on hosts that are down, or cut off, leave to the others: a node that nothing is heard of is not ready, nor is
 * what runs on it, and new connections go to endpoints that are left.
 */
export class EndpointLoss {
  readonly #network: Network
  readonly #demandNow: () => DemandMatrix
  readonly #demandBps: number
  /** By node index. */
  readonly #endpoints = new Map<number, Attached>()
  readonly #kept = new Map<string, Resettled>()

  constructor(network: Network, demand: DemandMatrix, demandNow: () => DemandMatrix) {
    this.#network = network
    this.#demandNow = demandNow
    this.#demandBps = sumOf(demand)
    const { source, destination, classOf, classes } = demand
    const isService = classes.map(({ connections }) => {
      const address = connections?.address
      return address !== undefined && network.hostOf(network.addresses.intern(address)) === undefined
    })
    classOf.forEach((number, entry) => {
      if (!isService[number]) return
      const node = classes[number]!.connections!.isAnswer ? source[entry]! : destination[entry]!
      if (!this.#endpoints.has(node)) this.#endpoints.set(node, attachedAt(network.topology, node))
    })
  }

  /** The demand while this is down; undefined where all endpoints are there. */
  without(down: Down): Resettled | undefined {
    if (down.links.length === 0 && down.nodes.length === 0) return undefined
    const gone: number[] = []
    for (const [node, attached] of this.#endpoints) if (!isThere(attached, down)) gone.push(node)
    if (gone.length === 0) return undefined
    const key = gone.sort((a, b) => a - b).join()
    let known = this.#kept.get(key)
    if (known === undefined) {
      known = this.#resettle(gone)
      if (this.#kept.size >= KEPT_MAX) this.#kept.clear()
      this.#kept.set(key, known)
    }
    return known
  }

  #resettle(gone: readonly number[]): Resettled {
    const network = this.#network
    const addresses = gone.flatMap((node) => network.hostAddresses.get(node)!.flat())
    const before = addresses.map((address) => network.interfaces?.services.conditionsAt(address))
    for (const address of addresses)
      network.setEndpoint(address, { isRunning: true, isServing: false, isTerminating: false })
    try {
      const demand = network.withEverythingUp(this.#demandNow)
      return {
        clock: new SteadyClock(network, demand),
        refusedBps: Math.max(0, this.#demandBps - sumOf(demand)),
      }
    } finally {
      for (const [i, address] of addresses.entries())
        network.setEndpoint(address, {
          isRunning: true,
          isServing: before[i]?.serving ?? true,
          isTerminating: before[i]?.terminating ?? false,
        })
    }
  }
}

const sumOf = ({ ipBps }: DemandMatrix): number => ipBps.reduce((sum, bps) => sum + bps, 0)
