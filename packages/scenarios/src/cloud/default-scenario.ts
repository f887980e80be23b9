import type { Cluster } from '../kubernetes/index.ts'
import { PODS_PER_HOST_DEFAULT } from './place-pods.ts'

const REGION = 'cluster'
const LEAVES_MIN = 2
const SPINES = 2
const HOSTS_PER_LEAF_MAX = 16
const HOSTS_MIN = 4

/** A scenario around a cluster that came without one: what it says, and in words what was made up. */
export interface DefaultScenario {
  readonly yaml: string
  readonly note: string
}

/** A leaf-spine that is large enough for a cluster, with links of 100 Gbit/s and a way to the internet. */
export function defaultScenario(cluster: Cluster, name: string): DefaultScenario {
  const named = new Set([
    ...cluster.nodes.map((node) => node.name),
    ...cluster.pods.flatMap(({ nodeName, template }) =>
      [nodeName, template.nodeName].filter((each) => each !== undefined),
    ),
  ])
  const needed = named.size > 0 ? named.size : Math.ceil(cluster.pods.length / PODS_PER_HOST_DEFAULT)
  const hosts = Math.max(HOSTS_MIN, needed)
  const leaves = Math.max(LEAVES_MIN, Math.ceil(hosts / HOSTS_PER_LEAF_MAX))
  const hostsPerLeaf = Math.ceil(hosts / leaves)
  const yaml = `weft: 1
name: ${JSON.stringify(name)}
regions:
  ${REGION}:
    fabric:
      leafSpine:
        leaves: ${leaves}
        spines: ${SPINES}
        hostsPerLeaf: ${hostsPerLeaf}
        hostLink: 100Gbps
        fabricLink: 100Gbps
    addresses:
      hosts: [10.0.0.0/8, 'fd00::/64']
      workloads: [10.64.0.0/14, 'fd64::/64']
      services: [10.96.0.0/16, 'fd96::/112']
      loadBalancers: [203.0.113.0/24, '2001:db8:cb::/112']
    internet: { rate: 100Gbps, gateways: 2 }
    nat: { pool: [198.51.100.0/30, '2001:db8:c6::/126'] }
kubernetes:
  - { region: ${REGION}, manifests: . }
`
  const pods = cluster.pods.length === 1 ? '1 pod is' : `${cluster.pods.length} pods are`
  const note =
    `manifests without a scenario: their ${pods} put on a fabric made up for them, ` +
    `${leaves} leaves, ${SPINES} spines and ${leaves * hostsPerLeaf} hosts, links of 100 Gbit/s, and two gateways to the internet`
  return { yaml, note }
}
