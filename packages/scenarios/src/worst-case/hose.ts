import { ConfigError } from '@weft/core'
import { type Network, wireBytes } from '@weft/fabric'
import { patternOf } from '../compile/selectors/selectors.ts'

/** IP bit/s, or a share of what the host's interface carries. */
export type Limit = { readonly bps: number } | { readonly share: number }

/** How much each host that the pattern selects may send and receive; what is absent stays as it was. */
export interface HoseRule {
  /** A name, or a pattern with `*` and `**`. */
  readonly hosts: string
  readonly send?: Limit
  readonly receive?: Limit
}

/** How much the hosts that the pattern selects may together send to others, and receive from others. */
export interface SiteRule {
  readonly hosts: string
  readonly sendBps: number
  readonly receiveBps: number
}

export interface HoseOptions {
  /** The last that selects a host counts. Absent: every host's interface rate. */
  readonly limits?: readonly HoseRule[]
  readonly sites?: readonly SiteRule[]
}

/** Limits of every host and site in IP bit/s. */
export interface HoseLimits {
  /** By node index; 0 for switches. */
  readonly sendBps: Float64Array
  readonly receiveBps: Float64Array
  readonly sites: readonly Site[]
}

export interface Site {
  readonly name: string
  readonly hosts: ReadonlySet<number>
  readonly sendBps: number
  readonly receiveBps: number
}

/**
 * Without rules a host sends and receives what its interface carries in packets of this size, framing deducted. Throws
 * ConfigError on patterns without hosts and on limits that are none.
 */
export function hoseLimits(
  network: Network,
  family: 'ipv4' | 'ipv6',
  packetBytes: number,
  { limits = [], sites = [] }: HoseOptions,
): HoseLimits {
  const { nodes } = network.topology
  const interfaceBps = Float64Array.from(nodes, (_, node) =>
    interfaceRateBps(network, node, family, packetBytes),
  )
  const [sendBps, receiveBps] = [interfaceBps.slice(), interfaceBps.slice()]
  limits.forEach(({ hosts, send, receive }, i) => {
    for (const node of select(network, hosts, ['limits', i, 'hosts'])) {
      if (send !== undefined) sendBps[node] = limitBps(send, interfaceBps[node]!, ['limits', i, 'send'])
      if (receive !== undefined)
        receiveBps[node] = limitBps(receive, interfaceBps[node]!, ['limits', i, 'receive'])
    }
  })
  return {
    sendBps,
    receiveBps,
    sites: sites.map(({ hosts, ...rates }, i) => ({
      name: hosts,
      hosts: new Set(select(network, hosts, ['sites', i, 'hosts'])),
      sendBps: limitBps({ bps: rates.sendBps }, 0, ['sites', i, 'sendBps']),
      receiveBps: limitBps({ bps: rates.receiveBps }, 0, ['sites', i, 'receiveBps']),
    })),
  }
}

/** What tells hosts apart by their limits. */
export function hoseLabel({ sendBps, receiveBps, sites }: HoseLimits, node: number): string {
  const within = sites.flatMap(({ hosts }, i) => (hosts.has(node) ? [i] : []))
  return `${sendBps[node]} ${receiveBps[node]} ${within.join()}`
}

/** IP bit/s of the interface whose address the host uses, all links of a bond together. */
function interfaceRateBps(
  { topology }: Network,
  index: number,
  family: 'ipv4' | 'ipv6',
  packetBytes: number,
): number {
  const node = topology.nodes[index]!
  if (node.kind !== 'host') return 0
  const isIpv6 = family === 'ipv6'
  const own = node.interfaces.find(({ addresses }) => addresses.some((text) => text.includes(':') === isIpv6))
  return (own?.links ?? []).reduce((sum, name) => {
    const { rateBps, framing } = topology.links[topology.linkIndex(name)]!
    return sum + (rateBps * packetBytes) / wireBytes(framing, packetBytes)
  }, 0)
}

function select({ topology }: Network, pattern: string, path: readonly (string | number)[]): number[] {
  const matches = patternOf(pattern)
  const found = topology.nodes.flatMap(({ kind, name }, node) =>
    kind === 'host' && matches(name) ? [node] : [],
  )
  if (found.length > 0) return found
  const example = topology.nodes.find(({ kind }) => kind === 'host')?.name
  const message = `no host matches "${pattern}"; hosts are named as in "${example}", and * stands for anything but a slash`
  throw new ConfigError([{ path: [...path], message }])
}

function limitBps(limit: Limit, interfaceBps: number, path: readonly (string | number)[]): number {
  const bps = 'bps' in limit ? limit.bps : limit.share * interfaceBps
  if (bps >= 0 && bps < Infinity) return bps
  throw new ConfigError([{ path: [...path], message: `is ${bps}, expected a rate of 0 or more` }])
}
