import { explainPolicy, type Network, type PolicyExplanation } from '@weft/fabric'

/** What policies say of a connection at its two ends, and which rules say so. */
export interface ExplainedPolicy {
  readonly verdict: PolicyExplanation['verdict']
  readonly egress: PolicyExplanation['egress']
  readonly ingress: PolicyExplanation['ingress']
}

/** Undefined where no policies act. Addresses by id. */
export function explainRules(
  { interfaces }: Network,
  connection: { source: number; destination: number; protocol: number; destinationPort: number },
): ExplainedPolicy | undefined {
  if (interfaces === undefined) return undefined
  const { policy } = interfaces
  const { source, destination, protocol, destinationPort } = connection
  const { verdict, egress, ingress } = explainPolicy(
    policy,
    policy.endOf(source),
    policy.endOf(destination),
    protocol,
    destinationPort,
  )
  return { verdict, egress, ingress }
}

/** The rules, or policies, that decided on one side, in words. */
export function decidedBy({
  accepts,
  because,
  deciding,
  isolatedBy,
  selectedBy,
}: PolicyExplanation['egress']): string {
  const verb = accepts ? 'accepted' : 'denied'
  if (because === 'rules')
    return `${verb} by ${deciding.map(({ policy, rule }) => `${policy} ${rule}`).join(', ')}`
  if (because === 'isolated') return `denied: no rule of ${isolatedBy.join(', ')} lets it through`
  if (because === 'own-traffic') return 'accepted: a workload reaches itself'
  if (because === 'own-node') return 'accepted: its own node reaches it'
  if (because === 'no-policy') return 'accepted: no policy selects it'
  return `accepted by default: ${selectedBy.join(', ')} ${selectedBy.length === 1 ? 'decides' : 'decide'} nothing`
}
