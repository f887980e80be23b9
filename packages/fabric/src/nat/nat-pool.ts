import { ConfigError, type Issue } from '@weft/core'
import { PORT_KINDS, type PortKind } from './port-kinds.ts'
import { PORT_MAX, portCount, type PortRange, portRangesIssues, usablePorts } from './port-ranges.ts'

/** Ports of one kind of protocol in place of those for all. */
export interface KindPorts {
  readonly ports?: readonly PortRange[]
  readonly reserved?: readonly PortRange[]
}

export interface NatPoolOptions {
  /** External addresses, interned. */
  readonly addresses: readonly number[]
  /** External ports of each address; by default 1024 to 65535, and all identifiers of ICMP. */
  readonly ports?: readonly PortRange[]
  /** Ports among them that nobody gets. */
  readonly reserved?: readonly PortRange[]
  readonly tcp?: KindPorts
  readonly udp?: KindPorts
  readonly icmp?: KindPorts
}

/** What a NAT has of an external address. */
export interface PoolAddress {
  /** Interned. */
  readonly address: number
  /** In order, none overlapping. Of portless protocols 0 to 0, or nothing where another NAT has them. */
  readonly ports: Readonly<Record<PortKind, readonly PortRange[]>>
}

const DEFAULT_PORTS: readonly PortRange[] = [[1024, PORT_MAX]]
const ALL_IDENTIFIERS: readonly PortRange[] = [[0, PORT_MAX]]

/** A pool of whole addresses. Throws ConfigError for what makes no sense, all of it at once. */
export function natPool(options: NatPoolOptions): readonly PoolAddress[] {
  const ports = {
    tcp: portsOf(options, 'tcp', DEFAULT_PORTS),
    udp: portsOf(options, 'udp', DEFAULT_PORTS),
    icmp: portsOf(options, 'icmp', ALL_IDENTIFIERS),
    portless: [[0, 0]] as const,
  }
  const issues = [...poolOptionsIssues(options), ...emptyKinds(ports)]
  if (issues.length > 0) throw new ConfigError(issues)
  return options.addresses.map((address) => ({ address, ports }))
}

/** External ports of a kind in a whole pool. */
export function poolPorts(pool: readonly PoolAddress[], kind: PortKind): number {
  return pool.reduce((sum, { ports }) => sum + portCount(ports[kind]), 0)
}

/** What is wrong with a pool itself: addresses twice, none at all. */
export function poolIssues(
  pool: readonly PoolAddress[],
  path: readonly (string | number)[],
): readonly Issue[] {
  const addresses = pool.map(({ address }) => address)
  const isAddress = (address: number) => Number.isInteger(address) && address >= 0 && address < 2 ** 31
  const issues: Issue[] = []
  const seen = new Set<number>()
  if (pool.length === 0 || pool.length > PORT_MAX)
    issues.push({ path, message: `got ${pool.length} addresses, expected 1 to ${PORT_MAX}` })
  addresses.forEach((address, i) => {
    const at = [...path, i]
    if (!isAddress(address))
      issues.push({ path: at, message: `got ${address}, expected an interned address: a whole number` })
    else if (seen.has(address)) issues.push({ path: at, message: `address ${address} is in the pool twice` })
    seen.add(address)
  })
  return issues
}

function portsOf(
  options: NatPoolOptions,
  kind: 'tcp' | 'udp' | 'icmp',
  otherwise: readonly PortRange[],
): readonly PortRange[] {
  const own = options[kind]
  return usablePorts(own?.ports ?? options.ports ?? otherwise, [
    ...(own?.reserved ?? []),
    ...(options.reserved ?? []),
  ])
}

function poolOptionsIssues(options: NatPoolOptions): readonly Issue[] {
  const pool = options.addresses.map((address) => ({ address, ports: {} as PoolAddress['ports'] }))
  const ranges = (['tcp', 'udp', 'icmp'] as const).flatMap((kind) => [
    ...portRangesIssues(options[kind]?.ports ?? [], [kind, 'ports']),
    ...portRangesIssues(options[kind]?.reserved ?? [], [kind, 'reserved']),
  ])
  return [
    ...poolIssues(pool, ['addresses']),
    ...portRangesIssues(options.ports ?? [], ['ports']),
    ...portRangesIssues(options.reserved ?? [], ['reserved']),
    ...ranges,
  ]
}

function emptyKinds(ports: PoolAddress['ports']): readonly Issue[] {
  return PORT_KINDS.filter((kind) => ports[kind].length === 0).map((kind) => ({
    path: ['ports'],
    message: `no port is left for ${kind}, expected at least one that is not reserved`,
  }))
}
