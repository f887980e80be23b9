import { BALANCER_KINDS } from '@weft/fabric'
import { z } from 'zod'
import { choice, selector, strict, text, wholeNumber } from './strict.ts'

const CLUSTERS_MAX = 100

const cluster = strict(
  'kubernetes',
  {
    region: text(200, { description: 'The region whose hosts are its nodes.', examples: ['ord1'] }),
    manifests: selector({
      description:
        'Files of manifests, directories, or patterns with * in a name, from where the scenario file is. YAML or JSON, as kubectl reads and prints them.',
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
    balancer: choice(BALANCER_KINDS, {
      description: 'How each host chooses among the endpoints of a service for its clients. Default random.',
      examples: ['maglev'],
    }).optional(),
    podsPerHost: wholeNumber(1, 100_000, {
      description: 'Pods that a host takes. Default 110, as kubelets.',
      examples: [250],
    }).optional(),
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
    examples: [[{ region: 'ord1', manifests: ['manifests/*.yaml'] }]],
  })

export type KubernetesInput = z.output<typeof kubernetesSchema>
