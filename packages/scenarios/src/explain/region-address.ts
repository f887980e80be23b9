import { canonicalAddress, type EdgeBlueprint } from '@weft/fabric'
import { regionOwning } from '../compile/internet/unassigned.ts'

/** A public address that no host has: what it is called, and who is meant by it. */
export interface RegionAddress {
  readonly name: string
  readonly note: string
}

/** Of an address of a region's NAT, or of its own prefixes, that no service has; undefined for who is elsewhere. `address` is canonical. */
export function regionAddress(address: string, edges: readonly EdgeBlueprint[]): RegionAddress | undefined {
  const pool = edges.find(({ nat }) =>
    nat?.pool.addresses.some((each) => each === address || canonicalAddress(each) === address),
  )
  if (pool !== undefined) {
    const who = `who has a mapping of region ${pool.region}'s NAT at that port`
    const note = `${address} stands for ${who}: nobody has one here, where no packet has been sent`
    return { name: `${pool.region} NAT pool`, note }
  }
  const owner = regionOwning(address, edges)
  if (owner === undefined) return undefined
  return { name: address, note: `${address} is of region ${owner.region}'s own prefixes, and nothing has it` }
}
