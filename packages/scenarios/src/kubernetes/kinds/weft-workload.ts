import { z } from 'zod'
import { apiMap, listOf, optional, textOf } from '../api-schema.ts'
import { dnsSubdomainRefusal } from '../api-names.ts'
import { placement, resolver } from '../model/pod-template.ts'
import { replicaCount } from '../schema/fields.ts'
import { labels, manifestSchema } from '../schema/object-meta.ts'
import { placementFields } from '../schema/pod-spec.ts'
import { portName, portNumber, protocol } from '../schema/ports.ts'
import { defineKind } from './kind.ts'

const spec = apiMap('spec', {
  ...placementFields,
  replicas: optional(replicaCount()),
  /** Of its pods; those of its metadata where none are written. */
  labels: optional(labels()),
  ports: optional(
    listOf(
      apiMap('ports', { name: optional(portName()), protocol: optional(protocol()), port: portNumber() }),
    ),
  ),
  nodeName: optional(textOf((name) => dnsSubdomainRefusal(name, "a node's name"))),
  hostNetwork: optional(z.boolean()),
})

/** Something with an address, in a few lines: for what Kubernetes does not run, and for small examples. */
export const weftWorkloadKind = defineKind({
  kind: 'Workload',
  apiVersions: ['weft/v1'],
  scope: 'namespaced',
  schema: manifestSchema('Workload', { spec: optional(spec) }),
  check: ({ data }, report) => {
    const seen = new Set<string>()
    for (const [index, { name = '', protocol = 'TCP', port }] of (data.spec?.ports ?? []).entries()) {
      for (const [key, text] of Object.entries({ name, port: `${protocol} ${port}` })) {
        if (text !== '' && seen.has(`${key} ${text}`))
          report.refuse(
            ['spec', 'ports', index, key],
            `another port has the ${key} ${JSON.stringify(key === 'name' ? name : port)} too`,
          )
        seen.add(`${key} ${text}`)
      }
    }
  },
  add: (manifest, draft) => {
    const { name, annotations, data } = manifest
    const {
      replicas = 1,
      labels = manifest.labels,
      ports = [],
      nodeName,
      hostNetwork = false,
      ...rest
    } = data.spec ?? {}
    draft.workloads.push({
      manifest,
      replicas,
      podName: (index) => `${name}-${index}`,
      template: {
        labels,
        annotations,
        ports: ports.map(({ name, protocol = 'TCP', port }) => ({
          ...(name ? { name } : {}),
          protocol,
          port,
        })),
        readinessProbes: [],
        hostNetwork,
        dns: resolver({ hostNetwork }),
        ...(nodeName ? { nodeName } : {}),
        ...placement(rest),
      },
    })
  },
})
