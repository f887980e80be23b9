import { canonicalAddress } from '../../model/address-table.ts'
import type { AskedController, RequestBlueprint } from './controller-blueprint.ts'

/** Whom requests meet at an address, in any text form; undefined: no controller. */
export function askedAt(
  { controllers }: RequestBlueprint,
  address: string | undefined,
): AskedController | undefined {
  return controllers.find(
    ({ addresses }) =>
      addresses === undefined || (address !== undefined && addresses.includes(canonicalAddress(address))),
  )
}
