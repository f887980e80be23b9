import type { Policy, PolicyPeer, PolicyRule, PolicySet, PolicyWorkload } from '@weft/fabric'

export interface ClusterSize {
  readonly namespaces: number
  readonly workloads: number
  readonly policies: number
}

const APPS = 10
const NODES = 50

const having = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] }))

/**
 * A cluster of namespaces with ten applications each: policies by application, one in ten for a whole namespace, a third with
 * egress rules; peers by labels, by labels of namespaces, and by prefixes with exceptions; ports by number, range and name.
 * Every workload has a label of its own, as replicas of a StatefulSet have.
 */
export function clusterOf({ namespaces, workloads, policies }: ClusterSize): PolicySet {
  return {
    namespaces: Array.from({ length: namespaces }, (_, i) => ({
      name: `ns${i}`,
      labels: { team: `team${i % 10}` },
    })),
    workloads: Array.from({ length: workloads }, (_, i) => workloadOf(i, i % namespaces)),
    nodes: Array.from({ length: NODES }, (_, i) => ({
      name: `node${i}`,
      labels: {},
      addresses: [`172.16.0.${i + 1}`],
    })),
    policies: Array.from({ length: policies }, (_, i) => policyOf(i, i % namespaces)),
  }
}

function workloadOf(index: number, namespace: number): PolicyWorkload {
  const app = `app${Math.floor(index / 7) % APPS}`
  const name = `${app}-${index}`
  return {
    name: `ns${namespace}/${name}`,
    namespace: `ns${namespace}`,
    labels: { app, tier: index % 3 === 0 ? 'front' : 'back', 'statefulset.kubernetes.io/pod-name': name },
    ports: [
      { name: 'http', protocol: 'TCP', port: 8080 + (index % 2) },
      { protocol: 'TCP', port: 9090 },
    ],
    addresses: [`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`],
    node: `node${index % NODES}`,
    hostNetwork: false,
  }
}

function policyOf(index: number, namespace: number): Policy {
  const subject = index % 10 === 9 ? {} : { app: `app${Math.floor(index / 100) % APPS}` }
  return {
    name: `NetworkPolicy ns${namespace}/p${index}`,
    tier: 'network',
    priority: 0,
    subject: { namespaces: { name: `ns${namespace}` }, labels: having(subject) },
    ingress: ingressOf(index, namespace),
    ...(index % 3 === 0 && { egress: egressOf(index) }),
  }
}

function ingressOf(index: number, namespace: number): PolicyRule[] {
  const ownApp: PolicyPeer = {
    kind: 'workloads',
    select: { namespaces: { name: `ns${namespace}` }, labels: having({ app: `app${(index * 7) % APPS}` }) },
  }
  const team: PolicyPeer = {
    kind: 'workloads',
    select: {
      namespaces: { labels: having({ team: `team${(index * 3) % 10}` }) },
      labels: having({ tier: 'front' }),
    },
  }
  const office: PolicyPeer = { kind: 'addresses', cidr: `192.168.${index % 256}.0/24`, except: [] }
  return [
    {
      name: 'ingress[0]',
      action: 'accept',
      peers: [ownApp, team],
      ports: [
        { kind: 'named', name: 'http', protocol: 'TCP' },
        { kind: 'range', protocol: 'TCP', first: 9000 + (index % 100), last: 9200 },
      ],
    },
    {
      name: 'ingress[1]',
      action: 'accept',
      peers: [office],
      ports: [{ kind: 'range', protocol: 'TCP', first: 443, last: 443 }],
    },
  ]
}

function egressOf(index: number): PolicyRule[] {
  const app: PolicyPeer = {
    kind: 'workloads',
    select: { namespaces: { labels: [] }, labels: having({ app: `app${index % APPS}` }) },
  }
  const world: PolicyPeer = {
    kind: 'addresses',
    cidr: '0.0.0.0/0',
    except: ['169.254.169.254/32', `10.${index % 200}.0.0/16`],
  }
  return [
    { name: 'egress[0]', action: 'accept', peers: [app, world] },
    {
      name: 'egress[1]',
      action: 'accept',
      ports: [{ kind: 'range', protocol: 'UDP', first: 53, last: 53 }],
    },
  ]
}
