import { canonicalAddress } from '@weft/fabric'
import { z } from 'zod'
import { dnsLabelRefusal, labelKeyRefusal, serviceNameRefusal } from '../api-names.ts'
import { listOf, optional, text, textOf } from '../api-schema.ts'
import type { Service, ServicePort } from '../model/cluster.ts'
import { addressRefusal, endpointAddress, familyOf, prefix } from '../schema/addresses.ts'
import { fields, integer } from '../schema/fields.ts'
import { labels, manifestSchema } from '../schema/object-meta.ts'
import { portNumber, portNumberOrName, protocol } from '../schema/ports.ts'
import { checkService } from './service-checks.ts'
import { defineKind, type Manifest } from './kind.ts'
import { warnOfService } from './service-warnings.ts'

/** A 0 or an empty text stands for the service's own port. */
const targetPort = z.preprocess(
  (value) => (value === 0 || value === '' ? undefined : value),
  portNumberOrName().optional(),
)

const port = fields('ports', {
  name: optional(
    textOf((name) => (name === '' ? undefined : dnsLabelRefusal(name, "a service port's name"))),
  ),
  protocol: optional(protocol()),
  port: portNumber(),
  targetPort: z.preprocess((value) => value ?? undefined, targetPort).optional(),
  nodePort: optional(integer(0, 65_535)),
  appProtocol: optional(textOf(labelKeyRefusal)),
})

const clusterIp = textOf((given) => (given === '' || given === 'None' ? undefined : addressRefusal(given)))

/** Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go ValidateService. */
const spec = fields(
  'spec',
  {
    type: optional(z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'])),
    ports: optional(listOf(port)),
    selector: optional(labels()),
    clusterIP: optional(clusterIp),
    clusterIPs: optional(z.array(clusterIp)),
    ipFamilies: optional(z.array(z.enum(['IPv4', 'IPv6'])).max(2)),
    ipFamilyPolicy: optional(z.enum(['SingleStack', 'PreferDualStack', 'RequireDualStack'])),
    externalIPs: optional(z.array(endpointAddress())),
    externalName: optional(text()),
    sessionAffinity: optional(z.enum(['None', 'ClientIP'])),
    sessionAffinityConfig: optional(
      fields('sessionAffinityConfig', {
        clientIP: optional(fields('clientIP', { timeoutSeconds: optional(integer(1, 86_400)) })),
      }),
    ),
    externalTrafficPolicy: optional(z.enum(['Cluster', 'Local'])),
    internalTrafficPolicy: optional(z.enum(['Cluster', 'Local'])),
    trafficDistribution: optional(z.enum(['PreferClose', 'PreferSameZone', 'PreferSameNode'])),
    publishNotReadyAddresses: optional(z.boolean()),
    loadBalancerIP: optional(text()),
    loadBalancerSourceRanges: optional(z.array(prefix())),
    allocateLoadBalancerNodePorts: optional(z.boolean()),
    healthCheckNodePort: optional(integer(0, 65_535)),
  },
  ['loadBalancerClass', 'topologyKeys'],
)

const status = z.looseObject({
  loadBalancer: optional(
    z.looseObject({
      ingress: optional(listOf(z.looseObject({ ip: optional(text()), hostname: optional(text()) }))),
    }),
  ),
})

export type ServiceSpecInput = z.output<typeof spec>
export type ServiceManifest = Manifest<{
  spec: ServiceSpecInput
  status?: z.output<typeof status> | undefined
}>

export const serviceKind = defineKind({
  kind: 'Service',
  apiVersions: ['v1'],
  scope: 'namespaced',
  nameRefusal: serviceNameRefusal,
  schema: manifestSchema('Service', { spec, status: optional(status) }),
  check: ({ data }, report) => checkService(data.spec, report),
  add: (manifest, draft) => {
    draft.services.push(serviceOf(manifest))
  },
  link: (manifest, cluster, report) => warnOfService(manifest, cluster, report),
})

/** With the API server's defaults; addresses that it would give are given later. */
function serviceOf({
  namespace,
  name,
  labels,
  annotations,
  data,
}: ServiceManifest): Omit<Service, 'endpoints'> {
  const { spec, status } = data
  const { type = 'ClusterIP', clusterIP = '', clusterIPs = clusterIP === '' ? [] : [clusterIP] } = spec
  const hasSelector = type !== 'ExternalName' && Object.keys(spec.selector ?? {}).length > 0
  const addresses = clusterIPs.filter((each) => each !== 'None' && each !== '').map(canonicalAddress)
  const ingress = status?.loadBalancer?.ingress ?? []
  const balancerIps = [spec.loadBalancerIP, ...ingress.map(({ ip }) => ip)]
    .filter(isAddress)
    .map(canonicalAddress)
  return {
    id: `${namespace}/${name}`,
    namespace,
    name,
    labels,
    annotations,
    type,
    isHeadless: clusterIPs[0] === 'None',
    clusterIps: addresses,
    ipFamilies: spec.ipFamilies ?? addresses.map(familyOf),
    ipFamilyPolicy: spec.ipFamilyPolicy ?? (addresses.length > 1 ? 'RequireDualStack' : 'SingleStack'),
    ports: (spec.ports ?? []).map(portOf),
    ...(hasSelector ? { selector: spec.selector! } : {}),
    sessionAffinity: spec.sessionAffinity ?? 'None',
    affinityTimeoutSeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800,
    externalTrafficPolicy: spec.externalTrafficPolicy ?? 'Cluster',
    internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster',
    ...distributionOf(spec),
    publishNotReadyAddresses: spec.publishNotReadyAddresses ?? false,
    ...(type === 'ExternalName' ? { externalName: spec.externalName!.replace(/\.$/, '') } : {}),
    externalIps: (spec.externalIPs ?? []).map(canonicalAddress),
    loadBalancerIps: [...new Set(balancerIps)],
    loadBalancerHostnames: ingress.flatMap(({ hostname }) => hostname || []),
    loadBalancerSourceRanges: spec.loadBalancerSourceRanges ?? [],
    allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts ?? true,
    ...(spec.healthCheckNodePort ? { healthCheckNodePort: spec.healthCheckNodePort } : {}),
  }
}

const isAddress = (given: string | undefined): given is string =>
  given !== undefined && given !== '' && addressRefusal(given) === undefined

/** `PreferClose` is the older name of `PreferSameZone`. */
function distributionOf({ trafficDistribution }: ServiceSpecInput): Pick<Service, 'trafficDistribution'> {
  if (trafficDistribution === undefined) return {}
  return {
    trafficDistribution: trafficDistribution === 'PreferClose' ? 'PreferSameZone' : trafficDistribution,
  }
}

type PortInput = NonNullable<ServiceSpecInput['ports']>[number]

const portOf = ({
  name,
  protocol = 'TCP',
  port,
  targetPort = port,
  nodePort,
  appProtocol,
}: PortInput): ServicePort => ({
  ...(name ? { name } : {}),
  protocol,
  port,
  targetPort,
  ...(nodePort ? { nodePort } : {}),
  ...(appProtocol ? { appProtocol } : {}),
})
