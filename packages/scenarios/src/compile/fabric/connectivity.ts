import type { FabricParts } from '@weft/fabric'
import { type Path, type Problems, quote } from '../problems.ts'

/**
 * Refuses a fabric in which one host cannot reach another. Hosts do not forward, so two hosts reach each other
 * where a link joins them, or where they have links into the same connected set of switches.
 */
export function checkConnected({ nodes, links }: FabricParts, path: Path, problems: Problems): void {
  const sets = new DisjointSets()
  const hosts = nodes.filter((node) => node.kind === 'host').map((host) => host.name)
  const isHost = new Set(hosts)
  for (const { ends } of links) if (!isHost.has(ends[0]) && !isHost.has(ends[1])) sets.join(ends[0], ends[1])
  const reached = new Map<string, Reach>()
  for (const { name, ends } of links) {
    const [a, b] = ends
    const [fromHost, toHost] = [isHost.has(a), isHost.has(b)]
    // A link between two hosts is a set of its own.
    if (fromHost) reach(reached, a, toHost ? name : sets.find(b))
    if (toHost) reach(reached, b, fromHost ? name : sets.find(a))
  }
  // One host stands for all that reach the same sets.
  const representatives = new Map<string, string>()
  for (const host of hosts) {
    const signature = signatureOf(reached.get(host))
    if (!representatives.has(signature)) representatives.set(signature, host)
  }
  const kinds = [...representatives.values()]
  for (const [index, one] of kinds.entries()) {
    const unreached = kinds.slice(0, index).find((other) => isDisjoint(reached.get(one), reached.get(other)))
    if (unreached === undefined) continue
    problems.refuse(path, `host ${quote(one)} is disconnected: no path leads from it to ${quote(unreached)}`)
    return
  }
}

/** The sets that a host has links into: mostly one, so that a network of many hosts needs few objects. */
type Reach = string | Set<string>

function reach(reached: Map<string, Reach>, host: string, set: string): void {
  const known = reached.get(host)
  if (known === undefined) reached.set(host, set)
  else if (typeof known !== 'string') known.add(set)
  else if (known !== set) reached.set(host, new Set([known, set]))
}

const signatureOf = (sets: Reach = new Set()): string =>
  typeof sets === 'string' ? sets : [...sets].sort().join(' ')

function isDisjoint(one: Reach = new Set(), other: Reach = new Set()): boolean {
  const [a, b] = [one, other].map((sets) => (typeof sets === 'string' ? new Set([sets]) : sets))
  return ![...a!].some((each) => b!.has(each))
}

class DisjointSets {
  readonly #parents = new Map<string, string>()

  find(name: string): string {
    let root = name
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root))
      root = parent
    // Shorten the way for the next search.
    for (let at = name; at !== root; ) {
      const next = this.#parents.get(at)!
      this.#parents.set(at, root)
      at = next
    }
    return root
  }

  join(a: string, b: string): void {
    const [x, y] = [this.find(a), this.find(b)]
    if (x !== y) this.#parents.set(x, y)
  }
}
