import { ConfigError, type Issue } from '@weft/core'
import { containsAddress, parsePrefixBits, type PrefixBits } from './address-bits.ts'
import type {
  LabelSelector,
  Policy,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
  WorkloadSelector,
} from './policy-blueprint.ts'
import { PORT_MAX } from './port-set.ts'

type Path = readonly (string | number)[]

export function refusePolicyIssues(policy: Policy): void {
  const issues = policyIssues(policy)
  if (issues.length > 0) throw new ConfigError(issues)
}

/** What is wrong with a policy as data; manifests were checked by their own rules before. */
export function policyIssues(policy: Policy): Issue[] {
  const path = [policy.name]
  const { tier, priority } = policy
  const issues = selectorIssues(policy.subject, [...path, 'subject'])
  if (tier !== 'network' && !(Number.isInteger(priority) && priority >= 0 && priority <= 1000))
    issues.push({
      path: [...path, 'priority'],
      message: `got ${priority}; expected a whole number from 0 to 1000`,
    })
  for (const direction of ['egress', 'ingress'] as const) {
    for (const [i, rule] of (policy[direction] ?? []).entries())
      issues.push(...ruleIssues(rule, tier, [...path, direction, i]))
  }
  return issues
}

function ruleIssues(rule: PolicyRule, tier: Policy['tier'], path: Path): Issue[] {
  const issues: Issue[] = []
  if (tier === 'network' && rule.action !== 'accept') {
    const message = `a rule of a network policy accepts, got "${rule.action}"; use the tier admin or baseline`
    issues.push({ path: [...path, 'action'], message })
  }
  for (const [i, peer] of (rule.peers ?? []).entries())
    issues.push(...peerIssues(peer, [...path, 'peers', i]))
  for (const [i, port] of (rule.ports ?? []).entries())
    issues.push(...portIssues(port, [...path, 'ports', i]))
  return issues
}

function peerIssues(peer: PolicyPeer, path: Path): Issue[] {
  if (peer.kind === 'workloads') return selectorIssues(peer.select, path)
  if (peer.kind === 'nodes') return labelIssues(peer.labels, [...path, 'labels'])
  if (peer.kind === 'domain')
    return peer.name === '' ? [{ path: [...path, 'name'], message: 'is empty; expected a domain name' }] : []
  const cidr = prefixOf(peer.cidr)
  if (cidr === undefined) return [prefixIssue(peer.cidr, [...path, 'cidr'])]
  return peer.except.flatMap((text, i) => {
    const except = prefixOf(text)
    if (except === undefined) return [prefixIssue(text, [...path, 'except', i])]
    if (except.length > cidr.length && containsAddress(cidr, except)) return []
    const message = `${JSON.stringify(text)} is no smaller part of ${peer.cidr}; expected a longer prefix within it`
    return [{ path: [...path, 'except', i], message }]
  })
}

function portIssues(port: PolicyPort, path: Path): Issue[] {
  if (port.kind === 'named')
    return port.name === ''
      ? [{ path: [...path, 'name'], message: 'is empty; expected the name of a port' }]
      : []
  const { first, last } = port
  const isPort = (value: number) => Number.isInteger(value) && value >= 1 && value <= PORT_MAX
  if (isPort(first) && isPort(last) && first <= last) return []
  return [
    { path, message: `got ports ${first} to ${last}; expected 1 to ${PORT_MAX}, the first at most the last` },
  ]
}

function selectorIssues({ namespaces, labels }: WorkloadSelector, path: Path): Issue[] {
  const ofNamespaces =
    'name' in namespaces ? [] : labelIssues(namespaces.labels, [...path, 'namespaces', 'labels'])
  return [...ofNamespaces, ...labelIssues(labels, [...path, 'labels'])]
}

function labelIssues(selector: LabelSelector, path: Path): Issue[] {
  return selector.flatMap(({ key, operator, values }, i) => {
    const takesValues = operator === 'In' || operator === 'NotIn'
    if (values.length > 0 === takesValues) return []
    const expected = takesValues ? 'expected at least one value' : 'expected none'
    return [
      { path: [...path, i], message: `${operator} of "${key}" has ${values.length} values; ${expected}` },
    ]
  })
}

function prefixOf(text: string): PrefixBits | undefined {
  try {
    return parsePrefixBits(text)
  } catch {
    return undefined
  }
}

const prefixIssue = (text: string, path: Path): Issue => ({
  path,
  message: `${JSON.stringify(text)} is not an address prefix; expected one such as 10.0.0.0/8 or fd00::/64`,
})
