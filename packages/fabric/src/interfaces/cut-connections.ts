import type { Conntrack } from '../conntrack/conntrack.ts'
import { protocolOf, zoneOf } from '../conntrack/tuple-words.ts'
import { ORIGINAL, REPLY } from '../conntrack/verdict.ts'
import { PROTOCOL_UDP } from '../model/packet-table.ts'
import { POLICY_ACCEPT, type PolicyEngine } from '../policy/policy-engine.ts'

/** Where an entry's protocol and zone stand. */
const ZONE_WORD = 3

/** Whether policies would let a known connection through as they are now, at the interface that its entry is of. */
export function isStillAllowed(
  row: number,
  conntrack: Conntrack,
  policy: PolicyEngine,
  hostOf: (address: number) => number | undefined,
): boolean {
  const word = conntrack.entries.table.wordOf(2 * row, ZONE_WORD)
  const source = conntrack.sourceOf(row, ORIGINAL)
  // what replies come from is where its packets really go
  const destination = conntrack.sourceOf(row, REPLY)
  const port = conntrack.sourcePortOf(row, REPLY)
  const protocol = protocolOf(word)
  const decision =
    hostOf(source) === zoneOf(word)
      ? policy.egressVerdictOf(source, destination, protocol, port)
      : policy.ingressVerdictOf(source, destination, protocol, port)
  return decision === POLICY_ACCEPT
}

/**
 * Datagrams know no end of a connection: while a client goes on sending, they would go where nobody is. So kube-proxy
 * forgets their entries (kubernetes/kubernetes, pkg/proxy/conntrack/cleanup.go).
 */
export function cutDatagramsTo(address: number, conntrack: Conntrack): void {
  conntrack.reevaluate((row) => {
    if (protocolOf(conntrack.entries.table.wordOf(2 * row, ZONE_WORD)) !== PROTOCOL_UDP) return true
    const isTranslated = conntrack.destinationOf(row, ORIGINAL) !== conntrack.sourceOf(row, REPLY)
    return !(isTranslated && conntrack.sourceOf(row, REPLY) === address)
  })
}
