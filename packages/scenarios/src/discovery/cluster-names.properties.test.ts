import { Authority, dnsName, Reply, reverseName, Zone } from '@weft/fabric'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cluster } from '../kubernetes/index.ts'
import { clusterOf } from '../kubernetes/manifests.fixture.ts'
import { ClusterNames } from './cluster-names.ts'
import { naiveAnswer } from './discovery.oracle.ts'

const NAMESPACES = ['shop', 'bank']
const pick = <T>(...of: T[]) => fc.constantFrom(...of)

const pod = fc.record({
  namespace: pick(...NAMESPACES),
  app: pick('web', 'db'),
  hostname: pick(undefined, 'one', 'two'),
  subdomain: pick(undefined, 's0', 's1'),
  ready: fc.boolean(),
  dual: fc.boolean(),
  port: pick(8080, 9090, undefined),
  ordinal: fc.boolean(),
})

const port = fc.record({
  name: pick('http', 'dns', 'rpc'),
  protocol: pick('TCP', 'UDP'),
  targetPort: pick<number | string>(80, 8080, 'main'),
})

const service = fc.record({
  namespace: pick(...NAMESPACES),
  kind: pick('called', 'headless', 'headless', 'external', 'manual'),
  app: pick('web', 'db'),
  ports: fc.uniqueArray(port, { selector: ({ name }) => name, maxLength: 3 }),
  isUnnamed: fc.boolean(),
  dual: fc.boolean(),
  publishes: fc.boolean(),
  endpoints: fc.array(
    fc.record({
      octet: fc.integer({ min: 1, max: 9 }),
      hostname: pick(undefined, 'one', 'three'),
      ready: pick(undefined, true, false),
    }),
    { maxLength: 3 },
  ),
})

type PodInput = typeof pod extends fc.Arbitrary<infer Value> ? Value : never
type ServiceInput = typeof service extends fc.Arbitrary<infer Value> ? Value : never

const podObject = (given: PodInput, index: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    namespace: given.namespace,
    name: `p-${index}`,
    labels: {
      app: given.app,
      ...(given.ordinal && { 'statefulset.kubernetes.io/pod-name': `p-${index}` }),
    },
  },
  spec: {
    ...(given.hostname && { hostname: given.hostname }),
    ...(given.subdomain && { subdomain: given.subdomain }),
    containers: [
      { name: 'c', image: 'i', ...(given.port && { ports: [{ name: 'main', containerPort: given.port }] }) },
    ],
  },
  status: {
    phase: 'Running',
    podIPs: [{ ip: `10.1.0.${index + 1}` }, ...(given.dual ? [{ ip: `fd00::1:${index + 1}` }] : [])],
    podIP: `10.1.0.${index + 1}`,
    conditions: [{ type: 'Ready', status: given.ready ? 'True' : 'False' }],
  },
})

function serviceObjects(given: ServiceInput, index: number): object[] {
  const { namespace, kind, ports, isUnnamed, dual, publishes, endpoints } = given
  const metadata = { namespace, name: `s${index}` }
  const numbered = ports.map((each, at) => ({ ...each, port: 80 + at }))
  const written = isUnnamed && ports.length === 1 ? [{ port: 80 }] : numbered
  if (kind === 'external')
    return [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata,
        spec: { type: 'ExternalName', externalName: 'api.bank.example' },
      },
    ]
  const ips =
    kind === 'called' ? [`10.96.0.${index + 1}`, ...(dual ? [`fd00:96::${index + 1}`] : [])] : ['None']
  const headless = dual ? { ipFamilyPolicy: 'PreferDualStack' } : {}
  const spec = {
    ...(kind === 'called' ? {} : headless),
    clusterIP: ips[0],
    clusterIPs: ips,
    ...(kind === 'called' && dual
      ? { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] }
      : {}),
    ...(kind === 'manual' ? {} : { selector: { app: given.app } }),
    publishNotReadyAddresses: publishes,
    ...(written.length > 0 || kind === 'called'
      ? { ports: written.length > 0 ? written : [{ port: 80 }] }
      : {}),
  }
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, name: `s${index}-x`, labels: { 'kubernetes.io/service-name': `s${index}` } },
    addressType: 'IPv4',
    ports: numbered.map(({ name, protocol }, at) => ({ name, protocol, port: 7000 + at })),
    endpoints: endpoints.map(({ octet, hostname, ready }) => ({
      addresses: [`192.0.2.${octet}`],
      ...(hostname && { hostname }),
      conditions: { ...(ready !== undefined && { ready }) },
    })),
  }
  return [{ apiVersion: 'v1', kind: 'Service', metadata, spec }, ...(kind === 'manual' ? [slice] : [])]
}

const world = fc
  .tuple(fc.array(pod, { maxLength: 6 }), fc.array(service, { maxLength: 4 }))
  .map(([pods, services]) => {
    const items = [...pods.map(podObject), ...services.flatMap(serviceObjects)]
    return clusterOf(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  })

const TYPES = ['A', 'AAAA', 'SRV', 'PTR', 'TXT', 'CNAME'] as const

/** Every name that could be meant, and some that are not. */
function questions({ services, pods }: Cluster): string[] {
  const svc = services.map(({ name, namespace }) => `${name}.${namespace}.svc.cluster.local`)
  const labels = [
    ...['one', 'two', 'three', 'p-0', 'p-1', '_tcp', '_udp'],
    ...['10-1-0-1', '10-1-0-2', '192-0-2-1', 'fd00--1-1', 'fd00--1-2'],
    ...['http', 'dns', 'rpc'].flatMap((port) => [`_${port}._tcp`, `_${port}._udp`]),
  ]
  const addresses = [
    ...pods.flatMap((each) => each.addresses),
    ...services.flatMap(({ clusterIps }) => clusterIps),
    '192.0.2.1',
    '10.9.9.9',
  ]
  return [
    ...svc,
    ...svc.map((name) => name.toUpperCase()),
    ...svc.flatMap((name) => labels.map((label) => `${label}.${name}`)),
    ...addresses.map(reverseName),
    ...[
      'cluster.local',
      'svc.cluster.local',
      'shop.svc.cluster.local',
      'dns-version.cluster.local',
      'in-addr.arpa',
    ],
    ...['s0.none.svc.cluster.local', 'none.shop.svc.cluster.local', '10-1-0-1.shop.pod.cluster.local'],
  ]
}

describe('records of a cluster', () => {
  it('are what the specification says of every question', () => {
    fc.assert(
      fc.property(world, (cluster) => {
        const zones = new ClusterNames(cluster).zones().map((zone) => new Zone(zone))
        const server = new Authority({ now: 0 }, 'coredns', zones)
        const reply = new Reply()
        for (const question of questions(cluster)) {
          for (const type of TYPES) {
            server.query(dnsName(question), type, reply)
            const expected = naiveAnswer(cluster, question, type)
            const first = reply.sets[0]
            // the alias itself is asked for by its own type
            if (reply.count > 0 && first?.type === 'CNAME' && type !== 'CNAME') continue
            const values = reply.outcome === 'no-name' ? undefined : (reply.found?.values ?? [])
            // priorities and weights are not the specification's
            const told = type === 'SRV' ? values?.map((value) => value.split(' ').slice(2).join(' ')) : values
            expect([question, type, told && [...told].sort()]).toEqual([question, type, expected])
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  it('a service after another, before and after a change, make the same zone as all at once', () => {
    fc.assert(
      fc.property(world, fc.func(fc.boolean()), (cluster, isReady) => {
        const before = new ClusterNames(cluster)
        const after = new ClusterNames(cluster, { isReady: ({ id }) => isReady(id) })
        const zones = before.zones().map((zone) => new Zone(zone))
        for (const each of cluster.services) {
          const [old, young] = [before.recordsOf(each), after.recordsOf(each)]
          zones[0]!.exchange(old.forward, young.forward)
          for (const [index, origin] of ['in-addr.arpa', 'ip6.arpa'].entries()) {
            const within = (list: typeof old.reverse) => list.filter(({ name }) => name.endsWith(origin))
            zones[index + 1]!.exchange(within(old.reverse), within(young.reverse))
          }
        }
        expect(zones.map((zone) => zone.records())).toEqual(
          after.zones().map((zone) => new Zone(zone).records()),
        )
      }),
      { numRuns: 60 },
    )
  })
})
