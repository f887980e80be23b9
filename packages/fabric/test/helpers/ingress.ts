import { MS, SECOND } from '@weft/core'
import { graph } from '../../src/blueprint/generators/graph.ts'
import type { Blueprint, EventBlueprint } from '../../src/blueprint/blueprint.ts'
import { attachWorkloads } from '../../src/blueprint/generators/workloads.ts'
import type { OfferedBlueprint } from '../../src/blueprint/traffic.ts'
import { PacketRun } from '../../src/clocks/packet/packet-run.ts'
import { resolveCertificateOptions } from '../../src/ingress/certificates/certificate-options.ts'
import type {
  IngressControllerBlueprint,
  RequestBlueprint,
} from '../../src/ingress/controller/controller-blueprint.ts'
import type { IngressListener, RequestAction, RequestRule } from '../../src/ingress/ingress-blueprint.ts'
import { resolveTls, type TlsBlueprint } from '../../src/ingress/tls/tls-blueprint.ts'
import type { Policy, PolicySet } from '../../src/policy/policy-blueprint.ts'
import { networkOf, plainLink } from './networks.ts'

const ECMP = { mode: 'five-tuple', weights: 'equal', flowletGapPs: 0 } as const
/** Links on which a packet takes next to no time, so that instants are sums of delays: a full one 12 ps. */
const RATE_BPS = 1e15
export const DELAY_PS = MS
/** There and back between any two hosts. */
export const ROUND_TRIP_PS = 4 * DELAY_PS

export const forwardTo = (...names: string[]): RequestAction => ({
  kind: 'forward',
  backends: names.map((backend) => ({ backend, weight: 1 })),
})

export const ruleFor = (path: string, action: RequestAction): RequestRule => ({
  name: `rule ${path}`,
  host: { kind: 'exact', host: 'shop.example.com' },
  path: { kind: 'prefix', path },
  action,
})

export const RULES: readonly RequestRule[] = [
  ruleFor('/cart', forwardTo('cart')),
  ruleFor('/old', { kind: 'answer', status: 301 }),
  ruleFor('/gone', { kind: 'answer', status: 503 }),
  ruleFor('/void', { kind: 'forward', backends: [{ weight: 1 }] }),
]

export interface IngressChoices {
  readonly replicas?: number
  readonly clients?: number
  readonly capacity?: Partial<IngressControllerBlueprint['capacity']>
  readonly keepAlive?: Partial<IngressControllerBlueprint['keepAlive']>
  readonly backendTimeoutPs?: number
  readonly tls?: Partial<TlsBlueprint>
  readonly certificates?: Partial<IngressControllerBlueprint['certificateOptions']>
  readonly offered: OfferedBlueprint
  readonly request?: Partial<Pick<RequestBlueprint, 'scheme'>> & {
    readonly path?: string
    readonly port?: number
  }
  readonly host?: string
  readonly seed?: string
  /** When the backend dies; absent: never. */
  readonly downPs?: number
  /** When a policy denies everybody the backend, which is then a workload, and when it is deleted; absent: there are no policies. */
  readonly denied?: { readonly fromPs: number; readonly toPs: number; readonly connections: 'block' | 'keep' }
}

export const hostsOf = (kind: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `r/${kind}-${index}`)

/** Clients, replicas of a controller and a backend around one switch; clients ask whichever replica they draw. */
export function ingressBlueprint(choices: IngressChoices): Blueprint {
  const { replicas = 1, clients = 1, request = {}, seed = 'ingress' } = choices
  const names = ['cart', ...hostsOf('client', clients), ...hostsOf('edge', replicas)].map((name) =>
    name.replace('r/', ''),
  )
  const link = plainLink(RATE_BPS, DELAY_PS, 1_000_000)
  const parts = graph({
    region: 'r',
    switches: [{ name: 's', tier: 'any', ecmp: ECMP }],
    hosts: names.map((name) => ({ name, bond: false })),
    links: names.map((name) => ({ between: [name, 's'], options: link })),
  })
  const isWorkload = choices.denied !== undefined
  const workload = { name: 'shop/cart', host: 'r/cart', addresses: [] }
  const network = networkOf(isWorkload ? attachWorkloads(parts, [workload], { ...link, delayPs: 0 }) : parts)
  const cart = network.nodes.find(({ name }) => name === (isWorkload ? 'shop/cart' : 'r/cart'))!
  const address = cart.kind === 'host' ? cart.interfaces[0]!.addresses[0]! : ''
  const { scheme = 'http', path = '/cart', port } = request
  const listener: IngressListener = {
    name: 'http',
    port: 80,
    host: { kind: 'any' },
    requests: { rules: RULES, fallsThroughHosts: false },
  }
  const shown = { host: { kind: 'exact', host: 'shop.example.com' }, certificate: 'shop/front-tls' } as const
  const controller: IngressControllerBlueprint = {
    name: 'edge',
    replicas: hostsOf('edge', replicas),
    point: {
      name: 'edge',
      listeners: [listener, { ...listener, name: 'https', port: 443, certificates: [shown] }],
    },
    backends: [{ name: 'cart', address, port: 8080 }],
    capacity: {
      workers: 4,
      waitingMax: 1_000_000,
      request: { kind: 'constant', ps: 0 },
      ...choices.capacity,
    },
    keepAlive: { connections: 0, idlePs: 60 * SECOND, ...choices.keepAlive },
    backendTimeoutPs: choices.backendTimeoutPs ?? 60 * SECOND,
    tls: resolveTls({ fullPs: 0, resumedPs: 0, ...choices.tls }),
    certificates: [{ name: 'shop/front-tls', hosts: ['shop.example.com'] }],
    certificateOptions: resolveCertificateOptions(choices.certificates),
  }
  return {
    name: 'ingress',
    seed,
    network: isWorkload ? { ...network, interfaces: { policies: policiesAt(address) } } : network,
    ingress: [controller],
    events: eventsOf(choices),
    traffic: [
      {
        name: 'shoppers',
        pairs: { kind: 'from-to', from: hostsOf('client', clients), to: hostsOf('edge', replicas) },
        offered: choices.offered,
        transport: { kind: 'tcp', options: {} },
        dscp: 0,
        priority: 0,
        family: 'ipv4',
        port: port ?? (scheme === 'http' ? 80 : 443),
        request: {
          scheme,
          request: { host: choices.host ?? 'shop.example.com', path },
          controllers: [
            {
              controller: 'edge',
              ...(scheme === 'https' && { tls: controller.tls }),
              replicas: controller.replicas,
              upstream: [{ backend: 'cart', address, family: 'ipv4', port: 8080, share: 1 }],
            },
          ],
        },
      },
    ],
  }
}

function eventsOf({ downPs, denied }: IngressChoices): readonly EventBlueprint[] {
  if (downPs !== undefined) return [{ atPs: downPs, action: 'fail', target: 'r/cart' }]
  if (denied === undefined) return []
  const { fromPs, toPs, connections } = denied
  const policy: Policy = {
    name: 'deny',
    tier: 'network',
    priority: 0,
    subject: { namespaces: { name: 'shop' }, labels: [] },
    ingress: [],
  }
  return [
    { atPs: fromPs, action: 'apply-policy', target: policy.name, policy, connections },
    { atPs: toPs, action: 'delete-policy', target: policy.name, connections },
  ]
}

/** The backend as policies know it. */
const policiesAt = (address: string): PolicySet => ({
  namespaces: [{ name: 'shop', labels: {} }],
  nodes: [{ name: 'r/cart', labels: {}, addresses: [] }],
  workloads: [
    {
      name: 'shop/cart',
      namespace: 'shop',
      labels: {},
      ports: [],
      addresses: [address],
      node: 'r/cart',
      hostNetwork: false,
    },
  ],
  policies: [],
})

export const runIngress = (choices: IngressChoices): PacketRun =>
  new PacketRun(ingressBlueprint(choices), { arrivalsEndPs: Number.MAX_SAFE_INTEGER })

/** One request of a client. */
export const once = (bytes = 500): OfferedBlueprint => ({ kind: 'burst', bytes, atPs: 0 })
