import type { PoolAddress } from '../nat/nat-pool.ts'
import { classOf } from '../nat/port-classes.ts'
import { PORT_KINDS } from '../nat/port-kinds.ts'
import { portCount, type PortRange } from '../nat/port-ranges.ts'
import type { NatProtocol, PlacedNat } from './nat-mappings.ts'

/** What new mappings of connections that are alike are for. Addresses by id. */
export interface MappingEnds {
  readonly protocol: NatProtocol
  readonly inside: number
  readonly remote: number
  readonly remotePort: number
}

/** So many places of a NAT that some mappings share, and nobody else uses. */
export interface NatPart {
  /** What becomes of those that find none. */
  readonly reason: 'nat-limit' | 'nat-table-full' | 'nat-ports-exhausted'
  readonly size: number
  /** Of whom they are, or towards whom: what is undefined is of no matter. */
  readonly inside?: number
  readonly protocol?: NatProtocol
  readonly remote?: number
  readonly remotePort?: number
  /** The external address. */
  readonly external?: number
  /** Mappings, by their places in the list. */
  readonly members: number[]
}

/** An inside port as senders choose theirs: which class of external ports stands for it. */
const EPHEMERAL_PORT = 49_152

/**
 * What mappings need one after the other: room for their host, in the table, and a port. Each needs one place of one part of
 * every stage that it is in.
 */
export function natStages(
  placed: Pick<PlacedNat, 'nat' | 'addresses'>,
  mappings: readonly MappingEnds[],
): readonly (readonly NatPart[])[] {
  const { options } = placed.nat
  const { mappingsPerHostMax, mappingsPerHostAndKindMax: ofKind = {}, blocks, overloading } = options
  const stage = (partOf: (ends: MappingEnds) => Omit<NatPart, 'members'> | undefined) =>
    partsOf(mappings, partOf)
  const ofHost = ({ inside }: MappingEnds) => ({
    reason: 'nat-limit' as const,
    size: mappingsPerHostMax,
    inside,
  })
  const ofHostAndKind = ({ inside, protocol }: MappingEnds) =>
    ofKind[protocol] === undefined
      ? undefined
      : { reason: 'nat-limit' as const, size: ofKind[protocol], inside, protocol }
  const ofBlocks = ({ inside, protocol, remote, remotePort }: MappingEnds) => ({
    reason: 'nat-ports-exhausted' as const,
    size: blocks!.size * (blocks!.blocksMax ?? 1),
    inside,
    protocol,
    ...(overloading && { remote, remotePort }),
  })
  const senders = new Set(mappings.map(({ inside }) => inside))
  const isApart = hostsApart(placed.nat, senders)
  const isLimited = mappings.length > 0 && mappingsPerHostMax < UNLIMITED
  return [
    ...(isLimited ? [stage(ofHost)] : []),
    stage(ofHostAndKind),
    stage(() => ({ reason: 'nat-table-full', size: options.capacity })),
    ...(blocks === undefined ? [] : [stage(ofBlocks)]),
    stage((ends) => (isApart(ends.inside) ? undefined : portsFor(placed, ends, isApart))),
  ].filter((parts) => parts.length > 0)
}

const UNLIMITED = 2 ** 31 - 1

/**
 * Whether a host's block for good is no matter to others: it has no other ever, so that it competes with nobody; or it sends
 * nothing, and nobody else has the block.
 */
function hostsApart(
  { options: { blocks } }: PlacedNat['nat'],
  senders: ReadonlySet<number>,
): (host: number) => boolean {
  const fixed = new Set(blocks?.hosts)
  const hasMore = (blocks?.blocksMax ?? 1) > 1
  return (host) => fixed.has(host) && !(hasMore && senders.has(host))
}

function portsFor(
  placed: Pick<PlacedNat, 'nat' | 'addresses'>,
  { protocol, inside, remote, remotePort }: MappingEnds,
  isApart: (host: number) => boolean,
): Omit<NatPart, 'members'> {
  const { nat, addresses } = placed
  const { overloading, pairing } = nat.options
  const isPaired = pairing === 'paired' && addresses.length > 1
  const own = isPaired ? [addresses[nat.homeOf(inside)]!] : addresses
  return {
    reason: 'nat-ports-exhausted',
    size:
      own.reduce((sum, address) => sum + portsOf(nat, address, protocol), 0) -
      portsApart(placed, own, isApart),
    protocol,
    ...(overloading && { remote, remotePort }),
    ...(isPaired && { external: own[0]!.address }),
  }
}

/** Ports of these addresses in blocks of hosts that are apart: hosts have theirs in order, address by address. */
function portsApart(
  { nat, addresses }: Pick<PlacedNat, 'nat' | 'addresses'>,
  own: readonly PoolAddress[],
  isApart: (host: number) => boolean,
): number {
  const { blocks } = nat.options
  const hosts = blocks?.hosts ?? []
  if (blocks === undefined || hosts.length === 0) return 0
  let first = 0
  let apart = 0
  for (const address of addresses) {
    const here = address.ports.tcp.reduce(
      (sum, [from, to]) => sum + Math.floor((to - from + 1) / blocks.size),
      0,
    )
    if (own.includes(address)) apart += hosts.slice(first, first + here).filter(isApart).length
    first += here
  }
  return blocks.size * apart
}

/** Ports that stand for those that senders choose: where they are preserved, of their class alone. */
function portsOf({ options }: PlacedNat['nat'], { ports }: PoolAddress, protocol: NatProtocol): number {
  const all = ports[protocol]
  if (options.allocation !== 'preserve' || options.blocks !== undefined) return portCount(all)
  const [first, last] = classOf(options.portClasses, PORT_KINDS.indexOf(protocol), EPHEMERAL_PORT)
  const ofClass = all.flatMap(([from, to]): PortRange[] =>
    from <= last && to >= first ? [[Math.max(from, first), Math.min(to, last)]] : [],
  )
  return portCount(ofClass.length > 0 ? ofClass : all)
}

function partsOf(
  mappings: readonly MappingEnds[],
  partOf: (ends: MappingEnds) => Omit<NatPart, 'members'> | undefined,
): NatPart[] {
  const parts = new Map<string, NatPart>()
  mappings.forEach((ends, member) => {
    const part = partOf(ends)
    if (part === undefined) return
    const { inside, protocol, remote, remotePort, external } = part
    const key = [inside, protocol, remote, remotePort, external].join()
    const known = parts.get(key)
    if (known === undefined) parts.set(key, { ...part, members: [member] })
    else known.members.push(member)
  })
  return [...parts.values()]
}
