import { type Blueprint, canonicalAddress } from '@weft/fabric'

/** What is said of traffic to addresses of NATs where no packets are simulated. */
export function pooledTrafficWarnings({
  network,
  traffic,
}: Pick<Blueprint, 'network' | 'traffic'>): readonly string[] {
  const pools = new Set(
    (network.edges ?? []).flatMap(({ nat }) => (nat?.pool.addresses ?? []).map(canonicalAddress)),
  )
  return traffic.flatMap(({ name, pairs }) =>
    pairs.kind === 'to-address' && pools.has(canonicalAddress(pairs.address))
      ? [
          `${name} goes to ${pairs.address}, an address of a NAT, where without packets nobody has a mapping: it counts as refused`,
        ]
      : [],
  )
}
