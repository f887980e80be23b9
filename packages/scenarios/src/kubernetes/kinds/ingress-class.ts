import { z } from 'zod'
import { dnsLabelRefusal, dnsSubdomainRefusal } from '../api-names.ts'
import { apiMap, optional, refuseAt, text, textOf } from '../api-schema.ts'
import { manifestSchema } from '../schema/object-meta.ts'
import { defineKind, type Manifest } from './kind.ts'

const CONTROLLER_LENGTH_MAX = 250

/** `example.com/controller`: a domain and a path (apimachinery `IsDomainPrefixedPath`). */
function controllerRefusal(given: string): string | undefined {
  if (given.length > CONTROLLER_LENGTH_MAX)
    return `a controller has at most ${CONTROLLER_LENGTH_MAX} characters; this one has ${given.length}`
  const slash = given.indexOf('/')
  const [domain, path] = [given.slice(0, slash), given.slice(slash + 1)]
  if (slash < 1 || path === '' || !/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path))
    return `${JSON.stringify(given)} is not a controller; expected a domain and a path, such as "example.com/ingress"`
  return dnsSubdomainRefusal(domain, "a controller's domain")
}

const parameters = apiMap('parameters', {
  apiGroup: optional(textOf((group) => dnsSubdomainRefusal(group))),
  kind: text().min(1),
  name: text().min(1),
  scope: optional(z.enum(['Cluster', 'Namespace'])),
  namespace: optional(textOf((name) => dnsLabelRefusal(name, "a namespace's name"))),
}).superRefine(({ scope = 'Cluster', namespace }, context) => {
  if (scope === 'Namespace' && namespace === undefined)
    refuseAt(context, [], 'parameters with scope Namespace need a "namespace"')
  if (scope === 'Cluster' && namespace !== undefined)
    refuseAt(
      context,
      ['namespace'],
      'parameters with scope Cluster stand outside namespaces; remove the namespace',
    )
})

const classSchema = manifestSchema('IngressClass', {
  spec: apiMap('spec', { controller: textOf(controllerRefusal), parameters: optional(parameters) }),
})

export type IngressClassManifest = Manifest<z.output<typeof classSchema>>

export const ingressClassKind = defineKind({
  kind: 'IngressClass',
  apiVersions: ['networking.k8s.io/v1'],
  formerApiVersions: ['networking.k8s.io/v1beta1'],
  scope: 'cluster',
  schema: classSchema,
  add: (manifest, draft) => {
    draft.ingressClasses.push(manifest)
  },
  link: ({ name }, cluster, report) => {
    for (const { path, message } of cluster.ingressRemarks[`IngressClass ${name}`] ?? [])
      report.warn(path, message)
  },
})
