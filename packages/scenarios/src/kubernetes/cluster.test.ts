import { describe, expect, it } from 'vitest'
import { clusterOf, warningsOf } from './manifests.fixture.ts'
import { toPolicySet } from './to-policy-set.ts'

const CONTAINERS = 'containers: [{ name: a, ports: [{ containerPort: 8080, name: http }] }]'
const template = (app: string, more = '') =>
  `{ metadata: { labels: { app: ${app} } }, spec: { ${more}${CONTAINERS} } }`

const controller = (kind: string, name: string, more = '', pods = '') => `---
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name} }
spec: { ${more}selector: { matchLabels: { app: ${name} } }, template: ${template(name, pods)} }
`

const pod = (name: string, { labels = 'app: web', meta = '', spec = '', status = '' } = {}) => `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { ${labels} }${meta} }
spec: { ${spec}${CONTAINERS} }
status: { ${status} }
`

const owner = (kind: string, name: string) =>
  `, ownerReferences: [{ apiVersion: apps/v1, kind: ${kind}, name: ${name}, controller: true }]`

const node = (name: string, labels = '', spec = '') => `---
apiVersion: v1
kind: Node
metadata: { name: ${name}, labels: { ${labels} } }
spec: { ${spec} }
`

const podsOf = (text: string) => clusterOf(text).pods.map(({ name }) => name)

describe('pods of controllers', () => {
  it('of a StatefulSet have ordinals, their own labels and names in the DNS', () => {
    const text = controller('StatefulSet', 'db', 'serviceName: db, replicas: 2, ordinals: { start: 3 }, ')
    expect(clusterOf(text).pods).toMatchObject([
      {
        id: 'default/db-3',
        hostname: 'db-3',
        subdomain: 'db',
        labels: {
          app: 'db',
          'statefulset.kubernetes.io/pod-name': 'db-3',
          'apps.kubernetes.io/pod-index': '3',
        },
      },
      { id: 'default/db-4' },
    ])
  })

  it('of others have made-up names in the form of Kubernetes, the same on every run', () => {
    const text = `${controller('Deployment', 'web', 'replicas: 2, ')}${controller('ReplicaSet', 'old')}`
    const names = podsOf(text)
    expect(names).toHaveLength(3)
    for (const name of names)
      expect(name).toMatch(/^(web-[bcdfghjklmnpqrstvwxz2456789]{5,10}|old)-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(podsOf(text)).toEqual(names)
  })

  it('are all different, and no longer than a name may be', () => {
    const text = controller('Deployment', 'w'.repeat(60), 'replicas: 3000, ')
    const names = podsOf(text)
    expect(new Set(names).size).toBe(3000)
    for (const name of names) expect(name.length).toBeLessThanOrEqual(63)
  })

  it('of a DaemonSet are on every node that it tolerates', () => {
    const nodes = `${node('a', 'disk: ssd')}${node('b', 'disk: hdd')}${node('c', 'disk: ssd', 'taints: [{ key: gpu, value: "yes", effect: NoSchedule }]')}${node('d', 'disk: ssd', 'taints: [{ key: node.kubernetes.io/unreachable, effect: NoExecute }]')}`
    const set = (more: string) => controller('DaemonSet', 'agent', '', `nodeSelector: { disk: ssd }, ${more}`)
    const nodesOf = (text: string) =>
      clusterOf(text)
        .pods.map(({ nodeName }) => nodeName)
        .sort()
    expect(nodesOf(nodes + set(''))).toEqual(['a', 'd'])
    expect(nodesOf(nodes + set('tolerations: [{ key: gpu, value: "yes" }], '))).toEqual(['a', 'c', 'd'])
    expect(nodesOf(nodes + set('tolerations: [{ key: gpu, value: "no" }], '))).toEqual(['a', 'd'])
    expect(nodesOf(nodes + set('tolerations: [{ operator: Exists }], '))).toEqual(['a', 'c', 'd'])
    const text = set('').replace('nodeSelector: { disk: ssd }, ', '')
    const { pods } = clusterOf(text, ['ord1/host-0', 'ord1/host-1'])
    expect(pods.map(({ nodeName }) => nodeName).sort()).toEqual(['ord1/host-0', 'ord1/host-1'])
    // nobody knows the nodes: one stands for all
    expect(clusterOf(set('')).workloads[0]).toMatchObject({ perNode: true, replicas: 1 })
  })

  it.each([
    ['parallelism: 3', '', 3],
    ['parallelism: 3, completions: 2', '', 2],
    ['suspend: true', '', 0],
    ['completions: 5', '', 1],
    ['', 'conditions: [{ type: Complete, status: "True" }]', 0],
  ])('of a job with %s %s are %#', (spec, status, count) => {
    const text = `apiVersion: batch/v1
kind: Job
metadata: { name: once }
spec: { ${spec === '' ? '' : `${spec}, `}template: ${template('once', 'restartPolicy: Never, ')} }
status: { ${status} }
`
    expect(podsOf(text)).toHaveLength(count)
  })

  it('that restart on the spot are counted among running containers: sidecars', () => {
    const text = `apiVersion: v1
kind: Pod
metadata: { name: a }
spec:
  initContainers:
    - { name: setup, ports: [{ containerPort: 1 }] }
    - { name: proxy, restartPolicy: Always, ports: [{ containerPort: 15001, name: proxy, protocol: UDP }] }
  ${CONTAINERS}
`
    expect(clusterOf(text).pods[0]!.template.ports).toEqual([
      { name: 'proxy', protocol: 'UDP', port: 15001 },
      { name: 'http', protocol: 'TCP', port: 8080 },
    ])
  })

  it.each([
    ['', { from: 'cluster', nameservers: [], searches: [], ndots: 5 }],
    ['hostNetwork: true, ', { from: 'node', nameservers: [], searches: [], ndots: 1 }],
    [
      'hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet, dnsConfig: { options: [{ name: ndots, value: "2" }] }, ',
      { from: 'cluster', nameservers: [], searches: [], ndots: 2 },
    ],
    [
      'dnsPolicy: None, dnsConfig: { nameservers: ["FD00:0::1"], searches: [example.com.] }, ',
      { from: 'none', nameservers: ['fd00::1'], searches: ['example.com'], ndots: 1 },
    ],
  ])('with %j ask for names', (spec, dns) => {
    expect(clusterOf(pod('a', { spec })).pods[0]!.template.dns).toEqual(dns)
  })

  it('on the host have their container ports as host ports', () => {
    expect(clusterOf(pod('a', { spec: 'hostNetwork: true, ' })).pods[0]!.template).toMatchObject({
      hostNetwork: true,
      ports: [{ port: 8080, hostPort: 8080 }],
    })
  })
})

describe('pods that were printed', () => {
  const web = controller('Deployment', 'web', 'replicas: 3, ')
  const set = `---
apiVersion: apps/v1
kind: ReplicaSet
metadata: { name: web-77b${owner('Deployment', 'web')} }
spec: { replicas: 3, selector: { matchLabels: { app: web } }, template: ${template('web')} }
`
  const printed = (name: string, status = 'phase: Running, podIP: 10.1.0.9') =>
    pod(name, { labels: 'app: web, pod-template-hash: 77b', meta: owner('ReplicaSet', 'web-77b'), status })

  it('are those of their Deployment, and nothing is made up beside them', () => {
    for (const text of [web + set + printed('web-77b-a'), web + printed('web-77b-a')]) {
      const { workloads, pods } = clusterOf(text)
      expect(workloads).toMatchObject([{ id: 'default/web', kind: 'Deployment', podNames: ['web-77b-a'] }])
      expect(pods).toMatchObject([{ workload: 'default/web', addresses: ['10.1.0.9'], isDeclared: true }])
    }
  })

  it('stand for themselves where their owner was not printed', () => {
    expect(clusterOf(printed('web-77b-a')).workloads).toMatchObject([
      { id: 'default/web-77b-a', kind: 'Pod' },
    ])
  })

  it('have left the network when they are completed', () => {
    const text = `${pod('a', { status: 'phase: Succeeded' })}${pod('b', { status: 'phase: Failed' })}${pod('c')}`
    expect(podsOf(text)).toEqual(['c'])
    expect(podsOf(web + printed('gone', 'phase: Failed') + printed('here'))).toEqual(['here'])
  })

  it.each([
    ['phase: Running, conditions: [{ type: Ready, status: "True" }]', true],
    ['phase: Running, conditions: [{ type: Ready, status: "False" }]', false],
    ['phase: Pending', false],
    ['phase: Running', true],
    ['', true],
  ])('are ready by %s: %s', (status, isReady) => {
    expect(clusterOf(pod('a', { status })).pods[0]!.isReady).toBe(isReady)
  })

  it('are terminating and no longer ready while they are deleted', () => {
    const text = pod('a', { meta: ', deletionTimestamp: "2026-01-01T00:00:00Z"', status: 'phase: Running' })
    expect(clusterOf(text).pods[0]).toMatchObject({ isReady: false, isTerminating: true })
  })

  it('that own each other in a circle stand for themselves', () => {
    const one = (name: string, other: string) => `---
apiVersion: apps/v1
kind: ReplicaSet
metadata: { name: ${name}${owner('ReplicaSet', other)} }
spec: { selector: { matchLabels: { app: a } }, template: ${template('a')} }
`
    expect(clusterOf(one('a', 'b') + one('b', 'a')).workloads).toHaveLength(2)
  })
})

describe('workloads', () => {
  it('of two kinds with one name bear the kind too', () => {
    const text = controller('Deployment', 'web') + controller('StatefulSet', 'web')
    expect(clusterOf(text).workloads.map(({ id }) => id)).toEqual([
      'default/deployment/web',
      'default/statefulset/web',
    ])
  })

  it('become what policies look at, with pods that differ apart', () => {
    const text = `${controller('StatefulSet', 'db', 'replicas: 2, ')}${controller('Deployment', 'web')}${pod(
      'web-1',
      {
        labels: 'app: web, pod-template-hash: x',
        meta: owner('Deployment', 'web'),
        status: 'podIP: 10.0.0.1',
      },
    )}${pod('web-2', {
      labels: 'app: web, canary: "1"',
      meta: owner('Deployment', 'web'),
      spec: 'nodeName: node-1, ',
      status: 'podIP: 10.0.0.2',
    })}`
    const cluster = clusterOf(text)
    const names = (per: 'workload' | 'pod') => toPolicySet(cluster, { per }).workloads.map(({ name }) => name)
    expect(names('workload')).toEqual(['default/db', 'default/web', 'default/web-2'])
    expect(names('pod')).toEqual(['default/db-0', 'default/db-1', 'default/web-1', 'default/web-2'])
    const [db, web, canary] = toPolicySet(cluster).workloads
    // what tells its pods apart is not the workload's
    expect(db!.labels).toEqual({ app: 'db' })
    expect(web).toMatchObject({
      addresses: ['10.0.0.1'],
      ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
    })
    expect(canary).toEqual({
      name: 'default/web-2',
      namespace: 'default',
      labels: { app: 'web', canary: '1' },
      ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
      addresses: ['10.0.0.2'],
      node: 'node-1',
      hostNetwork: false,
    })
    const place = () => ({ addresses: ['10.9.9.9'], node: 'm' })
    expect(toPolicySet(cluster, { per: 'pod', place }).workloads).toMatchObject([
      { addresses: ['10.9.9.9'], node: 'm' },
      { addresses: ['10.9.9.9'], node: 'm' },
      { addresses: ['10.0.0.1'], node: 'm' },
      { addresses: ['10.0.0.2'], node: 'node-1' },
    ])
  })
})

describe('policies that ask for labels of single pods', () => {
  it('see each pod by itself', () => {
    const policy = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: first }
spec: { podSelector: { matchLabels: { apps.kubernetes.io/pod-index: "0" } } }
`
    const text = controller('StatefulSet', 'db', 'replicas: 2, ')
    const namesOf = (given: string) => toPolicySet(clusterOf(given)).workloads.map(({ name }) => name)
    expect(namesOf(text)).toEqual(['default/db'])
    expect(namesOf(text + policy)).toEqual(['default/db-0', 'default/db-1'])
  })
})

const service = (name: string, spec: string) =>
  `---\napiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { ${spec} }\n`

describe('services', () => {
  it('have the defaults of the API server', () => {
    expect(clusterOf(service('web', 'ports: [{ port: 80 }]')).services).toEqual([
      {
        id: 'default/web',
        namespace: 'default',
        name: 'web',
        labels: {},
        annotations: {},
        type: 'ClusterIP',
        isHeadless: false,
        clusterIps: [],
        ipFamilies: [],
        ipFamilyPolicy: 'SingleStack',
        ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }],
        sessionAffinity: 'None',
        affinityTimeoutSeconds: 10_800,
        externalTrafficPolicy: 'Cluster',
        internalTrafficPolicy: 'Cluster',
        publishNotReadyAddresses: false,
        externalIps: [],
        loadBalancerIps: [],
        loadBalancerHostnames: [],
        loadBalancerSourceRanges: [],
        allocateLoadBalancerNodePorts: true,
        endpoints: [],
      },
    ])
  })

  it('keep what is written, addresses in their short form', () => {
    const text = service(
      'web',
      'type: LoadBalancer, clusterIPs: [10.96.0.9, "FD00::0:9"], loadBalancerIP: 203.0.113.9, externalTrafficPolicy: Local, healthCheckNodePort: 32000, sessionAffinity: ClientIP, sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } }, trafficDistribution: PreferClose, ports: [{ port: 80, targetPort: 0, nodePort: 30080, appProtocol: kubernetes.io/h2c }]',
    )
    expect(clusterOf(text).services[0]).toMatchObject({
      type: 'LoadBalancer',
      clusterIps: ['10.96.0.9', 'fd00::9'],
      ipFamilies: ['IPv4', 'IPv6'],
      ipFamilyPolicy: 'RequireDualStack',
      loadBalancerIps: ['203.0.113.9'],
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32000,
      affinityTimeoutSeconds: 60,
      trafficDistribution: 'PreferSameZone',
      ports: [{ port: 80, targetPort: 80, nodePort: 30080, appProtocol: 'kubernetes.io/h2c' }],
    })
  })

  it('without a selector have the endpoints that are given by hand, each once', () => {
    const slice = (labels: string, address: string, conditions: string) => `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: s-${address.replaceAll('.', '-')}, labels: { kubernetes.io/service-name: db${labels} } }
addressType: IPv4
endpoints: [{ addresses: [${address}], conditions: { ${conditions} } }]
ports: [{ port: 5432 }]
`
    const text = `${service('db', 'ports: [{ port: 5432 }]')}---
apiVersion: v1
kind: Endpoints
metadata: { name: db }
subsets: [{ addresses: [{ ip: 192.0.2.1 }], notReadyAddresses: [{ ip: 192.0.2.2 }], ports: [{ port: 5432 }] }]
${slice(', endpointslice.kubernetes.io/managed-by: endpointslicemirroring-controller.k8s.io', '192.0.2.9', '')}${slice('', '192.0.2.1', '')}${slice('', '192.0.2.3', 'ready: false, serving: true, terminating: true')}`
    const [db] = clusterOf(text).services
    expect(db!.endpoints).toEqual([
      {
        address: '192.0.2.1',
        ports: [{ protocol: 'TCP', port: 5432 }],
        ready: true,
        serving: true,
        terminating: false,
      },
      {
        address: '192.0.2.2',
        ports: [{ protocol: 'TCP', port: 5432 }],
        ready: false,
        serving: false,
        terminating: false,
      },
      {
        address: '192.0.2.3',
        ports: [{ protocol: 'TCP', port: 5432 }],
        ready: false,
        serving: true,
        terminating: true,
      },
    ])
  })
})

describe('warnings', () => {
  const web = controller('Deployment', 'web')

  it.each<[string, string, string]>([
    [
      'a selector',
      service('s', 'selector: { app: wbe }, ports: [{ port: 80 }]'),
      'spec.selector: no pod of namespace default has these labels; its connections are refused',
    ],
    [
      'a port name',
      service('s', 'selector: { app: web }, ports: [{ port: 80, targetPort: grpc }]'),
      'spec.ports[0].targetPort: no container port of default/web-',
    ],
    [
      'the protocol of a name',
      service('s', 'selector: { app: web }, ports: [{ port: 80, targetPort: http, protocol: UDP }]'),
      'is called "http" over UDP; the service does not reach it there',
    ],
    [
      'a port',
      service('s', 'selector: { app: web }, ports: [{ port: 80 }]'),
      'spec.ports[0].port: no container of default/web-',
    ],
    [
      'no endpoints',
      service('s', 'ports: [{ port: 80 }]'),
      'spec: it has no selector, and no Endpoints or EndpointSlice gives it endpoints by hand',
    ],
    [
      'a node port outside',
      service(
        's',
        'type: NodePort, selector: { app: web }, ports: [{ port: 80, targetPort: http, nodePort: 80 }]',
      ),
      '80 is outside 30000 to 32767',
    ],
    ['a node', `${node('a')}${pod('p', { spec: 'nodeName: b, ' })}`, 'spec.nodeName: no node is called "b"'],
    [
      'labels of nodes',
      `${node('a')}${pod('p', { spec: 'nodeSelector: { disk: ssd }, ' })}`,
      'spec.nodeSelector: no node has these labels',
    ],
    ['a subdomain', pod('p', { spec: 'subdomain: db, ' }), 'spec.subdomain: no service is called default/db'],
    [
      "a StatefulSet's service",
      controller('StatefulSet', 'db', 'serviceName: db, '),
      'spec.serviceName: no service is called default/db',
    ],
    [
      'endpoints of nobody',
      '---\napiVersion: v1\nkind: Endpoints\nmetadata: { name: db }\n',
      'Endpoints db: no service is called default/db',
    ],
    [
      "a probe's port",
      '---\napiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [{ name: a, readinessProbe: { httpGet: { port: web } } }] }\n',
      'has no port called "web"; the probe never succeeds',
    ],
    [
      'one name in two containers',
      '---\napiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [{ name: a, ports: [{ name: x, containerPort: 1 }] }, { name: b, ports: [{ name: x, containerPort: 2 }] }] }\n',
      'the container "a" has a port "x" too',
    ],
  ])('name %s that matches nothing', (_what, text, message) => {
    const warnings = warningsOf(web + text)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(message)
  })

  it('say that a service has no endpoint because its workload has no replicas', () => {
    const text =
      controller('Deployment', 'web', 'replicas: 0, ') +
      service('s', 'selector: { app: web }, ports: [{ port: 80 }]')
    expect(warningsOf(text)[0]).toMatch(/its workload has no replicas$/)
  })

  it('name two services with one node port', () => {
    const one = (name: string) =>
      service(
        name,
        'type: NodePort, selector: { app: web }, ports: [{ port: 80, targetPort: http, nodePort: 30080 }]',
      )
    expect(warningsOf(web + one('a') + one('b'))).toEqual([
      expect.stringContaining('the service default/b has the nodePort 30080 too'),
      expect.stringContaining('the service default/a has the nodePort 30080 too'),
    ])
  })

  it("name two pods with one address, unless it is their node's", () => {
    const at = (name: string, spec = '') => pod(name, { spec, status: 'phase: Running, podIP: 10.0.0.1' })
    expect(warningsOf(at('a') + at('b'))).toEqual([
      expect.stringContaining('status.podIP: the pod default/b has the address 10.0.0.1 too'),
      expect.stringContaining('status.podIP: the pod default/a has the address 10.0.0.1 too'),
    ])
    expect(warningsOf(at('a', 'hostNetwork: true, ') + at('b', 'hostNetwork: true, '))).toEqual([])
    expect(warningsOf(at('a').replace('Running', 'Succeeded') + at('b'))).toEqual([])
  })

  it('name two services with one cluster IP', () => {
    const one = (name: string) =>
      service(name, 'clusterIP: 10.96.0.1, selector: { app: web }, ports: [{ port: 80, targetPort: http }]')
    expect(warningsOf(web + one('a') + one('b'))[0]).toContain(
      'spec.clusterIP: the service default/b has the cluster IP 10.96.0.1 too',
    )
  })

  it('are none where everything fits', () => {
    expect(
      warningsOf(
        web +
          service(
            's',
            'selector: { app: web }, ports: [{ port: 80, targetPort: http }, { name: b, port: 81, targetPort: 8080 }]'.replace(
              '{ port: 80',
              '{ name: a, port: 80',
            ),
          ),
      ),
    ).toEqual([])
  })
})
