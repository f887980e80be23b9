import { forwards, type NetworkBlueprint } from '@weft/fabric'

interface Attachment {
  readonly link: string
  /** At its other end. */
  readonly other: string
}

const DEAD = -1

/**
 * Which hosts the control plane hears of while parts of a network are down: those that are up and have a way to it. It stands where
 * most hosts are: of what failures have torn apart, in the part with the most hosts at its switches, whether these are up or not; in
 * a tie in that of the first switch. Parts that nothing has ever joined have one each.
 */
export class ControlPlane {
  /** By host. */
  readonly #attached = new Map<string, Attachment[]>()
  readonly #switches: readonly string[]
  readonly #numberOf: ReadonlyMap<string, number>
  /** By switch: links to others. */
  readonly #joined: readonly (readonly Attachment[])[]
  readonly #hostsAt: ReadonlyMap<string, readonly string[]>
  /** Switches, and links between them. */
  readonly #joins: ReadonlySet<string>
  readonly #down = new Set<string>()
  /** By switch: its part while everything is up. */
  readonly #partAtFirst: Int32Array
  /** By switch: 1 where the control plane is. */
  #isHeard: Uint8Array

  constructor({ nodes, links }: NetworkBlueprint) {
    const joined = new Map<string, Attachment[]>()
    for (const node of nodes) (forwards(node) ? joined : this.#attached).set(node.name, [])
    for (const { name, ends } of links) {
      for (const [at, other] of [ends, [ends[1], ends[0]]] as const) {
        const own = joined.has(other) ? (joined.get(at) ?? this.#attached.get(at)) : this.#attached.get(at)
        own?.push({ link: name, other })
      }
    }
    this.#switches = [...joined.keys()]
    this.#numberOf = new Map(this.#switches.map((name, index) => [name, index]))
    this.#joined = [...joined.values()]
    this.#joins = new Set([...this.#switches, ...this.#joined.flat().map(({ link }) => link)])
    this.#hostsAt = this.#findHostsAt()
    this.#partAtFirst = this.#parts().part
    this.#isHeard = new Uint8Array(this.#switches.length).fill(1)
  }

  has(name: string): boolean {
    return this.#hostsAt.has(name)
  }

  isDown(name: string): boolean {
    return this.#down.has(name)
  }

  hears(host: string): boolean {
    return !this.#down.has(host) && this.#attached.get(host)!.some((each) => this.#leadsOn(each))
  }

  /** Something goes down, or comes up again; answers the hosts of which it may hear otherwise now. */
  set(name: string, isDown: boolean): ReadonlySet<string> {
    if (isDown) this.#down.add(name)
    else this.#down.delete(name)
    const hosts = new Set(this.#hostsAt.get(name))
    // hosts and their links join nothing
    if (!this.#joins.has(name)) return hosts
    const before = this.#isHeard
    this.#isHeard = this.#findHeard()
    this.#isHeard.forEach((isHeard, index) => {
      if (isHeard === before[index]) return
      for (const host of this.#hostsAt.get(this.#switches[index]!)!) hosts.add(host)
    })
    return hosts
  }

  #leadsOn({ link, other }: Attachment): boolean {
    const at = this.#numberOf.get(other)
    return at !== undefined && this.#isHeard[at] === 1 && !this.#down.has(link)
  }

  /** By host, switch and link: the hosts at it. */
  #findHostsAt(): Map<string, string[]> {
    const found = new Map<string, string[]>([...this.#joins].map((name) => [name, []]))
    for (const [host, links] of this.#attached) {
      for (const name of [host, ...links.flatMap(({ link, other }) => [link, other])]) {
        const known = found.get(name)
        if (known === undefined) found.set(name, [host])
        else if (!known.includes(host)) known.push(host)
      }
    }
    return found
  }

  #findHeard(): Uint8Array {
    const { part, count } = this.#parts()
    const isHeard = Uint8Array.from(part, (each) => (each === DEAD ? 0 : 1))
    if (this.#isWhole(part)) return isHeard
    const hosts = this.#hostsIn(part, count)
    const best = new Map<number, number>()
    part.forEach((own, index) => {
      const first = this.#partAtFirst[index]!
      const known = best.get(first)
      if (own !== DEAD && (known === undefined || hosts[own]! > hosts[known]!)) best.set(first, own)
    })
    return isHeard.map((each, index) =>
      each === 1 && best.get(this.#partAtFirst[index]!) === part[index] ? 1 : 0,
    )
  }

  /** Whether what was joined at first is in one part now, as far as it is up. */
  #isWhole(part: Int32Array): boolean {
    const now = new Map<number, number>()
    return part.every((own, index) => {
      if (own === DEAD) return true
      const first = this.#partAtFirst[index]!
      const known = now.get(first) ?? own
      now.set(first, known)
      return known === own
    })
  }

  /** By part: how many hosts have links to it. */
  #hostsIn(part: Int32Array, count: number): Int32Array {
    const hosts = new Int32Array(count)
    for (const links of this.#attached.values()) {
      const own = links.map(({ other }) => part[this.#numberOf.get(other) ?? DEAD] ?? DEAD)
      for (const each of new Set(own)) if (each !== DEAD) hosts[each]!++
    }
    return hosts
  }

  /** By switch: the number of the part that it is in by what is up, in the order of first switches. */
  #parts(): { readonly part: Int32Array; readonly count: number } {
    const part = new Int32Array(this.#switches.length).fill(DEAD)
    let count = 0
    this.#switches.forEach((name, index) => {
      if (part[index] !== DEAD || this.#down.has(name)) return
      part[index] = count
      const reached = [index]
      for (let at = reached.pop(); at !== undefined; at = reached.pop()) {
        for (const { link, other } of this.#joined[at]!) {
          const next = this.#numberOf.get(other)!
          if (part[next] !== DEAD || this.#down.has(link) || this.#down.has(other)) continue
          part[next] = count
          reached.push(next)
        }
      }
      count++
    })
    return { part, count }
  }
}
