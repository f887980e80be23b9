import type { PolicyPeer, PolicyPort } from '@weft/fabric'
import { PORT_MAX } from '../api-names.ts'
import { parseCidr } from '../cidr.ts'
import type { Path } from '../kinds/kind.ts'
import type { NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from '../kinds/network-policy.ts'
import { labelSelector } from '../label-selector.ts'
import { type PlacedPolicy, type PlacedRule, placedIn } from './placed-policy.ts'

type Direction = 'ingress' | 'egress'

export interface Remark {
  readonly path: Path
  readonly message: string
}

/**
 * Directions in which a policy isolates its pods. Missing or empty `policyTypes` stand for ingress, and for egress too
 * where there is at least one egress rule (kubernetes/kubernetes pkg/apis/networking/v1/defaults.go).
 */
export function isolatedDirections({ policyTypes = [], egress = [] }: NetworkPolicySpec): Direction[] {
  if (policyTypes.length === 0) return egress.length > 0 ? ['ingress', 'egress'] : ['ingress']
  const wanted = new Set(policyTypes.map((type) => type.toLowerCase()))
  return (['ingress', 'egress'] as const).filter((direction) => wanted.has(direction))
}

/** A NetworkPolicy's spec as rules. A direction that it does not isolate has none, whatever is written there. */
export function networkPolicy(namespace: string, name: string, spec: NetworkPolicySpec): PlacedPolicy {
  const own = { namespaces: { name: namespace }, labels: labelSelector(spec.podSelector ?? {}) }
  const directions = isolatedDirections(spec)
  const ingress = spec.ingress ?? []
  const egress = spec.egress ?? []
  return {
    name: `NetworkPolicy ${namespace}/${name}`,
    tier: 'network',
    priority: 0,
    subject: own,
    subjectPath: ['spec', 'podSelector'],
    ...(directions.includes('ingress')
      ? {
          ingress: ingress.map(({ from, ports }, index) =>
            rule(namespace, 'ingress', index, 'from', from, ports),
          ),
        }
      : {}),
    ...(directions.includes('egress')
      ? { egress: egress.map(({ to, ports }, index) => rule(namespace, 'egress', index, 'to', to, ports)) }
      : {}),
  }
}

function rule(
  namespace: string,
  direction: Direction,
  index: number,
  field: 'from' | 'to',
  peers: readonly NetworkPolicyPeer[] = [],
  ports: readonly NetworkPolicyPort[] = [],
): PlacedRule {
  const path = ['spec', direction, index]
  const peersOf = (peer: NetworkPolicyPeer) => [peerOf(namespace, peer)]
  return {
    name: `${direction}[${index}]`,
    action: 'accept',
    path,
    ...(peers.length === 0 ? {} : { peers: placedIn([...path, field], peers, peersOf) }),
    ...(ports.length === 0 ? {} : { ports: placedIn([...path, 'ports'], ports, (port) => [portOf(port)]) }),
  }
}

/** No namespaceSelector is the policy's own namespace, no podSelector all pods of the selected ones. */
function peerOf(
  namespace: string,
  { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer,
): PolicyPeer {
  if (ipBlock !== undefined) {
    const { cidr, except = [] } = ipBlock
    return { kind: 'addresses', cidr: canonical(cidr), except: except.map(canonical) }
  }
  const namespaces =
    namespaceSelector === undefined ? { name: namespace } : { labels: labelSelector(namespaceSelector) }
  return { kind: 'workloads', select: { namespaces, labels: labelSelector(podSelector ?? {}) } }
}

function portOf({ protocol = 'TCP', port, endPort }: NetworkPolicyPort): PolicyPort {
  if (typeof port === 'string') return { kind: 'named', name: port, protocol }
  return { kind: 'range', protocol, first: port ?? 1, last: endPort ?? port ?? PORT_MAX }
}

/** A prefix that the schema has let through. */
export function canonical(given: string): string {
  const cidr = parseCidr(given)
  return typeof cidr === 'string' ? given : cidr.text
}

/** Prefixes with bits behind their length: older API servers took them, newer ones refuse to create them. */
export function cidrRemarks(spec: NetworkPolicySpec): Remark[] {
  const remarks: Remark[] = []
  const look = (given: string, path: Path) => {
    const cidr = parseCidr(given)
    if (typeof cidr === 'string' || cidr.isCanonical) return
    remarks.push({
      path,
      message: `${given} has bits set behind its length and is read as ${cidr.text}; write that`,
    })
  }
  const lookInto = (peers: readonly NetworkPolicyPeer[] = [], path: Path) => {
    for (const [index, { ipBlock }] of peers.entries()) {
      if (ipBlock === undefined) continue
      look(ipBlock.cidr, [...path, index, 'ipBlock', 'cidr'])
      for (const [hole, given] of (ipBlock.except ?? []).entries())
        look(given, [...path, index, 'ipBlock', 'except', hole])
    }
  }
  for (const [index, { from }] of (spec.ingress ?? []).entries())
    lookInto(from, ['spec', 'ingress', index, 'from'])
  for (const [index, { to }] of (spec.egress ?? []).entries()) lookInto(to, ['spec', 'egress', index, 'to'])
  return remarks
}

/** What `policyTypes`, given or not, makes of rules that may have been meant otherwise. */
export function policyTypeRemarks(spec: NetworkPolicySpec): Remark[] {
  const { policyTypes = [], ingress = [], egress = [] } = spec
  if (policyTypes.length === 0 && egress.length > 0 && spec.ingress === undefined)
    return [
      {
        path: ['spec', 'egress'],
        message:
          'without policyTypes, a policy with egress rules alone lets nothing in to its pods either; if that is not meant, write policyTypes: [Egress]',
      },
    ]
  const directions = isolatedDirections(spec)
  const ignored = (
    [
      ['ingress', ingress],
      ['egress', egress],
    ] as const
  ).filter(([direction, rules]) => rules.length > 0 && !directions.includes(direction))
  return ignored.map(([direction]) => ({
    path: ['spec', direction],
    message: `these rules do nothing, as policyTypes has no ${direction === 'ingress' ? 'Ingress' : 'Egress'}`,
  }))
}
