import type { HostBlueprint } from '../../../blueprint/network.ts'
import type { Network } from '../../../build/network.ts'
import { PRIVATE } from '../../../edge/address-scopes.ts'

/** Where demands are given another destination. */
export interface LedStage {
  /** Node indices, ascending. */
  readonly nodes: readonly number[]
  readonly isPublic: boolean
  /** Of servers that stand for clients: the links by which they are there. */
  readonly links: number[]
}

/** Numbers the stages that demands go by: those of the same nodes are one, private and public apart. */
export class LedStages {
  readonly list: LedStage[] = []
  readonly #network: Network
  readonly #numberOf = new Map<string, number>()
  /** By address. */
  readonly #known = new Map<number, number | undefined>()

  constructor(network: Network) {
    this.#network = network
  }

  /** The stage that takes packets to an address; undefined where no switch does. */
  of(address: number): number | undefined {
    if (!this.#known.has(address)) this.#known.set(address, this.#find(address))
    return this.#known.get(address)
  }

  #find(address: number): number | undefined {
    const { topology, scopes } = this.#network
    const links = this.#linksTo(address)
    const ends = links.map((link) => topology.linkNodes[link]!.find((node) => !topology.isHost(node)))
    const nodes = [...new Set([...this.#network.takersOf(address), ...ends])].sort((a, b) => a! - b!)
    if (nodes.length === 0 || nodes.includes(undefined)) return undefined
    const isPublic = scopes.of(address) !== PRIVATE
    const key = `${isPublic}/${nodes.join()}`
    let number = this.#numberOf.get(key)
    if (number === undefined) {
      number = this.list.push({ nodes: nodes as number[], isPublic, links: [] }) - 1
      this.#numberOf.set(key, number)
    }
    this.list[number]!.links.push(...links)
    return number
  }

  /** The links by which a host has this address; none where no host has it. */
  #linksTo(address: number): number[] {
    const { topology, hostAddresses } = this.#network
    const host = this.#network.hostOf(address)
    if (host === undefined) return []
    const at = hostAddresses.get(host)!.findIndex((addresses) => addresses.includes(address))
    const { links } = (topology.nodes[host] as HostBlueprint).interfaces[at]!
    return links.map((name) => topology.linkIndex(name))
  }
}
