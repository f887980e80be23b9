import { Conntrack } from '../conntrack/conntrack.ts'
import { resolveConntrackOptions } from '../conntrack/conntrack-options.ts'
import { affinityTable } from '../load-balancer/affinity-tables.ts'
import { ServiceTranslation } from '../interfaces/service-translation.ts'
import type { ServiceBlueprint } from '../load-balancer/service-blueprint.ts'
import type { ServicePorts } from '../load-balancer/service-ports.ts'
import { Nat } from '../nat/nat.ts'
import type { NatOptions } from '../nat/nat-options.ts'
import { natPool, type PoolAddress } from '../nat/nat-pool.ts'
import { ConnectionTable } from '../pools/connection-table.ts'
import { natPools } from '../pools/nat-mappings.ts'
import type { EdgeBlueprint, EdgeNatBlueprint, InsideServicesBlueprint } from './edge-blueprint.ts'
import type { EdgeContext } from './edge-context.ts'
import type { PoolNat } from './pool-nat.ts'
import { Translator } from './translator.ts'

export const FAMILIES = ['ipv4', 'ipv6'] as const

export type Family = (typeof FAMILIES)[number]

/** External addresses by IP version. */
export type EdgePools = Readonly<Record<Family, readonly PoolAddress[]>>

/** The pool of a region, interned. */
export function edgePools(
  nat: EdgeNatBlueprint | undefined,
  { addresses }: Pick<EdgeContext, 'addresses'>,
): EdgePools {
  if (nat === undefined) return { ipv4: [], ipv6: [] }
  const all = nat.pool.addresses.map((address) => addresses.intern(address))
  const poolOf = (isIpv6: boolean) => {
    const own = all.filter((address) => addresses.isIpv6(address) === isIpv6)
    return own.length === 0 ? [] : natPool({ ...nat.pool, addresses: own })
  }
  return { ipv4: poolOf(false), ipv6: poolOf(true) }
}

/** Options of one of a region's NATs, with these addresses. `inside`: those that it is for; absent: all of the region. */
export function edgeNatOptions(
  { pool: _, shareSize: __, blocks, ...options }: EdgeNatBlueprint,
  pool: readonly PoolAddress[],
  { addresses }: Pick<EdgeContext, 'addresses'>,
  inside?: ReadonlySet<string>,
): NatOptions {
  if (blocks === undefined) return { ...options, pool }
  const { hosts, ...sizes } = blocks
  if (hosts === undefined) return { ...options, blocks: sizes, pool }
  const isIpv6 = addresses.isIpv6(pool[0]!.address)
  const own = hosts.filter((each) => inside?.has(each) ?? true).map((each) => addresses.intern(each))
  const ofFamily = own.filter((address) => addresses.isIpv6(address) === isIpv6)
  return { ...options, blocks: { ...sizes, hosts: ofFamily }, pool }
}

/** What a region's edge balances: its public services, and those of clients inside. */
export const servedBy = ({ services, inside }: EdgeBlueprint): readonly ServiceBlueprint[] => [
  ...services,
  ...(inside?.services ?? []),
]

/** What translates in one place, with this share of the region's pool; `inside`: the addresses whose packets it translates. */
export function makeTranslator(
  place: string,
  edge: EdgeBlueprint,
  pools: EdgePools,
  services: ServicePorts,
  context: EdgeContext,
  inside?: ReadonlySet<string>,
): Translator {
  const { sim, packets, ledger, addresses, mode } = context
  const options = resolveConntrackOptions(edge.conntrack ?? {})
  const natOf = (family: Family): { [family: string]: PoolNat } =>
    pools[family].length === 0 ? {} : { [family]: poolNat(place, edge.nat!, pools[family], context, inside) }
  const conntrack = new Conntrack(sim, options)
  context.pools.enter(new ConnectionTable(place, conntrack, 'nat-connections'))
  const isIpv6 = (address: number) => addresses.isIpv6(address)
  const affinity = affinityTable(place, servedBy(edge), edge.affinityCapacity, context)
  const balancing = { random: (name: string) => sim.random(name), isIpv6, affinity }
  return new Translator({
    packets,
    ledger,
    addresses,
    mode,
    conntrack,
    tracksWindows: options.tracksWindows,
    ...natOf('ipv4'),
    ...natOf('ipv6'),
    ...(edge.inside !== undefined && { inside: insideNats(place, edge.inside, context) }),
    ...(services.ports.length > 0 && {
      services: new ServiceTranslation(place, packets, services, mode, balancing),
    }),
  })
}

function poolNat(
  place: string,
  nat: EdgeNatBlueprint,
  pool: readonly PoolAddress[],
  context: EdgeContext,
  inside?: ReadonlySet<string>,
): PoolNat {
  const { sim, addresses, pools } = context
  const { address } = pool[0]!
  const family = addresses.isIpv6(address) ? 'ipv6' : 'ipv4'
  const own = new Nat(sim, sim.random(`${place}/nat/${family}`), edgeNatOptions(nat, pool, context, inside))
  const poolAddresses = nat.pool.addresses.filter(
    (each) => addresses.isIpv6(addresses.intern(each)) === (family === 'ipv6'),
  ).length
  const placed = { owner: `${place} ${family}`, place, nat: own, addresses: pool, poolAddresses }
  for (const counted of natPools(placed)) pools.enter(counted)
  return { nat: own, address }
}

/** What stands for clients of a load balancer in the middle: as Linux masquerades. */
function insideNats(
  place: string,
  { addresses }: InsideServicesBlueprint,
  context: EdgeContext,
): { readonly [family: string]: PoolNat } {
  const nat = { pool: { addresses } }
  const pools = edgePools(nat, context)
  const own = FAMILIES.filter((family) => pools[family].length > 0)
  return Object.fromEntries(
    own.map((family) => [family, poolNat(`${place}/inside`, nat, pools[family], context)]),
  )
}
