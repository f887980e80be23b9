import { fallibleParts, LinkState, type NetworkSymmetry, type Topology } from '@weft/fabric'

/** One link or one switch down. */
export interface SingleFailure {
  /** Of the link or switch. */
  readonly name: string
  readonly kind: 'link' | 'switch'
  readonly index: number
  /** How many failures it stands for, itself among them. */
  readonly alike: number
}

/** All failures of a link or a switch, gateways among them; with a symmetry one of each kind that is alike. Links first, by number. */
export function singleFailures(topology: Topology, symmetry: NetworkSymmetry | undefined): SingleFailure[] {
  const parts = fallibleParts(topology)
  const failures = [
    ...topology.links.flatMap((link, index) =>
      parts.isLink(link) ? [{ name: link.name, kind: 'link' as const, index }] : [],
    ),
    ...topology.nodes.flatMap((node, index) =>
      parts.isSwitch(node) ? [{ name: node.name, kind: 'switch' as const, index }] : [],
    ),
  ]
  if (symmetry === undefined) return failures.map((failure) => ({ ...failure, alike: 1 }))
  const least = symmetry.orbits()
  const vertexOf = ({ kind, index }: (typeof failures)[number]) =>
    kind === 'link' ? symmetry.vertexOfLink(index) : symmetry.vertexOfNode(index)
  const counts = new Map<number, number>()
  for (const failure of failures) {
    const orbit = least[vertexOf(failure)]!
    counts.set(orbit, (counts.get(orbit) ?? 0) + 1)
  }
  return failures
    .filter((failure) => least[vertexOf(failure)] === vertexOf(failure))
    .map((failure) => ({ ...failure, alike: counts.get(vertexOf(failure))! }))
}

/** Everything up but this. */
export function stateUnder(topology: Topology, { kind, index }: SingleFailure): LinkState {
  const state = new LinkState(topology)
  if (kind === 'link') state.linkUp[index] = 0
  else state.nodeUp[index] = 0
  return state
}
