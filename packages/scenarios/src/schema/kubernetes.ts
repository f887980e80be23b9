import { BALANCER_KINDS } from '@weft/fabric'
import { z } from 'zod'
import { ingressSchema } from './ingress.ts'
import { manifestFiles } from './manifest-files.ts'
import { name } from './names.ts'
import { delay } from './quantity.ts'
import { choice, selector, strict, text, wholeNumber } from './strict.ts'

const CLUSTERS_MAX = 100

/** Whom prefixes in network policies match: everyone with an address in them, pods too, or no pods. */
export const IP_BLOCKS = ['everyone', 'outside'] as const

const cluster = strict(
  'kubernetes',
  {
    name: name(
      "What tells it from other clusters: names of its workloads and services begin with it, as in ord1/shop/cart. Default: its region's name; of several in a region each needs one.",
      ['blue'],
    ).optional(),
    region: text(200, { description: 'The region whose hosts are its nodes.', examples: ['ord1'] }),
    hosts: selector({
      description:
        'The hosts that are its nodes, by names or patterns. Default: all of the region; two clusters in it need each their own.',
      examples: ['ord1/leaf-0', ['ord1/leaf-1', 'ord1/leaf-2/*']],
    }).optional(),
    manifests: manifestFiles({
      description:
        'Files of manifests, directories, or patterns with * in a name, from where the scenario file is. YAML or JSON, as kubectl reads and prints them. Or a map with the text of each file by its name, which alone scenarios from TypeScript take.',
      examples: ['manifests', ['manifests/*.yaml', 'policies']],
    }),
    namespace: text(63, {
      description: 'The namespace of manifests that name none. Default default.',
      examples: ['shop'],
    }).optional(),
    placement: choice(['spread', 'pack'], {
      description:
        'Where pods run that do not say so: spread over hosts, or host after host filled. Default spread.',
      examples: ['pack'],
    }).optional(),
    nodes: z
      .record(
        z.string().min(1).max(253),
        text(200, { description: 'Its host.', examples: ['ord1/leaf-1/host-0'] }),
      )
      .meta({
        description:
          'Which host a node is, by its name in the manifests. Default: the host of the same name, then both in the order of names.',
        examples: [{ 'worker-b': 'ord1/leaf-1/host-0' }],
      })
      .optional(),
    pin: z
      .record(
        z.string().min(1).max(256),
        selector({
          description: 'Hosts that it runs on, whatever its labels, nodeName and taints say.',
          examples: ['ord1/leaf-1/host-0'],
        }),
      )
      .meta({
        description:
          'Hosts that workloads run on, by namespace/name of a workload or a pod: spread over these, or filled one after the other.',
        examples: [{ 'shop/db': 'ord1/leaf-1/host-0', 'shop/cart': ['ord1/leaf-0', 'ord1/leaf-1'] }],
      })
      .optional(),
    balancer: choice(BALANCER_KINDS, {
      description: 'How each host chooses among the endpoints of a service for its clients. Default random.',
      examples: ['maglev'],
    }).optional(),
    balancers: z
      .record(
        z.string().min(1).max(256),
        choice(BALANCER_KINDS, { description: 'How it is balanced.', examples: ['maglev'] }),
      )
      .meta({
        description: 'How single services are balanced instead, by namespace/name.',
        examples: [{ 'shop/cart': 'maglev', 'shop/front': 'least-connections' }],
      })
      .optional(),
    services: choice(['hosts', 'gateways'], {
      description:
        'Where services are balanced: at every host for its own clients (default), or at the gateways of the region, as by a load balancer in the middle that all their traffic passes.',
      examples: ['gateways'],
    }).optional(),
    whenDenied: choice(['drop', 'reject'], {
      description:
        'What becomes of connections that network policies deny: packets are lost without a word (default), or the sender is told at once, by a TCP reset or an ICMP error.',
      examples: ['reject'],
    }).optional(),
    ipBlocks: choice(IP_BLOCKS, {
      description:
        "Whom prefixes in network policies (ipBlock, networks) match: everyone with an address in them, pods too (default), as Kubernetes' own tests demand; or outside, no pods, as some plugins and analyzers have it. The same for all clusters.",
      examples: ['outside'],
    }).optional(),
    endpointDelay: delay({
      description:
        'From a change of an endpoint, a pod that is ready or gone, until hosts send new connections accordingly. Default 0s.',
      examples: ['500ms'],
    }).optional(),
    nodeMonitorGrace: delay({
      description:
        'From the failure of a host, or of its last way to where most hosts are, until its node is known not to be ready, and what runs on it is no endpoint. Default 40s, as the node controller has it.',
      examples: ['20s'],
    }).optional(),
    podEviction: delay({
      description:
        'From then until pods are evicted, and others started elsewhere in their stead, unless their tolerations say otherwise. Default 300s.',
      examples: ['30s'],
    }).optional(),
    podsPerHost: wholeNumber(1, 100_000, {
      description: 'Pods that a host takes. Default 110, as kubelets.',
      examples: [250],
    }).optional(),
    ingress: ingressSchema.optional(),
  },
  {
    description: 'A cluster, as its manifests describe it, on the hosts of a region.',
    examples: [{ region: 'ord1', manifests: 'manifests' }],
  },
)

export const kubernetesSchema = z
  .array(cluster)
  .max(CLUSTERS_MAX)
  .meta({
    description: 'Kubernetes clusters: their pods run on hosts, with policies at their interfaces.',
    examples: [
      [{ region: 'ord1', manifests: ['manifests/*.yaml'] }],
      [
        { region: 'ord1', name: 'blue', hosts: 'ord1/leaf-0', manifests: 'blue' },
        { region: 'ord1', name: 'green', hosts: 'ord1/leaf-1', manifests: 'green' },
      ],
    ],
  })

export type KubernetesInput = z.output<typeof kubernetesSchema>
