import type { LinkBlueprint, NodeBlueprint } from '@weft/fabric'
import type { Subject } from '../whatif/subject.ts'
import { common, type OneSided, oneSided } from './changes.ts'

/** A link or node that is in both and not the same in both. */
export interface ChangedPart {
  readonly name: string
  /** What differs: `rateBps`, `delayPs`, `ecmp` ... */
  readonly keys: readonly string[]
}

export interface NetworkDiff {
  readonly nodes: OneSided
  readonly links: OneSided
  readonly changed: readonly ChangedPart[]
}

/** Names that one network has and the other has not, and what has the name and differs. Addresses are not looked at. */
export function diffNetworks(before: Subject, after: Subject): NetworkDiff {
  const [a, b] = [before.network.topology, after.network.topology]
  const names = (parts: readonly { readonly name: string }[]) => parts.map(({ name }) => name)
  return {
    nodes: oneSided(names(a.nodes), names(b.nodes)),
    links: oneSided(names(a.links), names(b.links)),
    changed: [...changedParts(a.nodes, b.nodes, nodeFacts), ...changedParts(a.links, b.links, linkFacts)],
  }
}

function changedParts<Part extends { readonly name: string }>(
  before: readonly Part[],
  after: readonly Part[],
  factsOf: (part: Part) => Readonly<Record<string, unknown>>,
): ChangedPart[] {
  const byName = (parts: readonly Part[]) => new Map(parts.map((part) => [part.name, factsOf(part)]))
  return common(byName(before), byName(after)).flatMap(({ name, before: was, after: is }) => {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
      (key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]),
    )
    return keys.length === 0 ? [] : [{ name, keys }]
  })
}

const linkFacts = ({ name: _name, ...facts }: LinkBlueprint): Record<string, unknown> => facts

function nodeFacts(node: NodeBlueprint): Record<string, unknown> {
  if (node.kind === 'switch') return { kind: node.kind, tier: node.tier, ecmp: node.ecmp }
  return { kind: node.kind, interfaces: node.interfaces.map(({ name, links }) => ({ name, links })) }
}
