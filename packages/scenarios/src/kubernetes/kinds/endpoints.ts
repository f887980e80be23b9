import { canonicalAddress } from '@weft/fabric'
import { z } from 'zod'
import { dnsLabelRefusal } from '../api-names.ts'
import { listOf, optional, text, textOf } from '../api-schema.ts'
import type { ManualEndpoint } from '../model/cluster.ts'
import type { LinkedCluster } from '../model/linked-cluster.ts'
import { endpointAddress, familyOf } from '../schema/addresses.ts'
import { fields } from '../schema/fields.ts'
import { manifestSchema } from '../schema/object-meta.ts'
import { portNumber, protocol } from '../schema/ports.ts'
import { defineKind, type Manifest, type Report } from './kind.ts'

const targetRef = optional(
  z.looseObject({ kind: optional(text()), namespace: optional(text()), name: optional(text()) }),
)

const portFields = {
  name: optional(text()),
  protocol: optional(protocol()),
  appProtocol: optional(text()),
}

const hostname = optional(textOf((name) => dnsLabelRefusal(name, 'a host name')))
const nodeName = optional(text())

const podOf = (ref: z.output<typeof targetRef>, namespace: string) =>
  ref?.kind === 'Pod' && ref.name !== undefined ? { pod: `${ref.namespace ?? namespace}/${ref.name}` } : {}

interface PortInput {
  readonly name?: string | undefined
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP' | undefined
  readonly port?: number | undefined
}

const portsOf = (ports: readonly PortInput[]): ManualEndpoint['ports'] =>
  ports.flatMap(({ name, protocol = 'TCP', port }) =>
    port === undefined ? [] : [{ ...(name ? { name } : {}), protocol, port }],
  )

const subsetAddress = fields('addresses', { ip: endpointAddress(), hostname, nodeName, targetRef })

/** Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go ValidateEndpoints. */
const subset = fields('subsets', {
  addresses: optional(listOf(subsetAddress)),
  notReadyAddresses: optional(listOf(subsetAddress)),
  ports: optional(listOf(fields('ports', { ...portFields, port: portNumber() }))),
})

/** Endpoints of the service of the same name. */
export const endpointsKind = defineKind({
  kind: 'Endpoints',
  apiVersions: ['v1'],
  scope: 'namespaced',
  schema: manifestSchema('Endpoints', { subsets: optional(listOf(subset)) }),
  check: ({ data }, report) => {
    for (const [index, { addresses = [], notReadyAddresses = [], ports = [] }] of (
      data.subsets ?? []
    ).entries()) {
      if (addresses.length + notReadyAddresses.length === 0)
        report.refuse(['subsets', index], 'a subset has addresses or notReadyAddresses')
      checkPortNames(ports, ['subsets', index, 'ports'], report)
    }
  },
  add: (manifest, draft) => {
    const { namespace, data } = manifest
    const endpoints = (data.subsets ?? []).flatMap(
      ({ addresses = [], notReadyAddresses = [], ports = [] }) => {
        const one = (each: z.output<typeof subsetAddress>, ready: boolean): ManualEndpoint => ({
          address: canonicalAddress(each.ip),
          ...(each.hostname ? { hostname: each.hostname } : {}),
          ...(each.nodeName ? { nodeName: each.nodeName } : {}),
          ...podOf(each.targetRef, namespace),
          ports: portsOf(ports),
          ready,
          serving: ready,
          terminating: false,
        })
        return [
          ...addresses.map((each) => one(each, true)),
          ...notReadyAddresses.map((each) => one(each, false)),
        ]
      },
    )
    draft.endpoints.push({ manifest, service: manifest.name, endpoints })
  },
  link: (manifest, cluster, report) => warnOfStranger(manifest, manifest.name, [], cluster, report),
})

function checkPortNames(ports: readonly PortInput[], path: (string | number)[], report: Report): void {
  const seen = new Set<string>()
  for (const [index, { name = '' }] of ports.entries()) {
    if (name === '' && ports.length > 1)
      report.refuse([...path, index, 'name'], 'missing key "name"; each of several ports has one')
    if (name !== '' && seen.has(name))
      report.refuse([...path, index, 'name'], `another port is called ${JSON.stringify(name)} too`)
    seen.add(name)
  }
}

const endpoint = fields(
  'endpoints',
  {
    addresses: z.array(text()).min(1).max(100),
    conditions: optional(
      fields('conditions', {
        ready: optional(z.boolean()),
        serving: optional(z.boolean()),
        terminating: optional(z.boolean()),
      }),
    ),
    hostname,
    nodeName,
    zone: optional(text()),
    targetRef,
  },
  ['deprecatedTopology', 'hints'],
)

const SERVICE_LABEL = 'kubernetes.io/service-name'
const MANAGER_LABEL = 'endpointslice.kubernetes.io/managed-by'
/** Slices that say what Endpoints say already. */
const MIRRORING = 'endpointslicemirroring-controller.k8s.io'

/** Source: kubernetes/kubernetes pkg/apis/discovery/validation/validation.go. */
export const endpointSliceKind = defineKind({
  kind: 'EndpointSlice',
  apiVersions: ['discovery.k8s.io/v1'],
  formerApiVersions: ['discovery.k8s.io/v1alpha1', 'discovery.k8s.io/v1beta1'],
  scope: 'namespaced',
  schema: manifestSchema('EndpointSlice', {
    addressType: z.enum(['IPv4', 'IPv6', 'FQDN']),
    endpoints: optional(listOf(endpoint).max(1000)),
    ports: optional(listOf(fields('ports', { ...portFields, port: optional(portNumber()) })).max(100)),
  }),
  check: ({ data }, report) => {
    const { addressType, endpoints = [], ports = [] } = data
    if (addressType === 'FQDN')
      report.warn(['addressType'], 'endpoints that are names are not used, by kube-proxy neither')
    checkPortNames(ports, ['ports'], report)
    for (const [index, { addresses }] of endpoints.entries()) {
      for (const [item, given] of addresses.entries()) {
        if (addressType === 'FQDN') continue
        const path = ['endpoints', index, 'addresses', item]
        const parsed = endpointAddress().safeParse(given)
        if (!parsed.success) report.refuse(path, parsed.error.issues[0]!.message)
        else if (familyOf(given) !== addressType)
          report.refuse(
            path,
            `${JSON.stringify(given)} is no ${addressType} address; addressType says ${addressType}`,
          )
      }
    }
  },
  add: (manifest, draft) => {
    const { namespace, labels, data } = manifest
    const service = labels[SERVICE_LABEL]
    if (service === undefined || labels[MANAGER_LABEL] === MIRRORING || data.addressType === 'FQDN') return
    const endpoints = (data.endpoints ?? []).map((each): ManualEndpoint => {
      const { ready = true, terminating = false } = each.conditions ?? {}
      const serving = each.conditions?.serving ?? ready
      return {
        // all addresses of an endpoint lead to the same one
        address: canonicalAddress(each.addresses[0]!),
        ...(each.hostname ? { hostname: each.hostname } : {}),
        ...(each.nodeName ? { nodeName: each.nodeName } : {}),
        ...(each.zone ? { zone: each.zone } : {}),
        ...podOf(each.targetRef, namespace),
        ports: portsOf(data.ports ?? []),
        ready,
        serving,
        terminating,
      }
    })
    draft.endpoints.push({ manifest, service, endpoints })
  },
  link: (manifest, cluster, report) => {
    const service = manifest.labels[SERVICE_LABEL]
    if (service === undefined)
      report.warn(['metadata'], `no label ${SERVICE_LABEL} says which service these endpoints are for`)
    else warnOfStranger(manifest, service, ['metadata', 'labels', SERVICE_LABEL], cluster, report)
  },
})

function warnOfStranger(
  { namespace }: Manifest,
  service: string,
  path: (string | number)[],
  cluster: LinkedCluster,
  report: Pick<Report, 'warn'>,
): void {
  if (cluster.service(`${namespace}/${service}`) === undefined)
    report.warn(path, `no service is called ${namespace}/${service}`)
}
