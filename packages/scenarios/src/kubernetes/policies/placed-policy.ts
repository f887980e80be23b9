import type { Policy, PolicyPeer, PolicyPort, PolicyRule } from '@weft/fabric'
import type { Path } from '../kinds/kind.ts'

/** A part of a policy with the path of what says it in the manifest. */
export interface Placed<Part> {
  readonly path: Path
  readonly part: Part
}

export interface PlacedRule extends Omit<PolicyRule, 'peers' | 'ports'> {
  readonly path: Path
  readonly peers?: readonly Placed<PolicyPeer>[]
  readonly ports?: readonly Placed<PolicyPort>[]
}

/** A policy that still knows where its manifest says what, so that warnings can point there. */
export interface PlacedPolicy extends Omit<Policy, 'ingress' | 'egress'> {
  readonly subjectPath: Path
  readonly ingress?: readonly PlacedRule[]
  readonly egress?: readonly PlacedRule[]
}

/** The policy alone, as the engine takes it. */
export function policyOf({ name, tier, priority, subject, ingress, egress }: PlacedPolicy): Policy {
  return {
    name,
    tier,
    priority,
    subject,
    ...(ingress === undefined ? {} : { ingress: ingress.map(ruleOf) }),
    ...(egress === undefined ? {} : { egress: egress.map(ruleOf) }),
  }
}

const ruleOf = ({ name, action, peers, ports }: PlacedRule): PolicyRule => ({
  name,
  action,
  ...(peers === undefined ? {} : { peers: peers.map(({ part }) => part) }),
  ...(ports === undefined ? {} : { ports: ports.map(({ part }) => part) }),
})

/** The parts that elements of a list stand for, each with its element's path. */
export const placedIn = <Element, Part>(
  path: Path,
  elements: readonly Element[],
  partsOf: (element: Element) => readonly Part[],
): Placed<Part>[] =>
  elements.flatMap((element, index) => partsOf(element).map((part) => ({ path: [...path, index], part })))
