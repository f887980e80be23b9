import type { NetworkBlueprint } from '@weft/fabric'
import type { RegionInput } from '../../schema/region.ts'
import { type Path, Problems, quote } from '../problems.ts'
import { asList } from '../selectors/selectors.ts'
import { poolAddresses } from './public-addresses.ts'

type Regions = Readonly<Record<string, RegionInput>>

/** Whose each address is, in canonical form: hosts', services', attached ones and those of NAT pools. */
export class AddressOwners {
  /** In words that go behind `is`: `service shop/web's`. */
  readonly #owners = new Map<string, string>()
  /** Of those, the ones that no node and no service of the network has. */
  readonly #claimed: string[] = []

  constructor({ nodes, interfaces }: NetworkBlueprint) {
    for (const { name, addresses } of interfaces?.services ?? [])
      for (const address of addresses) this.#owners.set(address, `service ${name}'s`)
    for (const node of nodes)
      if (node.kind === 'host')
        for (const { addresses } of node.interfaces)
          for (const address of addresses) this.#owners.set(address, `${node.name}'s`)
  }

  of(address: string): string | undefined {
    return this.#owners.get(address)
  }

  /** Gives an address that nobody has to this owner. */
  claim(address: string, owner: string): void {
    this.#owners.set(address, owner)
    this.#claimed.push(address)
  }

  /** What services must not be given: attached addresses and those of NAT pools. */
  get claimed(): readonly string[] {
    return this.#claimed
  }
}

/** Regions' NAT pools get their addresses; refuses those that a service, a host or another region's pool has. */
export function claimPools(owners: AddressOwners, regions: Regions, problems: Problems): void {
  for (const [region, { nat }] of Object.entries(regions)) {
    if (nat === undefined) continue
    const path = ['regions', region, 'nat', 'pool']
    asList(nat.pool).forEach((text, index) => {
      const at = typeof nat.pool === 'string' ? path : [...path, index]
      claimPool(owners, region, text, at, problems)
    })
  }
}

function claimPool(
  owners: AddressOwners,
  region: string,
  text: string,
  path: Path,
  problems: Problems,
): void {
  const own = `in the NAT pool of region ${region}`
  // what is no pool at all is refused where the pool is made
  const addresses = poolAddresses(text, path, new Problems())
  const [first, ...others] = addresses.filter((each) => ![undefined, own].includes(owners.of(each)))
  for (const address of addresses) if (owners.of(address) === undefined) owners.claim(address, own)
  if (first === undefined) return
  const more = others.length === 0 ? '' : `, and ${others.length} more of ${quote(text)} are others' too`
  problems.refuse(
    path,
    `${quote(first)} is ${owners.of(first)} already${more}; the addresses of a NAT pool are its region's alone`,
  )
}
