import { type Network, Network as NetworkOf, parsePrefix, PROTOCOL_NUMBERS, walk } from '@weft/fabric'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileScenario, type CompiledScenario } from '../compile/compile.ts'
import { readManifests } from '../kubernetes/index.ts'
import { Connectivity, type OutsidePorts } from './connectivity.ts'
import { scenarioSubject } from './reach.ts'

const PROBES = [
  { protocol: 'TCP', port: 80 },
  { protocol: 'TCP', port: 8080 },
  { protocol: 'UDP', port: 53 },
] as const
const PODS = ['a', 'b', 'c']

/** Whom rules may be about: pods, private and public addresses, a client's range. */
const peer = fc.constantFrom<object>(
  { podSelector: { matchLabels: { app: 'a' } } },
  { podSelector: {} },
  { ipBlock: { cidr: '10.64.0.0/15' } },
  { ipBlock: { cidr: '10.65.0.0/16' } },
  { ipBlock: { cidr: '0.0.0.0/0', except: ['198.18.0.0/16'] } },
  { ipBlock: { cidr: '198.51.100.0/24' } },
  { ipBlock: { cidr: '203.0.113.192/26' } },
  { ipBlock: { cidr: '::/0' } },
)
const rule = (side: 'from' | 'to') =>
  fc.record({
    [side]: fc.array(peer, { minLength: 1, maxLength: 2 }),
    ports: fc.constantFrom([{ port: 8080 }], [{ port: 53, protocol: 'UDP' }], undefined),
  })
const policies = fc.array(
  fc.record({
    subject: fc.constantFrom(...PODS, 'everyone'),
    ingress: fc.option(fc.array(rule('from'), { maxLength: 2 }), { nil: undefined }),
    egress: fc.option(fc.array(rule('to'), { maxLength: 2 }), { nil: undefined }),
  }),
  { maxLength: 3 },
)
const region = fc.record({
  pods: fc.subarray(PODS, { minLength: 1 }),
  hostNetwork: fc.option(fc.constantFrom(...PODS), { nil: undefined }),
  isDual: fc.boolean(),
  isOnline: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
  hasNat: fc.boolean(),
  translation: fc.constantFrom('gateways', 'hosts'),
  services: fc.constantFrom('hosts', 'gateways'),
  attached: fc.option(fc.constantFrom(...PODS), { nil: undefined }),
  served: fc.option(
    fc.record({
      pod: fc.constantFrom(...PODS, 'everyone'),
      ranges: fc.constantFrom(undefined, ['198.18.0.0/30'], ['192.0.2.0/24']),
    }),
    { nil: undefined },
  ),
  policies,
})
/** As far as it goes together. */
const settled = (drawn: Region): Region => {
  const isTranslating = drawn.pods.some((pod) => pod !== drawn.hostNetwork)
  const translation = isTranslating ? drawn.translation : 'gateways'
  return {
    ...drawn,
    translation,
    services: drawn.isOnline && translation === 'gateways' ? drawn.services : 'hosts',
  }
}
type Region = typeof region extends fc.Arbitrary<infer Drawn> ? Drawn : never

const labelled = (app: string) => (app === 'everyone' ? {} : { matchLabels: { app } })

function manifestsOf(drawn: Region) {
  const pods = drawn.pods.map((name) => ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name, all: 'yes' } } },
    spec: { hostNetwork: drawn.hostNetwork === name, containers: [{ name: 'c', image: 'i' }] },
  }))
  const { served } = drawn
  const service = served && {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } },
    spec: {
      type: 'LoadBalancer',
      selector: served.pod === 'everyone' ? { all: 'yes' } : { app: served.pod },
      ports: [{ port: 80, targetPort: 8080 }],
      ...(served.ranges !== undefined && { loadBalancerSourceRanges: served.ranges }),
    },
  }
  const rules = drawn.policies.map(({ subject, ingress, egress }, i) => ({
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: `p${i}` } },
    spec: {
      podSelector: labelled(subject),
      policyTypes: [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : ['Ingress'])],
      ...(ingress && { ingress }),
      ...(egress && { egress }),
    },
  }))
  const items = [...pods, ...(service ? [service] : []), ...rules]
  const bytes = new TextEncoder().encode(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  return readManifests([{ file: 'm.json', bytes }])
}

function regionOf(drawn: Region, index: number) {
  const own = (ipv4: string, ipv6: string) => (drawn.isDual ? [ipv4, ipv6] : [ipv4])
  return {
    fabric: {
      leafSpine: { leaves: 2, spines: 1, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '40Gbps' },
    },
    addresses: {
      hosts: own(`10.${index}.0.0/16`, `fd0${index}::/64`),
      workloads: own(`10.6${4 + index}.0.0/16`, `fd6${index}::/64`),
      services: own(`10.9${6 + index}.0.0/16`, `fd9${index}::/112`),
      loadBalancers: own(`203.0.113.${index * 16}/28`, `2001:db8:${index}::/112`),
    },
    ...(drawn.isOnline && {
      internet: { rate: '10Gbps', gateways: 2, translation: drawn.translation },
      ...(drawn.hasNat && { nat: { pool: own(`198.51.100.${index * 4}/30`, `2001:db8:a${index}::/126`) } }),
    }),
  }
}

function compiled(drawn: readonly [Region, Region]): CompiledScenario {
  const regions = Object.fromEntries(drawn.map((each, i) => [`r${i}`, regionOf(each, i)]))
  const directAttach = drawn.flatMap(({ attached, isOnline, pods, hostNetwork }, i) =>
    attached !== undefined && isOnline && pods.includes(attached) && attached !== hostNetwork
      ? [{ workload: `r${i}/default/${attached}`, address: `203.0.113.${200 + i}` }]
      : [],
  )
  const clusters = drawn.map(manifestsOf)
  const found = compileScenario(
    {
      weft: 1,
      regions,
      ...(directAttach.length > 0 && { directAttach }),
      kubernetes: drawn.map(({ services }, i) => ({ region: `r${i}`, manifests: `m${i}`, services })),
      run: { for: '1ms' },
    },
    { cluster: ([pattern]) => clusters[Number(pattern!.slice(1))]! },
  )
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  return found.value
}

/** The walk of packets, through policies and all. */
class Walked {
  readonly network: Network
  readonly #addresses = new Map<string, readonly string[]>()

  constructor({ blueprint, clusters }: CompiledScenario) {
    this.network = new NetworkOf(blueprint.network)
    const onHost = clusters.flatMap(({ cloud }) => [...cloud.hostNetwork])
    for (const node of blueprint.network.nodes)
      if (node.kind === 'host')
        this.#addresses.set(
          node.name,
          node.interfaces.flatMap(({ addresses }) => addresses),
        )
    for (const [pod, host] of onHost) this.#addresses.set(pod, this.#addresses.get(host)!)
  }

  addressesOf = (name: string) => this.#addresses.get(name)!

  /** Whether one reaches an address of another, by the address that it is seen by there. */
  reaches(from: string, to: string, { protocol, port }: (typeof PROBES)[number]): boolean {
    const { addresses } = this.network
    const destination = addresses.intern(to)
    const own = this.addressesOf(from).find((text) => text.includes(':') === to.includes(':'))
    if (own === undefined) return false
    return this.#walk(this.network.facing(addresses.intern(own), destination), destination, protocol, port)
      .delivered
  }

  /** Endpoints that are reached by an address of a service, with the ports. */
  endpointsBehind(from: string, to: string): string[] {
    const { addresses } = this.network
    const own = this.addressesOf(from).find((text) => text.includes(':') === to.includes(':'))!
    return this.#walk(addresses.intern(own), addresses.intern(to), 'TCP', 80).endpoints
  }

  #walk(source: number, destination: number, protocol: 'TCP' | 'UDP', port: number) {
    const probe = {
      source,
      destination,
      protocol: PROTOCOL_NUMBERS[protocol],
      destinationPort: port,
      sizeBytes: 0,
    }
    const { delivered, hops } = walk(this.network, probe)
    const { topology } = this.network
    const endpoints = hops.flatMap(({ outcome, node }) =>
      outcome.kind === 'delivered' ? [topology.nodes[node]!.name] : [],
    )
    return { delivered: delivered > 0, endpoints }
  }
}

const contains = (prefix: string, address: string): boolean => {
  const [whole, one] = [parsePrefix(prefix), parsePrefix(`${address}/${address.includes(':') ? 128 : 32}`)]
  if (!whole.ok || !one.ok || whole.prefix.family !== one.prefix.family) return false
  return whole.prefix.first <= one.prefix.first && one.prefix.first <= whole.prefix.last
}

const permits = (
  parts: readonly OutsidePorts[],
  address: string,
  { protocol, port }: (typeof PROBES)[number],
) =>
  parts.some(
    ({ prefixes, ports }) =>
      prefixes.some((prefix) => contains(prefix, address)) &&
      ports[protocol].some(([first, last]) => first <= port && port <= last),
  )

const NOTHING: Region = {
  ...{ pods: ['a', 'b'], hostNetwork: undefined, isDual: false, isOnline: true, hasNat: true },
  ...{ translation: 'gateways', services: 'hosts', attached: undefined, served: undefined, policies: [] },
}

describe('reach on a fabric', () => {
  it('leads to attached addresses of another region, whose policies see who stands for the sender', () => {
    const open = (cidr: string): Region => ({
      ...{ ...NOTHING, attached: 'a' },
      policies: [
        { subject: 'a', ingress: [{ from: [{ ipBlock: { cidr } }], ports: undefined }], egress: undefined },
      ],
    })
    const reachOf = (...drawn: [Region, Region]) =>
      new Connectivity(scenarioSubject(compiled(drawn), { per: 'pod' }))
    const byPool = reachOf(NOTHING, open('198.51.100.0/30'))
    expect(byPool.allows('r0/default/b', 'r1/default/a', { port: 80 })).toBe(true)
    expect(byPool.allows('r0/default/b', 'r1/default/b', { port: 80 })).toBe(false)
    expect(byPool.allows('r1/default/b', 'r1/default/a', { port: 80 })).toBe(false)
    const byWorkload = reachOf(NOTHING, open('10.64.0.0/16'))
    expect(byWorkload.allows('r0/default/b', 'r1/default/a', { port: 80 })).toBe(false)
    const byAttached = reachOf({ ...NOTHING, attached: 'b' }, open('203.0.113.200/32'))
    expect(byAttached.allows('r0/default/b', 'r1/default/a', { port: 80 })).toBe(true)
    expect(byAttached.allows('r0/default/a', 'r1/default/a', { port: 80 })).toBe(false)
  })

  it('is what packets do: between pods of two regions, to and from the internet, by services too', () => {
    const seen = { far: 0, near: 0, out: 0, in: 0, lost: 0 }
    fc.assert(
      fc.property(fc.tuple(region.map(settled), region.map(settled)), (drawn) => {
        const scenario = compiled(drawn)
        const connectivity = new Connectivity(scenarioSubject(scenario, { per: 'pod' }))
        const walked = new Walked(scenario)
        const pods = connectivity.workloads
        for (const from of pods) {
          for (const to of pods) {
            if (from === to) continue
            for (const probe of PROBES) {
              const expected = walked.addressesOf(to).some((address) => walked.reaches(from, address, probe))
              expect([from, to, probe.port, connectivity.allows(from, to, probe)]).toEqual([
                from,
                to,
                probe.port,
                expected,
              ])
              seen[expected ? (from.slice(0, 2) === to.slice(0, 2) ? 'near' : 'far') : 'lost']++
            }
          }
        }
        if (drawn.every(({ isOnline }) => !isOnline)) return
        const services = (scenario.blueprint.network.edges ?? []).flatMap(({ services }) => services)
        for (const client of ['internet/client-0', 'internet/client-7']) {
          for (const address of walked.addressesOf(client)) {
            const behind = new Set(
              services
                .flatMap(({ addresses }) => addresses)
                .filter((each) => each.includes(':') === address.includes(':'))
                .flatMap((each) => walked.endpointsBehind(client, each)),
            )
            for (const pod of pods) {
              const own = connectivity.classOf(pod)
              const [there, here] = [connectivity.toOutside(own), connectivity.fromOutside(own)]
              const host =
                scenario.clusters.flatMap(({ cloud }) => cloud.hostNetwork.get(pod) ?? [])[0] ?? pod
              for (const probe of PROBES) {
                const out = walked.reaches(pod, address, probe)
                expect([pod, address, probe.port, permits(there, address, probe)]).toEqual([
                  pod,
                  address,
                  probe.port,
                  out,
                ])
                const led = probe.port === 8080 && behind.has(host)
                const open = walked
                  .addressesOf(pod)
                  .some(
                    (each) =>
                      each.includes(':') === address.includes(':') && walked.reaches(client, each, probe),
                  )
                expect([address, pod, probe.port, permits(here, address, probe)]).toEqual([
                  address,
                  pod,
                  probe.port,
                  led || open,
                ])
                if (out) seen.out++
                if (led || open) seen.in++
              }
            }
          }
        }
      }),
      { numRuns: 40 },
    )
    const { far: _, ...often } = seen
    expect(Math.min(...Object.values(often))).toBeGreaterThan(5)
  })
})
