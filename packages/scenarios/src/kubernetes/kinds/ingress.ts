import { z } from 'zod'
import {
  dnsSubdomainRefusal,
  portNameRefusal,
  portNumberRefusal,
  serviceNameRefusal,
  wildcardSubdomainRefusal,
} from '../api-names.ts'
import { apiMap, listOf, optional, refuseAt, text, textOf } from '../api-schema.ts'
import { CLASS_ANNOTATION } from '../ingress/ingress-classes.ts'
import { ingressRemarks } from '../ingress/ingress-warnings.ts'
import { objectName } from '../ingress/objects.ts'
import { addressRefusal } from '../schema/addresses.ts'
import { manifestSchema } from '../schema/object-meta.ts'
import { defineKind, type Manifest } from './kind.ts'

const servicePort = apiMap('port', { name: optional(text()), number: optional(z.int()) })

const service = apiMap('service', { name: textOf(serviceNameRefusal), port: optional(servicePort) })

const resource = apiMap('resource', { apiGroup: optional(text()), kind: text().min(1), name: text().min(1) })

/** Source: kubernetes/kubernetes pkg/apis/networking/validation/validation.go, `validateIngressBackend`. */
const backend = apiMap('backend', { service: optional(service), resource: optional(resource) }).superRefine(
  ({ service, resource }, context) => {
    if (service === undefined && resource === undefined)
      return refuseAt(
        context,
        [],
        'a backend without a service; write service: {name: ..., port: {number: ...}}',
      )
    if (service !== undefined && resource !== undefined)
      return refuseAt(context, ['resource'], 'a backend has a service and a resource; it takes one of them')
    if (service === undefined) return
    const { name = '', number = 0 } = service.port ?? {}
    if (name !== '' && number !== 0)
      refuseAt(context, ['service', 'port'], 'a port has a name and a number; it takes one of them')
    else if (name !== '') refuse(portNameRefusal(name), ['service', 'port', 'name'])
    else if (number !== 0) refuse(portNumberRefusal(number), ['service', 'port', 'number'])
    else
      refuseAt(
        context,
        ['service'],
        `the service ${service.name} is named without a port; write port: {number: ...} or {name: ...}`,
      )
    function refuse(message: string | undefined, path: string[]) {
      if (message !== undefined) refuseAt(context, path, message)
    }
  },
)

const FORBIDDEN_IN_PATHS = ['//', '/./', '/../', '%2f', '%2F']
const FORBIDDEN_AT_END = ['/.', '/..']

/** What is wrong with a path that is matched exactly or by prefix; Gateway API has the same rules. */
export function pathRefusal(path: string): string | undefined {
  if (!path.startsWith('/')) return `${JSON.stringify(path)} is not an absolute path; begin it with "/"`
  const within = FORBIDDEN_IN_PATHS.find((part) => path.includes(part))
  if (within !== undefined)
    return `${JSON.stringify(path)} has ${JSON.stringify(within)} in it, which no path here may have`
  const end = FORBIDDEN_AT_END.find((part) => path.endsWith(part))
  return end === undefined
    ? undefined
    : `${JSON.stringify(path)} ends with ${JSON.stringify(end)}, which no path here may do`
}

const path = apiMap('paths', {
  path: optional(text()),
  pathType: z.enum(['Exact', 'Prefix', 'ImplementationSpecific']),
  backend,
}).superRefine(({ path = '', pathType }, context) => {
  const isFree = pathType === 'ImplementationSpecific'
  const message = isFree
    ? path === '' || path.startsWith('/')
      ? undefined
      : pathRefusal(path)
    : pathRefusal(path)
  if (message !== undefined)
    refuseAt(
      context,
      path === '' ? [] : ['path'],
      path === '' ? `a path of type ${pathType} needs "path", such as "/"` : message,
    )
})

const isAddress = (host: string) => addressRefusal(host) === undefined

/** Hosts in lower case; `*` alone as the first label. */
export const hostRefusal = (host: string): string | undefined => {
  if (isAddress(host)) return `${JSON.stringify(host)} is an address; a host is a name of the DNS`
  return host.includes('*') ? wildcardSubdomainRefusal(host) : dnsSubdomainRefusal(host, 'a host')
}

const rule = apiMap('rules', {
  host: optional(textOf((host) => (host === '' ? undefined : hostRefusal(host)))),
  http: optional(apiMap('http', { paths: listOf(path).min(1) })),
})

const tls = apiMap('tls', {
  hosts: optional(
    z.array(
      textOf((host) =>
        host.includes('*') ? wildcardSubdomainRefusal(host) : dnsSubdomainRefusal(host, 'a host'),
      ),
    ),
  ),
  secretName: optional(textOf((name) => (name === '' ? undefined : dnsSubdomainRefusal(name)))),
})

const spec = apiMap('spec', {
  ingressClassName: optional(textOf((name) => dnsSubdomainRefusal(name))),
  defaultBackend: optional(backend),
  rules: optional(listOf(rule)),
  tls: optional(listOf(tls)),
}).superRefine(({ rules = [], defaultBackend }, context) => {
  if (rules.length === 0 && defaultBackend === undefined)
    refuseAt(context, [], 'an Ingress without rules and without a defaultBackend; it needs one of them')
})

export type IngressSpec = z.output<typeof spec>
export type IngressBackendInput = z.output<typeof backend>
export type IngressPathInput = z.output<typeof path>

const schema = manifestSchema('Ingress', { spec }, ['status'])

export type IngressManifest = Manifest<z.output<typeof schema>>

export const ingressKind = defineKind({
  kind: 'Ingress',
  apiVersions: ['networking.k8s.io/v1'],
  formerApiVersions: ['networking.k8s.io/v1beta1', 'extensions/v1beta1'],
  scope: 'namespaced',
  schema,
  check: ({ annotations, data: { spec } }, report) => {
    const old = annotations[CLASS_ANNOTATION]
    if (old !== undefined && spec.ingressClassName !== undefined && old !== spec.ingressClassName)
      report.refuse(
        ['metadata', 'annotations', CLASS_ANNOTATION],
        `the annotation says class ${JSON.stringify(old)}, ingressClassName ${JSON.stringify(spec.ingressClassName)}; leave out the annotation`,
      )
    for (const { path, message } of ingressRemarks(spec)) report.warn(path, message)
  },
  add: (manifest, draft) => {
    draft.ingresses.push(manifest)
  },
  link: (manifest, cluster, report) => {
    for (const { path, message } of cluster.ingressRemarks[objectName(manifest)] ?? [])
      report.warn(path, message)
  },
})
