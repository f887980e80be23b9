import { type Prefix, parsePrefix } from '../blueprint/generators/addresses.ts'
import type { AddressTable } from '../model/address-table.ts'
import type { PublicServiceBlueprint } from './edge-blueprint.ts'

/** Which clients public services let in that do not let in everybody: Kubernetes' loadBalancerSourceRanges. */
export class SourceRanges {
  private readonly addresses: AddressTable
  /** By the service's address: its prefixes, and which clients were found to be in one of them. */
  private readonly ranges = new Map<number, { prefixes: readonly Prefix[]; known: Map<number, boolean> }>()

  constructor(services: readonly PublicServiceBlueprint[], addresses: AddressTable) {
    this.addresses = addresses
    for (const { sources, addresses: called } of services) {
      if (sources === undefined) continue
      const prefixes = sources.map(prefixOf)
      for (const address of called) this.ranges.set(addresses.intern(address), { prefixes, known: new Map() })
    }
  }

  /** Whether a client may send to this address. */
  letIn(address: number, client: number): boolean {
    if (this.ranges.size === 0) return true
    const range = this.ranges.get(address)
    if (range === undefined) return true
    let isIn = range.known.get(client)
    if (isIn === undefined) {
      const text = this.addresses.textOf(client)
      const { first, family } = prefixOf(`${text}/${this.addresses.isIpv6(client) ? 128 : 32}`)
      isIn = range.prefixes.some((one) => one.family === family && one.first <= first && first <= one.last)
      range.known.set(client, isIn)
    }
    return isIn
  }
}

function prefixOf(text: string): Prefix {
  const parsed = parsePrefix(text)
  if (!parsed.ok) throw new RangeError(parsed.message)
  return parsed.prefix
}
