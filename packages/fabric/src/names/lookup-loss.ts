import type { Network } from '../build/network.ts'
import { walk } from '../clocks/walk/walk.ts'
import { PROTOCOL_UDP } from '../model/packet-table.ts'
import type { ResolverPlace } from './names-blueprint.ts'

/** IP bytes of a question, about. */
const QUESTION_BYTES = 80

/**
 * Why questions are lost that a host sends to its resolver now: the drop reason, by the decisions that packets meet. Undefined
 * where some way leads there, as clients ask again, and where the host has no address of its family.
 */
export function lookupLoss(
  network: Network,
  host: string,
  { addresses, port }: ResolverPlace,
): string | undefined {
  for (const address of addresses) {
    const own = network.sourceOf(host, address.includes(':') ? 'ipv6' : 'ipv4')
    if (own === undefined) continue
    const destination = network.addresses.intern(address)
    const source = network.facing(own, destination)
    const probe = { source, destination, protocol: PROTOCOL_UDP, destinationPort: port }
    const { delivered, drops } = walk(network, { ...probe, sizeBytes: QUESTION_BYTES })
    return delivered > 0 ? undefined : drops[0]?.reason
  }
  return undefined
}
