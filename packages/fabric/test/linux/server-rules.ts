import { type KernelSetup, ROUTER_SYSCTLS } from './linux-kernel.ts'

/** A server with two workloads; the others are reached over its uplink. */
export const SERVER = '192.168.0.10'
export const WORKLOADS = { a: '10.1.0.2', b: '10.1.0.3' } as const
export const REMOTES = ['10.2.0.9', '192.168.0.20'] as const
/** A workload elsewhere that serves. */
export const FAR = '10.2.0.5'
/** Between them, and sends errors alone. */
export const STRANGER = '192.168.0.99'
export const TARGET = 8080

export type WorkloadName = keyof typeof WORKLOADS
export type Link = WorkloadName | 'up'
/** Where a packet comes from: the server itself sends, too. */
export type Sender = Link | 'self'

/** Where a service leads: to one endpoint, so that Linux has no choice, which may be the server; to none; or to none of this server. */
export type Endpoint = WorkloadName | 'far' | 'self' | 'none'

export interface ServedPort {
  readonly endpoint: Endpoint
  /** Of a node port and the external address: clients keep their address. */
  readonly isLocal: boolean
}

/** What one of the workloads may send, or take: everything where absent. */
export interface WorkloadRules {
  readonly egress?: readonly AllowedPeer[]
  readonly ingress?: readonly AllowedPeer[]
}

export interface AllowedPeer {
  /** An address, or anybody. */
  readonly peer: string | undefined
  readonly port: number
}

/** A server as kube-proxy and a firewall of network policies set it up. */
export interface ServerPlan {
  /** At `10.96.0.10`, `.11`, ... and from elsewhere at `10.97.0.10`, ... port 80, and at node ports 30080, 30081, ... */
  readonly services: readonly ServedPort[]
  readonly rules: Readonly<Record<WorkloadName, WorkloadRules>>
  readonly whenDenied: 'drop' | 'reject'
}

export const serviceAddress = (index: number): string => `10.96.0.${10 + index}`
/** Of a load balancer elsewhere: called from here, it is led as by that. */
export const externalAddress = (index: number): string => `10.97.0.${10 + index}`
export const SERVICE_PORT = 80
export const nodePort = (index: number): number => 30_080 + index

export const addressOf = (endpoint: Exclude<Endpoint, 'none'>): string =>
  endpoint === 'far' ? FAR : endpoint === 'self' ? SERVER : WORKLOADS[endpoint]

/** The server as a router in a namespace; rules come with `serverRules`. */
export const SERVER_SETUP: KernelSetup = {
  links: [
    {
      name: 'uplink',
      addresses: [`${SERVER}/24`],
      neighbours: [...REMOTES, FAR, STRANGER],
      // what no rule has translated is routed before it is refused
      routes: ['10.2.0.0/16 dev uplink', '10.96.0.0/15 dev uplink'],
    },
    ...(['a', 'b'] as const).map((name) => ({
      name: `pod-${name}`,
      addresses: [`${SERVER}/32`],
      neighbours: [WORKLOADS[name]],
      routes: [`${WORKLOADS[name]}/32 dev pod-${name}`],
    })),
  ],
  sysctls: ROUTER_SYSCTLS,
  rules: '',
}

export const linkName = (link: Sender): string =>
  link === 'up' ? 'uplink' : link === 'self' ? link : `pod-${link}`

const BOTH = ['tcp', 'udp'] as const
/** Set on what is to be masqueraded, as kube-proxy's KUBE-MARK-MASQ does. */
const MARK = '0x4000'

/** The rule set: services by kube-proxy's order of chains, then a chain for each workload and direction. */
export function serverRules({ services, rules, whenDenied }: ServerPlan): string {
  const deny = whenDenied === 'drop' ? 'drop' : REJECT_PROHIBITED
  return `table ip weft {
chain prerouting {
type nat hook prerouting priority -100
${services.flatMap(translations).join('\n')}
}
chain output_nat {
type nat hook output priority -100
${services.flatMap(ownTranslations).join('\n')}
}
chain output {
type filter hook output priority 0
ct state invalid drop
${services
  .flatMap((service, i) =>
    [
      [SERVER, nodePort(i)] as const,
      [serviceAddress(i), SERVICE_PORT] as const,
      [externalAddress(i), SERVICE_PORT] as const,
    ].flatMap(([to, port]) => refusals(service, to, port, false)),
  )
  .join('\n')}
}
chain postrouting {
type nat hook postrouting priority 100
${Object.values(WORKLOADS)
  .map((address) => `ct status dnat ip saddr ${address} ip daddr ${address} masquerade`)
  .join('\n')}
meta mark ${MARK} masquerade
}
chain input {
type filter hook input priority 0
ct state invalid drop
ct state established,related accept
${services.flatMap((service, i) => refusals(service, SERVER, nodePort(i), true)).join('\n')}
${(['a', 'b'] as const).map((name) => `iifname "pod-${name}" jump egress_${name}`).join('\n')}
}
chain forward {
type filter hook forward priority 0
ct state invalid drop
ct state established,related accept
${services
  .flatMap((service, i) =>
    [serviceAddress(i), externalAddress(i)].flatMap((to) => refusals(service, to, SERVICE_PORT, false)),
  )
  .join('\n')}
${Object.values(WORKLOADS)
  .map((address) => `ip saddr ${address} ip daddr ${address} accept`)
  .join('\n')}
${(['a', 'b'] as const).map((name) => `iifname "pod-${name}" jump egress_${name}`).join('\n')}
${(['a', 'b'] as const).map((name) => `oifname "pod-${name}" jump ingress_${name}`).join('\n')}
}
${(['a', 'b'] as const)
  .flatMap((name) => [
    workloadChain(`egress_${name}`, 'daddr', rules[name].egress, deny),
    workloadChain(`ingress_${name}`, 'saddr', rules[name].ingress, deny),
  ])
  .join('\n')}
}`
}

const REJECT_PROHIBITED = 'meta l4proto tcp reject with tcp reset\nreject with icmp admin-prohibited'

function translations({ endpoint, isLocal }: ServedPort, index: number): string[] {
  if (endpoint === 'none') return []
  const to = `dnat to ${addressOf(endpoint)}:${TARGET}`
  const isHere = endpoint !== 'far'
  return BOTH.flatMap((protocol) => {
    const port = `${protocol} dport ${SERVICE_PORT}`
    const node = `ip daddr ${SERVER} ${protocol} dport ${nodePort(index)}`
    const fromHere = [node, `ip daddr ${externalAddress(index)} ${port}`].map(
      (called) => `iifname { "pod-a", "pod-b" } ${called} ${isLocal ? '' : `meta mark set ${MARK} `}${to}`,
    )
    const fromElsewhere = isLocal
      ? isHere
        ? [`${node} ${to}`]
        : []
      : [`${node} meta mark set ${MARK} ${to}`]
    return [`ip daddr ${serviceAddress(index)} ${port} ${to}`, ...fromHere, ...fromElsewhere]
  })
}

/** Of what the server sends: to every endpoint, under either policy. */
function ownTranslations({ endpoint }: ServedPort, index: number): string[] {
  if (endpoint === 'none') return []
  const to = `meta mark set ${MARK} dnat to ${addressOf(endpoint)}:${TARGET}`
  return BOTH.flatMap((protocol) => [
    `ip daddr ${SERVER} ${protocol} dport ${nodePort(index)} ${to}`,
    ...[serviceAddress(index), externalAddress(index)].map(
      (address) => `ip daddr ${address} ${protocol} dport ${SERVICE_PORT} ${to}`,
    ),
  ])
}

/** What has come through without an endpoint: refused, or dropped where only this server has none. */
function refusals(
  { endpoint, isLocal }: ServedPort,
  address: string,
  port: number,
  isNode: boolean,
): string[] {
  const at = (protocol: string) => `ip daddr ${address} ${protocol} dport ${port}`
  if (endpoint === 'none')
    return [`${at('tcp')} reject with tcp reset`, `${at('udp')} reject with icmp port-unreachable`]
  return isNode && isLocal ? BOTH.map((protocol) => `${at(protocol)} drop`) : []
}

function workloadChain(
  name: string,
  side: 'saddr' | 'daddr',
  allowed: readonly AllowedPeer[] | undefined,
  deny: string,
): string {
  const accepts = allowed?.flatMap(({ peer, port }) =>
    BOTH.map(
      (protocol) => `${peer === undefined ? '' : `ip ${side} ${peer} `}${protocol} dport ${port} return`,
    ),
  )
  return `chain ${name} {\n${accepts === undefined ? 'return' : [...accepts, deny].join('\n')}\n}`
}
