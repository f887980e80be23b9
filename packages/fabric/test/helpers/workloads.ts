import { US } from '@weft/core'
import fc from 'fast-check'
import { leafSpine } from '../../src/blueprint/generators/leaf-spine.ts'
import { leafSpineOptions } from '../../src/blueprint/generators/options.fixture.ts'
import { attachWorkloads } from '../../src/blueprint/generators/workloads.ts'
import type { NetworkBlueprint } from '../../src/blueprint/network.ts'
import type { InterfacesBlueprint } from '../../src/interfaces/interfaces-blueprint.ts'
import type { LabelSelector, Policy, PolicyPort, PolicyWorkload } from '../../src/policy/policy-blueprint.ts'
import { networkOf, plainLink } from './networks.ts'

export const HOSTS = ['ord1/leaf-0/host-0', 'ord1/leaf-0/host-1', 'ord1/leaf-1/host-0']
/** Two on one host, one beside them, two elsewhere. */
export const PLACES = [0, 0, 1, 2, 2]
export const NAMES = ['shop/web', 'shop/cart', 'shop/db', 'ops/probe', 'shop/pay']

const appOf = (name: string) => name.split('/')[1]!
const app = (value: string): LabelSelector => [{ key: 'app', operator: 'In', values: [value] }]
export const inShop = (value: string) => ({ namespaces: { name: 'shop' }, labels: app(value) })

/** A network of five workloads with addresses, and policies at their interfaces. */
export function networkWith(
  policies: readonly Policy[],
  rest: Partial<InterfacesBlueprint> | ((network: NetworkBlueprint) => Partial<InterfacesBlueprint>) = {},
): NetworkBlueprint {
  const { delayPs, framing, queue } = plainLink(10e9, US)
  const parts = leafSpine(leafSpineOptions({ leaves: 2, spines: 2, hostsPerLeaf: 2 }))
  const workloads = NAMES.map((name, i) => ({ name, host: HOSTS[PLACES[i]!]!, addresses: [] }))
  const network = networkOf(attachWorkloads(parts, workloads, { delayPs, framing, queue }))
  const addressesOf = (name: string) =>
    network.nodes.flatMap((node) =>
      node.kind === 'host' && node.name === name ? node.interfaces.flatMap(({ addresses }) => addresses) : [],
    )
  const set = {
    namespaces: ['shop', 'ops'].map((name) => ({ name, labels: {} })),
    nodes: HOSTS.map((name) => ({ name, labels: {}, addresses: addressesOf(name) })),
    workloads: NAMES.map(
      (name, i): PolicyWorkload => ({
        name,
        namespace: name.split('/')[0]!,
        labels: { app: appOf(name) },
        ports: [],
        addresses: addressesOf(name),
        node: HOSTS[PLACES[i]!]!,
        hostNetwork: false,
      }),
    ),
    policies,
  }
  const added = typeof rest === 'function' ? rest(network) : rest
  return { ...network, interfaces: { policies: set, ...added } }
}

export const port = (number: number, protocol: 'TCP' | 'UDP' = 'TCP'): PolicyPort => ({
  kind: 'range',
  protocol,
  first: number,
  last: number,
})

/** Lets `from` in to `to` on these ports, and nobody else. */
export const allow = (to: string, from: string, ports: readonly PolicyPort[]): Policy => ({
  name: `NetworkPolicy shop/${to}`,
  tier: 'network',
  priority: 0,
  subject: inShop(to),
  ingress: [
    { name: 'ingress[0]', action: 'accept', peers: [{ kind: 'workloads', select: inShop(from) }], ports },
  ],
})

/** Policies of few workloads and ports, so that they meet often. */
export const anyPolicy = (protocol: 'TCP' | 'UDP', ports: readonly number[]): fc.Arbitrary<Policy> =>
  fc
    .record({
      subject: fc.constantFrom('web', 'cart', 'db', 'pay'),
      rules: fc.array(
        fc.record({
          from: fc.constantFrom('web', 'cart', 'db', 'pay'),
          ports: fc.uniqueArray(fc.constantFrom(...ports), { minLength: 1, maxLength: 2 }),
        }),
        { maxLength: 3 },
      ),
      isIngress: fc.boolean(),
    })
    .map(({ subject, rules, isIngress }) => ({
      name: `NetworkPolicy shop/${subject}`,
      tier: 'network' as const,
      priority: 0,
      subject: inShop(subject),
      [isIngress ? 'ingress' : 'egress']: rules.map(({ from, ports: allowed }, i) => ({
        name: `rule[${i}]`,
        action: 'accept' as const,
        peers: [{ kind: 'workloads' as const, select: inShop(from) }],
        ports: allowed.map((number) => port(number, protocol)),
      })),
    }))
