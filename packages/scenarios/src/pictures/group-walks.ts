import { type Network, PROTOCOL_UDP, type WalkResult, walk, type LinkState } from '@weft/fabric'
import type { Attachments } from './attachments.ts'

const PACKET_BYTES = 1500

/** Where traffic goes between hosts by their attachments, with the routes that are installed: a walk for each pair, once. */
export class GroupWalks {
  readonly #network: Network
  readonly #attachments: Attachments
  readonly #state: LinkState | undefined
  readonly #known = new Map<number, WalkResult | undefined>()

  /** `state`: what is up; absent: everything. */
  constructor(network: Network, attachments: Attachments, state?: LinkState) {
    this.#network = network
    this.#attachments = attachments
    this.#state = state
  }

  /** Undefined where two hosts have no family of addresses in common, or an attachment has nobody else to send to. */
  between(from: number, to: number): WalkResult | undefined {
    const key = from * this.#attachments.list.length + to
    if (!this.#known.has(key)) this.#known.set(key, this.#walk(from, to))
    return this.#known.get(key)
  }

  #walk(from: number, to: number): WalkResult | undefined {
    const [source] = this.#attachments.list[from]!.hosts
    const destination = this.#attachments.list[to]!.hosts.find((host) => host !== source)
    return destination === undefined ? undefined : this.ofHosts(source!, destination)
  }

  /** Between two hosts, by node index; undefined where they have no family of addresses in common. */
  ofHosts(source: number, destination: number): WalkResult | undefined {
    const names = [source, destination].map((node) => this.#network.topology.nodes[node]!.name)
    const family = (['ipv4', 'ipv6'] as const).find((each) =>
      names.every((name) => this.#network.addressOf(name, each) !== undefined),
    )
    if (family === undefined) return undefined
    const [a, b] = names.map((name) => this.#network.addressOf(name, family)!)
    const state = this.#state
    return walk(
      this.#network,
      {
        source: a!,
        destination: b!,
        protocol: PROTOCOL_UDP,
        destinationPort: 0,
        sizeBytes: PACKET_BYTES,
        isAnswer: true,
      },
      state && ((link) => state.usable(link)),
      state && ((node) => state.nodeUp[node] === 1),
    )
  }
}
