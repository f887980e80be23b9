/** Every reason for which a packet can be lost, as the ledger has it. */
export const DROP_REASONS = [
  'queue-full',
  'link-down',
  'node-down',
  'no-route',
  'bit-error',
  'ttl-expired',
  'not-for-host',
  'no-source-address',
  'port-unreachable',
  'protocol-unreachable',
  'connections-full',
  'no-transit',
  'policy-denied-egress',
  'policy-denied-ingress',
  'conntrack-invalid',
  'conntrack-full',
  'conntrack-clash',
  'service-no-endpoint',
  'service-no-local-endpoint',
  'service-hairpin',
] as const

export type DropReason = (typeof DROP_REASONS)[number]
