import { ConfigError, type Issue } from '@weft/core'
import { fallibleParts, LinkState, type Topology, virtualSwitchOf } from '@weft/fabric'
import { Problems } from '../compile/problems.ts'
import type { Risk } from '../compile/questions/risks.ts'
import { isPattern, patternOf, spellingsOf } from '../compile/selectors/selectors.ts'

/** Something that can fail: a link, a node, or a group of them that fails as one. */
export interface Part {
  readonly name: string
  readonly kind: PartKind
  /** Indices of the topology; a node takes its links with it without their being listed. */
  readonly links: readonly number[]
  readonly nodes: readonly number[]
}

export const PART_KINDS = ['link', 'switch', 'host', 'risk'] as const
export type PartKind = (typeof PART_KINDS)[number]

/** What `--of` may name: a kind, or a kind and a tier such as `link/fabric`, `switch/spine`. */
export interface PartsOf {
  readonly kind: PartKind
  readonly tier?: string
}

/** All parts of a network and its risk groups, in order of kinds, then numbers. */
export class PartIndex {
  readonly #topology: Topology
  readonly #all: readonly Part[]
  /** Of each kind those that fail by themselves: what is in a server, and who is on the internet, is not among them. */
  readonly #parts: ReadonlyMap<PartKind, readonly Part[]>

  constructor(topology: Topology, risks: readonly Risk[]) {
    this.#topology = topology
    const { isLink, isSwitch, isServer } = fallibleParts(topology)
    this.#all = [
      ...topology.links.map(({ name }, index): Part => ({ name, kind: 'link', links: [index], nodes: [] })),
      ...topology.nodes.map(({ name, kind }, index): Part => {
        const nodes = kind === 'host' ? [index, ...this.#switchIn(name)] : [index]
        return { name, kind: kind === 'host' ? 'host' : 'switch', links: [], nodes }
      }),
      ...risks.map((risk) => this.#riskPart(risk)),
    ]
    const parts = (kind: PartKind, isOne: (part: Part) => boolean) =>
      [kind, this.#all.filter((part) => part.kind === kind && isOne(part))] as const
    const nodeOf = ({ nodes: [index] }: Part) => topology.nodes[index!]!
    this.#parts = new Map<PartKind, readonly Part[]>([
      parts('link', ({ links: [index] }) => isLink(topology.links[index!]!)),
      parts('switch', (part) => isSwitch(nodeOf(part))),
      parts('host', (part) => isServer(nodeOf(part))),
      parts('risk', () => true),
    ])
  }

  /** Every part of a kind, and of a tier where one is named. Throws ConfigError where there is none. */
  of({ kind, tier }: PartsOf): readonly Part[] {
    const parts = this.#parts.get(kind)!
    if (tier === undefined) {
      if (parts.length === 0) refuseOf(noneOf(kind))
      return parts
    }
    const chosen = parts.filter((part) => this.tierOf(part) === tier)
    if (chosen.length > 0) return chosen
    const tiers = [...new Set(parts.flatMap((part) => this.tierOf(part) ?? []))]
    if (tiers.length === 0) return refuseOf(`a ${kind} has no tier; leave out "/${tier}"`)
    return refuseOf(
      new Problems().unknownName(`tier of a ${kind}`, tier, tiers, `it is one of ${tiers.join(', ')}`),
    )
  }

  /** Parts by names or patterns, each once, in the order of the words. Throws ConfigError with every word that is unknown. */
  named(words: readonly string[], option: string): Part[] {
    const chosen = new Set<Part>()
    const issues: Issue[] = []
    const problems = new Problems()
    for (const word of words) {
      const found = this.#find(word)
      for (const part of found) chosen.add(part)
      if (found.length === 0)
        issues.push({
          path: [option],
          message: problems.unknownName(
            'link, switch, host or risk',
            word,
            this.#names(),
            'names look like "ord1/spine-0" or "ord1/leaf-0:ord1/spine-0"',
          ),
        })
    }
    if (issues.length > 0) throw new ConfigError(issues)
    return [...chosen]
  }

  tierOf({ kind, links, nodes }: Part): string | undefined {
    if (kind === 'link') return this.#topology.links[links[0]!]!.tier
    const node = kind === 'switch' ? this.#topology.nodes[nodes[0]!]! : undefined
    return node === undefined || node.kind === 'host' ? undefined : node.tier
  }

  /** A server fails with its virtual switch, and so with all that runs on it. */
  #switchIn(host: string): number[] {
    const vswitch = virtualSwitchOf(host)
    return this.#topology.hasNode(vswitch) ? [this.#topology.nodeIndex(vswitch)] : []
  }

  #find(word: string): Part[] {
    const all = this.#all
    if (isPattern(word)) {
      const matches = patternOf(word)
      return all.filter(({ name }) => matches(name))
    }
    const spellings = new Set(spellingsOf(word))
    return all.filter(({ name }) => spellings.has(name))
  }

  *#names(): Generator<string> {
    for (const { name } of this.#all) yield name
  }

  #riskPart({ name, links, nodes }: Risk): Part {
    return {
      name,
      kind: 'risk',
      links: links.map((link) => this.#topology.linkIndex(link)),
      nodes: nodes.map((node) => this.#topology.nodeIndex(node)),
    }
  }
}

function refuseOf(message: string): never {
  throw new ConfigError([{ path: ['of'], message }])
}

const noneOf = (kind: PartKind): string =>
  kind === 'risk'
    ? 'the scenario has no risks; name groups of links and nodes that fail together under "risks"'
    : `the network has no ${kind}`

/** What is down by number; nodes take their links with them without their being listed. */
export const numbersOf = (down: readonly Part[]) => ({
  links: down.flatMap(({ links }) => links),
  nodes: down.flatMap(({ nodes }) => nodes),
})

/** What is up while these parts are down. */
export function stateWithout(topology: Topology, down: readonly Part[]): LinkState {
  const state = new LinkState(topology)
  for (const { links, nodes } of down) {
    for (const link of links) state.linkUp[link] = 0
    for (const node of nodes) state.nodeUp[node] = 0
  }
  return state
}
