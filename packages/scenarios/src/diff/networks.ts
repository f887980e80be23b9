import { forwards, type LinkBlueprint, type NodeBlueprint } from '@weft/fabric'
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
  const failing = [failureFacts(before), failureFacts(after)] as const
  const names = (parts: readonly { readonly name: string }[]) => parts.map(({ name }) => name)
  return {
    nodes: oneSided(names(a.nodes), names(b.nodes)),
    links: oneSided(names(a.links), names(b.links)),
    changed: [
      ...changedParts(a.nodes, b.nodes, nodeFacts, failing),
      ...changedParts(a.links, b.links, linkFacts, failing),
    ],
  }
}

type Facts = Readonly<Record<string, unknown>>
type FactsByName = ReadonlyMap<string, Facts>

/** How often parts are said to fail, or to be up. */
function failureFacts({ scenario: { blueprint, availability } }: Subject): FactsByName {
  const facts = new Map<string, Facts>()
  for (const { name, unavailability, from } of availability)
    if (from === 'availability') facts.set(name, { availability: unavailability })
  for (const { targets, mtbfPs, mttrPs } of blueprint.reliability ?? [])
    for (const target of targets)
      facts.set(typeof target === 'string' ? target : target.name, { mtbfPs, mttrPs })
  return facts
}

function changedParts<Part extends { readonly name: string }>(
  before: readonly Part[],
  after: readonly Part[],
  factsOf: (part: Part) => Facts,
  failing: readonly [FactsByName, FactsByName],
): ChangedPart[] {
  const byName = (parts: readonly Part[], own: FactsByName) =>
    new Map(parts.map((part) => [part.name, { ...factsOf(part), ...own.get(part.name) }]))
  return common(byName(before, failing[0]), byName(after, failing[1])).flatMap(
    ({ name, before: was, after: is }) => {
      const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
        (key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]),
      )
      return keys.length === 0 ? [] : [{ name, keys }]
    },
  )
}

const linkFacts = ({ name: _name, ...facts }: LinkBlueprint): Facts => facts

function nodeFacts(node: NodeBlueprint): Facts {
  if (forwards(node)) return { kind: node.kind, tier: node.tier, ecmp: node.ecmp }
  const { kind, interfaces, connections } = node
  return { kind, interfaces: interfaces.map(({ name, links }) => ({ name, links })), connections }
}
