import { Network, type NetworkBlueprint, parsePrefix, PROTOCOL_TCP, walk } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { readManifests } from '../kubernetes/index.ts'
import { cloudNetwork, type CloudOptions } from './cloud-network.ts'
import { defaultScenario } from './default-scenario.ts'

const prefix = (text: string) => {
  const parsed = parsePrefix(text)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.prefix
}

const OPTIONS: CloudOptions = {
  workloadPrefixes: [prefix('10.64.0.0/14')],
  servicePrefixes: [prefix('10.96.0.0/16')],
  balancerOf: () => 'random',
  strategy: 'spread',
  podsPerHost: 110,
}

const clusterOf = (text: string) => readManifests([{ file: 'm.yaml', bytes: new TextEncoder().encode(text) }])

function fabric(hostsPerLeaf = 2): NetworkBlueprint {
  const links = { hostLink: '100Gbps', fabricLink: '100Gbps' }
  const compiled = compileScenario({
    weft: 1,
    regions: { r: { fabric: { leafSpine: { leaves: 2, spines: 2, hostsPerLeaf, ...links } } } },
  })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return compiled.value.blueprint.network
}

const pod = (name: string, spec = '', rest = '') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec: { containers: [{ name: c, image: i }]${spec} }
${rest}
---`

const addressesOf = (network: NetworkBlueprint, name: string) =>
  network.nodes.flatMap((node) =>
    node.kind === 'host' && node.name === name ? node.interfaces.flatMap(({ addresses }) => addresses) : [],
  )

function built(text: string, options: Partial<CloudOptions> = {}, hostsPerLeaf = 2) {
  const cloud = cloudNetwork(clusterOf(text), fabric(hostsPerLeaf), { ...OPTIONS, ...options })
  if (!cloud.ok) throw new Error(cloud.messages.join('\n'))
  return cloud
}

describe('a cluster on the hosts of a fabric', () => {
  it('gives pods addresses of the prefix, and keeps those that manifests state', () => {
    const { network, pods } = built(pod('a') + pod('b', '', 'status: { podIP: 10.64.0.1 }') + pod('c'))
    expect(pods.map(({ name, addresses }) => `${name} ${addresses}`)).toEqual([
      'shop/a 10.64.0.2',
      'shop/b 10.64.0.1',
      'shop/c 10.64.0.3',
    ])
    expect(addressesOf(network, 'shop/c')).toEqual(['10.64.0.3'])
  })

  it('gives both families where there are prefixes of both', () => {
    const { pods } = built(pod('a'), { workloadPrefixes: [prefix('10.64.0.0/14'), prefix('fd64::/64')] })
    expect(pods[0]!.addresses).toEqual(['10.64.0.1', 'fd64::1'])
  })

  it('takes nodes for hosts of the same name, or in order, with their addresses', () => {
    const node = (name: string, address: string) =>
      `\napiVersion: v1\nkind: Node\nmetadata: { name: ${name} }\nstatus: { addresses: [{ type: InternalIP, address: ${address} }] }\n---`
    const { network, nodes, pods } = built(
      node('worker-10', '192.0.2.10') + node('worker-9', '192.0.2.9') + pod('a', ', nodeName: worker-10'),
    )
    expect(nodes.map(({ host, node: { name } }) => `${name} ${host}`)).toEqual([
      'worker-9 r/leaf-0/host-0',
      'worker-10 r/leaf-0/host-1',
    ])
    expect(pods[0]!.host).toBe('r/leaf-0/host-1')
    expect(addressesOf(network, 'r/leaf-0/host-1')).toEqual(['192.0.2.10'])
  })

  it('hands on what becomes of what policies deny', () => {
    expect(built(pod('a')).network.interfaces).not.toHaveProperty('whenDenied')
    expect(built(pod('a'), { whenDenied: 'reject' }).network.interfaces!.whenDenied).toBe('reject')
    const named = built(pod('a'), { whenDenied: 'reject', name: 'blue' }).network.interfaces!
    expect(named.clusters).toMatchObject([{ name: 'blue', whenDenied: 'reject' }])
  })

  it('leaves pods on the host network to their host, which no policy selects', () => {
    const text = `${pod('agent', ', hostNetwork: true, nodeName: n1')}${pod('a', ', nodeName: n1')}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: shop }
spec: { podSelector: {}, policyTypes: [Ingress] }
`
    const { network, hostNetwork, pods } = built(text)
    expect([...hostNetwork]).toEqual([['shop/agent', 'r/leaf-0/host-0']])
    expect(pods.map(({ name }) => name)).toEqual(['shop/a'])
    const live = new Network(network)
    const reaches = (from: string, to: string) => {
      const [source, destination] = [from, to].map((name) => live.addressOf(name, 'ipv4')!)
      const probe = {
        source: source!,
        destination: destination!,
        protocol: PROTOCOL_TCP,
        destinationPort: 80,
        sizeBytes: 60,
      }
      const { delivered, drops } = walk(live, probe)
      return drops[0]?.reason ?? delivered
    }
    expect(reaches('shop/a', 'r/leaf-0/host-0')).toBe(1)
    // its own node reaches a pod whatever policies say, another does not
    expect(reaches('r/leaf-0/host-0', 'shop/a')).toBe(1)
    expect(reaches('r/leaf-1/host-0', 'shop/a')).toBe('policy-denied-ingress')
  })

  it('says why pods and nodes do not fit', () => {
    const refusal = (text: string, options: Partial<CloudOptions> = {}) => {
      const cloud = cloudNetwork(clusterOf(text), fabric(1), { ...OPTIONS, ...options })
      return cloud.ok ? [] : cloud.messages
    }
    const nodes = ['a', 'b', 'c'].map(
      (name) => `\napiVersion: v1\nkind: Node\nmetadata: { name: ${name} }\n---`,
    )
    expect(refusal(nodes.join(''))).toEqual(['the cluster has 3 nodes, the fabric 2 hosts; build it larger'])
    expect(refusal(nodes[0]! + pod('a', ', nodeSelector: { disk: ssd }'))).toEqual([
      'pod shop/a fits nowhere: no node has the labels that it asks for and taints that it tolerates',
    ])
    expect(refusal(pod('a') + pod('b') + pod('c'), { workloadPrefixes: [prefix('10.64.0.0/30')] })).toEqual([
      '10.64.0.0/30 has no address left for pod shop/c; give a shorter prefix',
    ])
    expect(
      refusal(pod('a', '', 'status: { podIP: 10.64.0.9 }') + pod('b', '', 'status: { podIP: 10.64.0.9 }')),
    ).toEqual(['pods shop/a and shop/b both have address 10.64.0.9'])
  })
})

describe('services of a cluster', () => {
  const service = (spec: string, name = 'cart') => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: ${spec}
---`
  const web = pod('web')
  const cart = `
apiVersion: v1
kind: Pod
metadata: { name: cart, namespace: shop, labels: { app: cart } }
spec: { containers: [{ name: c, image: i, ports: [{ name: redis, containerPort: 6379 }] }] }
---`
  const servicesOf = (text: string) => built(text).services

  it('have addresses, and endpoints by selector and by port number or name', () => {
    const ports = '[{ port: 80, targetPort: redis, name: a }, { port: 81, targetPort: 99, name: b }]'
    const [found] = servicesOf(web + cart + service(`{ selector: { app: cart }, ports: ${ports} }`))
    expect(found).toMatchObject({ name: 'shop/cart', addresses: ['10.96.0.1'], policy: 'cluster' })
    expect(
      found!.ports.map(({ port, endpoints }) => [
        port,
        endpoints.map(({ name, address }) => [name, address]),
      ]),
    ).toEqual([
      [80, [['shop/cart:6379', '10.64.0.1']]],
      [81, [['shop/cart:99', '10.64.0.1']]],
    ])
  })

  it('keep what manifests state: addresses, affinity, local endpoints, those given by hand', () => {
    const slice = `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: old-1, namespace: shop, labels: { kubernetes.io/service-name: old } }
addressType: IPv4
endpoints: [{ addresses: [192.0.2.7], conditions: { ready: false, serving: true, terminating: true } }]
ports: [{ port: 5432, protocol: TCP }]
---`
    const spec =
      '{ clusterIP: 10.96.0.1, sessionAffinity: ClientIP, internalTrafficPolicy: Local, ports: [{ port: 5432 }] }'
    const [found] = servicesOf(web + service(spec, 'old') + slice)
    expect(found).toMatchObject({ addresses: ['10.96.0.1'], policy: 'local', affinityPs: 10_800e12 })
    expect(found!.ports[0]!.endpoints).toMatchObject([
      { address: '192.0.2.7', port: 5432, ready: false, serving: true, terminating: true },
    ])
  })

  it('have an address of each family that they ask for', () => {
    const ports = 'selector: { app: web }, ports: [{ port: 80 }]'
    const text =
      web +
      service(`{ ${ports} }`, 'a') +
      service(`{ ipFamilyPolicy: PreferDualStack, ${ports} }`, 'b') +
      service(`{ ipFamilies: [IPv6], ${ports} }`, 'c')
    const servicePrefixes = [prefix('10.96.0.0/16'), prefix('fd96::/112')]
    const workloadPrefixes = [prefix('10.64.0.0/14'), prefix('fd64::/64')]
    expect(
      built(text, { servicePrefixes, workloadPrefixes }).services.map(({ addresses }) => addresses),
    ).toEqual([['10.96.0.1'], ['10.96.0.2', 'fd96::1'], ['fd96::2']])
  })

  it('have endpoints of the families that they have, so that node ports have none of the other', () => {
    const ports = 'type: NodePort, selector: { app: web }, ports: [{ port: 80 }]'
    const text =
      web +
      service(`{ ipFamilies: [IPv6], ${ports} }`, 'a') +
      service(`{ ipFamilyPolicy: RequireDualStack, ${ports} }`, 'b') +
      service(`{ clusterIP: 10.96.0.9, ${ports} }`, 'c')
    const servicePrefixes = [prefix('10.96.0.0/16'), prefix('fd96::/112')]
    const workloadPrefixes = [prefix('10.64.0.0/14'), prefix('fd64::/64')]
    const { services } = built(text, { servicePrefixes, workloadPrefixes })
    expect(services.map(({ ports: [port] }) => port!.endpoints.map(({ address }) => address))).toEqual([
      ['fd64::1'],
      ['10.64.0.1', 'fd64::1'],
      ['10.64.0.1'],
    ])
  })

  it('without an address of their own are names alone', () => {
    const ports = 'ports: [{ port: 80 }]'
    const text =
      web +
      service(`{ clusterIP: None, selector: { app: web }, ${ports} }`) +
      service('{ type: ExternalName, externalName: a.example.com }', 'far')
    expect(servicesOf(text)).toEqual([])
  })

  it('of the types that have them are at node ports: those stated, and the lowest that are free', () => {
    const ports = '{ port: 80, name: a, nodePort: 30001 }, { port: 81, name: b }, { port: 82, name: c }'
    const spec = (type: string, rest = '') =>
      `{ type: ${type}, selector: { app: web }, ports: [${ports}]${rest} }`
    const text =
      web +
      service('{ selector: { app: web }, ports: [{ port: 80 }] }', 'inner') +
      service(spec('NodePort', ', externalTrafficPolicy: Local'), 'outer') +
      service('{ type: LoadBalancer, selector: { app: web }, ports: [{ port: 80 }] }', 'public') +
      service(
        '{ type: LoadBalancer, allocateLoadBalancerNodePorts: false, selector: { app: web }, ports: [{ port: 80 }] }',
        'bare',
      )
    const nodePorts = Object.fromEntries(
      servicesOf(text).map(({ name, ports: each }) => [name, each.map(({ nodePort }) => nodePort)]),
    )
    expect(nodePorts).toEqual({
      'shop/inner': [undefined],
      'shop/outer': [30_001, 30_000, 30_002],
      'shop/public': [30_003],
      'shop/bare': [undefined],
    })
    expect(servicesOf(text).map(({ name, externalPolicy }) => [name, externalPolicy])).toContainEqual([
      'shop/outer',
      'local',
    ])
  })

  it('have external addresses apart from those of the cluster: the internal traffic policy is not for them', () => {
    const text =
      web +
      service(
        "{ clusterIP: 10.96.0.9, externalIPs: ['192.0.2.9'], internalTrafficPolicy: Local, selector: { app: web }, ports: [{ port: 80 }] }",
      )
    expect(servicesOf(text)).toMatchObject([
      { addresses: ['10.96.0.9', '192.0.2.9'], externalAddresses: ['192.0.2.9'], policy: 'local' },
    ])
  })

  it('with node ports are at hosts without pods too', () => {
    const ports = '[{ port: 80, nodePort: 30080 }]'
    const text = web + service(`{ type: NodePort, selector: { app: web }, ports: ${ports} }`)
    const { network, pods } = built(text)
    const live = new Network(network)
    const hosts = network.nodes.flatMap(({ kind, name }) =>
      kind === 'host' && name !== 'shop/web' ? [name] : [],
    )
    const others = hosts.filter((host) => host !== pods[0]!.host)
    expect(others).toHaveLength(3)
    for (const host of others) {
      const ends = {
        source: live.addressOf(others.find((each) => each !== host)!, 'ipv4')!,
        destination: live.addressOf(host, 'ipv4')!,
      }
      const probe = { ...ends, protocol: PROTOCOL_TCP, destinationPort: 30_080, sizeBytes: 60 }
      const { hops, delivered } = walk(live, probe)
      expect(delivered).toBeCloseTo(1, 12)
      expect(live.topology.nodes[hops.at(-1)!.node]!.name).toBe('shop/web')
    }
  })

  it('run out of addresses', () => {
    const text =
      web +
      ['a', 'b', 'c']
        .map((name) => service('{ selector: { app: web }, ports: [{ port: 80 }] }', name))
        .join('')
    const cloud = cloudNetwork(clusterOf(text), fabric(), {
      ...OPTIONS,
      servicePrefixes: [prefix('10.96.0.0/30')],
    })
    expect(cloud).toMatchObject({
      ok: false,
      messages: ['10.96.0.0/30 has no address left for service shop/c; give a shorter prefix'],
    })
  })
})

describe('a fabric made up for manifests', () => {
  it('has a host for each node, and room for every pod', () => {
    const hostsOf = (text: string) =>
      /hostsPerLeaf: (\d+)/.exec(defaultScenario(clusterOf(text), 'shop').yaml)![1]
    expect(hostsOf(pod('a'))).toBe('2')
    const nodes = Array.from(
      { length: 20 },
      (_, i) => `\napiVersion: v1\nkind: Node\nmetadata: { name: n${i} }\n---`,
    )
    expect(hostsOf(nodes.join(''))).toBe('10')
    expect(defaultScenario(clusterOf(pod('a')), 'shop').note).toBe(
      'manifests without a scenario: their 1 pod is put on a fabric made up for them, 2 leaves, 2 spines and 4 hosts, links of 100 Gbit/s, and two gateways to the internet',
    )
  })
})
