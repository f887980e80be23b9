import {
  type ForwardingBlueprint,
  forwards,
  type HostBlueprint,
  type LinkBlueprint,
  type NetworkBlueprint,
} from '../src/blueprint/network.ts'

/** Share of traffic by link name; empty for no route. */
export type Shares = Record<string, number>

/**
 * Shortest paths by the book (Floyd and Warshall) over plain objects, for tests alone: who forwards to which
 * interface over which links, and in which proportions.
 */
export class RoutingOracle {
  readonly #network: NetworkBlueprint
  readonly #usable: readonly LinkBlueprint[]
  readonly #switches: ReadonlyMap<string, ForwardingBlueprint>
  readonly #distance = new Map<string, number>()

  constructor(network: NetworkBlueprint, isUp: (nameOfNodeOrLink: string) => boolean) {
    this.#network = network
    this.#usable = network.links.filter(({ name, ends }) => isUp(name) && isUp(ends[0]) && isUp(ends[1]))
    const switches = network.nodes.filter(forwards)
    this.#switches = new Map(switches.map((node) => [node.name, node]))
    this.#measure()
  }

  /** How a switch forwards to the interface that has an address. */
  sharesAtSwitch(name: string, address: string): Shares {
    const interfaceLinks = this.#interfaceOf(address).links
    const attached = this.#usable.filter((link) => interfaceLinks.includes(link.name))
    const here = attached.filter(({ ends }) => ends.includes(name))
    if (here.length > 0) return this.#share(here, this.#switches.get(name)!.ecmp.weights)
    const targets = attached.flatMap(({ ends }) => ends.filter((end) => this.#switches.has(end)))
    const costFrom = (from: string) => Math.min(...targets.map((to) => this.#distanceOf(from, to)))
    const best = costFrom(name)
    if (best === Infinity) return {}
    const hops = this.#usable.filter(({ ends, cost }) => {
      if (!ends.includes(name)) return false
      const far = ends[0] === name ? ends[1] : ends[0]
      return this.#switches.has(far) && this.#leadsOn(far, costFrom(far)) && cost + costFrom(far) === best
    })
    return this.#share(hops, this.#switches.get(name)!.ecmp.weights)
  }

  /** How a host sends from the interface that has an address. */
  sharesAtHost(address: string): Shares {
    const { links } = this.#interfaceOf(address)
    return this.#share(
      this.#usable.filter((link) => links.includes(link.name)),
      'rate',
    )
  }

  #interfaceOf(address: string) {
    const hosts = this.#network.nodes.filter((node): node is HostBlueprint => node.kind === 'host')
    return hosts.flatMap((host) => host.interfaces).find((nic) => nic.addresses.includes(address))!
  }

  #share(links: readonly LinkBlueprint[], weights: 'equal' | 'rate'): Shares {
    const weightOf = (link: LinkBlueprint) => link.weight ?? (weights === 'rate' ? link.rateBps : 1)
    const sum = links.reduce((total, link) => total + weightOf(link), 0)
    return Object.fromEntries(links.map((link) => [link.name, weightOf(link) / sum]))
  }

  /** A vswitch carries traffic of its own workloads alone. */
  #leadsOn(via: string, left: number): boolean {
    return left === 0 || this.#switches.get(via)!.kind === 'switch'
  }

  #distanceOf(from: string, to: string): number {
    return this.#distance.get(`${from} ${to}`) ?? Infinity
  }

  #measure(): void {
    const names = [...this.#switches.keys()]
    for (const name of names) this.#distance.set(`${name} ${name}`, 0)
    for (const { ends, cost } of this.#usable) {
      for (const [from, to] of [ends, [ends[1], ends[0]]]) {
        if (!this.#switches.has(from!) || !this.#switches.has(to!)) continue
        this.#distance.set(`${from} ${to}`, Math.min(cost, this.#distanceOf(from!, to!)))
      }
    }
    for (const via of names.filter((name) => this.#switches.get(name)!.kind === 'switch')) {
      for (const from of names) {
        for (const to of names) {
          const sum = this.#distanceOf(from, via) + this.#distanceOf(via, to)
          if (sum < this.#distanceOf(from, to)) this.#distance.set(`${from} ${to}`, sum)
        }
      }
    }
  }
}
