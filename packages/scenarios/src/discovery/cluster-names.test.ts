import { SECOND } from '@weft/core'
import {
  Authority,
  dnsName,
  explainLookup,
  lookupLines,
  type RecordType,
  Reply,
  Resolver,
  StubClient,
  Zone,
} from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import type { Cluster, Service } from '../kubernetes/index.ts'
import { clusterOf } from '../kubernetes/manifests.fixture.ts'
import { ClusterNames, type ClusterNamesOptions } from './cluster-names.ts'
import { podResolvConf } from './resolv-conf.ts'

const pod = (name: string, ip: string, rest = '', ready = 'True') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: default, labels: { app: pets } }
spec: { ${rest} containers: [{ name: c, image: i, ports: [{ name: web, containerPort: 8443 }] }] }
status: { phase: Running, podIP: ${ip}, conditions: [{ type: Ready, status: "${ready}" }] }
---`

const service = (name: string, spec: string) => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: default }
spec: { ${spec} }
---`

const HEADLESS =
  'clusterIP: None, selector: { app: pets }, ports: [{ name: https, port: 443, targetPort: web }, { name: metrics, port: 9090 }]'

function answers(text: string, options: ClusterNamesOptions = {}) {
  const names = new ClusterNames(clusterOf(text), options)
  const server = new Authority(
    { now: 0 },
    'dns',
    names.zones().map((zone) => new Zone(zone)),
  )
  return (name: string, type: RecordType) => {
    const reply = new Reply()
    server.query(dnsName(name), type, reply)
    return reply.outcome === 'found' ? reply.values() : reply.outcome
  }
}

describe('a service with an address (§2.3)', () => {
  const ask = answers(
    service('kubernetes', 'clusterIP: 10.3.0.1, ports: [{ name: https, port: 443, targetPort: 6443 }]'),
  )

  it('has it, an SRV record with its own port, and a PTR record, whatever the case', () => {
    const name = 'kubernetes.default.svc.cluster.local'
    expect(ask('Kubernetes.DEFAULT.svc.cluster.local.', 'A')).toEqual(['10.3.0.1'])
    expect(ask(name, 'AAAA')).toBe('no-data')
    expect(ask(`_https._tcp.${name}`, 'SRV')).toEqual([`0 100 443 ${name}`])
    expect(ask(`_https._udp.${name}`, 'SRV')).toBe('no-name')
    expect(ask('1.0.3.10.in-addr.arpa', 'PTR')).toEqual([name])
    expect(ask('dns-version.cluster.local', 'TXT')).toEqual(['1.1.0'])
  })

  it('has no SRV record for a port without a name, and is not there without an address', () => {
    const named = answers(
      service('a', 'clusterIP: 10.3.0.2, ports: [{ port: 80 }]') + service('b', 'ports: [{ port: 80 }]'),
    )
    expect(named('_tcp.a.default.svc.cluster.local', 'SRV')).toBe('no-name')
    expect(named('b.default.svc.cluster.local', 'A')).toBe('no-name')
  })

  it('has the addresses that the cluster gives it, of both families', () => {
    const both = answers(service('a', 'ports: [{ port: 80 }]'), {
      clusterIpsOf: () => ['10.3.0.7', 'fd00::7'],
      zone: 'k8s.example',
    })
    expect(both('a.default.svc.k8s.example', 'A')).toEqual(['10.3.0.7'])
    expect(both('a.default.svc.k8s.example', 'AAAA')).toEqual(['fd00::7'])
    expect(both('a.default.svc.cluster.local', 'A')).toBe('refused')
  })
})

describe('a headless service (§2.4)', () => {
  const name = 'headless.default.svc.cluster.local'
  const pods =
    pod('a', '10.3.0.100', 'hostname: my-pet, subdomain: headless,') +
    pod('b', '10.3.0.101', 'hostname: my-pet-2, subdomain: headless,') +
    pod('c', '10.3.0.102')

  it('has its ready endpoints, each by its name, and ports of each: N times M', () => {
    const ask = answers(pods + service('headless', HEADLESS))
    expect(ask(name, 'A')).toEqual(['10.3.0.100', '10.3.0.101', '10.3.0.102'])
    expect(ask(`my-pet.${name}`, 'A')).toEqual(['10.3.0.100'])
    expect(ask(`10-3-0-102.${name}`, 'A')).toEqual(['10.3.0.102'])
    // the port that the pod listens on, not the service's
    expect(ask(`_https._tcp.${name}`, 'SRV')).toEqual([
      `0 33 8443 10-3-0-102.${name}`,
      `0 33 8443 my-pet-2.${name}`,
      `0 33 8443 my-pet.${name}`,
    ])
    expect(ask(`_metrics._tcp.${name}`, 'SRV')).toHaveLength(3)
    expect(ask('100.0.3.10.in-addr.arpa', 'PTR')).toEqual([`my-pet.${name}`])
  })

  it('is not there while no endpoint is ready, unless it publishes those that are not', () => {
    const unready = pod('a', '10.3.0.100', 'hostname: my-pet, subdomain: headless,', 'False')
    const ask = answers(unready + service('headless', HEADLESS))
    expect([ask(name, 'A'), ask(`my-pet.${name}`, 'A'), ask(`_https._tcp.${name}`, 'SRV')]).toEqual(
      Array(3).fill('no-name'),
    )
    const published = answers(unready + service('headless', `publishNotReadyAddresses: true, ${HEADLESS}`))
    expect(published(`my-pet.${name}`, 'A')).toEqual(['10.3.0.100'])
  })

  it('names pods by a host name of their own alone, and below their subdomain alone', () => {
    const ask = answers(
      pod('a', '10.3.0.100', 'subdomain: headless,') +
        pod('b', '10.3.0.101', 'hostname: my-pet, subdomain: other,') +
        service('headless', HEADLESS),
    )
    expect(ask(`a.${name}`, 'A')).toBe('no-name')
    expect(ask(`my-pet.${name}`, 'A')).toBe('no-name')
    expect(ask(`10-3-0-101.${name}`, 'A')).toEqual(['10.3.0.101'])
    // dropped after schema 1.0
    expect(ask('10-3-0-100.default.pod.cluster.local', 'A')).toBe('no-name')
  })

  it('names the pods of StatefulSets, machines and indexed jobs, whose controllers give them host names', () => {
    const text = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: headless
  replicas: 2
  selector: { matchLabels: { app: pets } }
  template: { metadata: { labels: { app: pets } }, spec: { containers: [{ name: c, image: i }] } }
---
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: { name: vm }
spec: { running: true, template: { metadata: { labels: { app: pets } }, spec: { subdomain: headless, domain: { devices: {} } } } }
---
apiVersion: batch/v1
kind: Job
metadata: { name: job }
spec:
  completionMode: Indexed
  completions: 1
  template: { metadata: { labels: { app: pets } }, spec: { restartPolicy: Never, subdomain: headless, containers: [{ name: c, image: i }] } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: pets } }
  template: { metadata: { labels: { app: pets } }, spec: { subdomain: headless, containers: [{ name: c, image: i }] } }
---`
    const cluster = clusterOf(text)
    const ips = new Map(cluster.pods.map(({ id }, index) => [id, `10.3.0.${index + 1}`]))
    const ask = answers(text + service('headless', HEADLESS), { addressesOf: ({ id }) => [ips.get(id)!] })
    const hosts = ['db-0', 'db-1', 'vm', 'job-0']
    const found = hosts.map((host) => ask(`${host}.${name}`, 'A'))
    expect(found.every((each) => Array.isArray(each) && each.length === 1)).toBe(true)
    const web = [...ips].find(([id]) => id.startsWith('default/web-'))![1]
    expect(ask(`${web.replaceAll('.', '-')}.${name}`, 'A')).toEqual([web])
    expect(ask(name, 'A')).toHaveLength(5)
  })

  it('leaves a port out for pods that have none of its name', () => {
    const ask = answers(
      pod('a', '10.3.0.100') +
        service(
          'headless',
          'clusterIP: None, selector: { app: pets }, ports: [{ name: x, port: 1, targetPort: none }]',
        ),
    )
    expect(ask(name, 'A')).toEqual(['10.3.0.100'])
    expect(ask(`_x._tcp.${name}`, 'SRV')).toBe('no-name')
  })

  it('has the families that it asks for', () => {
    const addressesOf = () => ['10.3.0.1', 'fd00::1']
    const of = (spec: string) => {
      const ask = answers(pod('a', '10.3.0.1') + service('headless', `${spec} ${HEADLESS}`), { addressesOf })
      return [ask(name, 'A'), ask(name, 'AAAA')]
    }
    expect(of('')).toEqual([['10.3.0.1'], 'no-data'])
    expect(of('ipFamilies: [IPv6],')).toEqual(['no-data', ['fd00::1']])
    expect(of('ipFamilyPolicy: RequireDualStack,')).toEqual([['10.3.0.1'], ['fd00::1']])
  })

  it('has endpoints that are given by hand', () => {
    const ask = answers(`${service('headless', 'clusterIP: None, ports: [{ name: sql, port: 5432 }]')}
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: x, namespace: default, labels: { kubernetes.io/service-name: headless } }
addressType: IPv4
ports: [{ name: sql, port: 6432 }]
endpoints: [{ addresses: [192.0.2.5], hostname: main }, { addresses: [192.0.2.6], conditions: { ready: false } }]
`)
    expect(ask(name, 'A')).toEqual(['192.0.2.5'])
    expect(ask(`_sql._tcp.${name}`, 'SRV')).toEqual([`0 100 6432 main.${name}`])
  })
})

describe('a name for another name (§2.5)', () => {
  it('is an alias, and nothing else', () => {
    const ask = answers(service('bank', 'type: ExternalName, externalName: api.bank.example'))
    expect(ask('bank.default.svc.cluster.local', 'CNAME')).toEqual(['api.bank.example'])
    expect(ask('bank.default.svc.cluster.local', 'A')).toBe('alias')
  })
})

describe('resolv.conf of a pod', () => {
  const options = {
    clusterDns: ['10.3.0.10'],
    node: { nameservers: ['192.0.2.53'], search: ['corp.example'] },
  }
  const confOf = (spec: string) => podResolvConf(clusterOf(pod('a', '10.3.0.1', spec)).pods[0]!, options)
  const paths = ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'corp.example']

  it.each([
    ['', { nameservers: ['10.3.0.10'], search: paths, ndots: 5 }],
    ['hostNetwork: true,', { nameservers: ['192.0.2.53'], search: ['corp.example'], ndots: 1 }],
    [
      'hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet,',
      { nameservers: ['10.3.0.10'], search: paths, ndots: 5 },
    ],
    [
      'dnsPolicy: None, dnsConfig: { nameservers: [192.0.2.9], searches: [x.example], options: [{ name: ndots, value: "2" }] },',
      { nameservers: ['192.0.2.9'], search: ['x.example'], ndots: 2 },
    ],
    [
      'dnsConfig: { searches: [x.example, cluster.local] },',
      { nameservers: ['10.3.0.10'], search: [...paths, 'x.example'], ndots: 5 },
    ],
  ])('%s', (spec, expected) => {
    expect(confOf(spec)).toEqual(expected)
  })
})

describe('a service that moves', () => {
  it('is found at its old address until the answer expires, and told so', () => {
    const clock = { now: 0 }
    const text = pod('a', '10.3.0.100') + pod('b', '10.3.0.101') + service('headless', HEADLESS)
    const cluster: Cluster = clusterOf(text)
    const isUp = (id: string) => new ClusterNames(cluster, { isReady: (each) => each.id === id })
    const zones = isUp('default/a')
      .zones()
      .map((zone) => new Zone(zone))
    const node = new Resolver(clock, {
      name: 'node',
      capacity: 100,
      upstreams: [{ suffix: '.', servers: [new Authority(clock, 'coredns', zones)] }],
    })
    const { search, ndots } = podResolvConf(cluster.pods[0]!, { clusterDns: ['10.3.0.10'] })
    const client = new StubClient(clock, {
      name: 'default/c',
      nameservers: [node],
      search,
      ndots,
      library: 'glibc',
    })
    expect(client.lookup('headless', ['A']).values()).toEqual(['10.3.0.100'])
    clock.now = 10 * SECOND
    const [moved]: readonly Service[] = cluster.services
    const [before, after] = ['default/a', 'default/b'].map((id) => isUp(id).recordsOf(moved!))
    zones[0]!.exchange(before!.forward, after!.forward)
    expect(lookupLines(explainLookup(clock, client, 'headless', ['A']))).toEqual([
      'headless.default.svc.cluster.local. A: 10.3.0.100 (A, for 20 s, stale)',
    ])
    clock.now = 30 * SECOND
    expect(client.lookup('headless', ['A']).values()).toEqual(['10.3.0.101'])
  })
})
