import { matchesLabels } from '@weft/fabric'
import { z } from 'zod'
import { dnsLabelRefusal } from '../api-names.ts'
import { listOf, optional, text } from '../api-schema.ts'
import { labelSelector, labelSelectorSchema } from '../label-selector.ts'
import type { PodTemplate } from '../model/cluster.ts'
import { generatedName } from '../model/pod-names.ts'
import { placement, probe, resolver } from '../model/pod-template.ts'
import { addressRefusal } from '../schema/addresses.ts'
import { fields, replicaCount } from '../schema/fields.ts'
import { manifestSchema, templateMetadata } from '../schema/object-meta.ts'
import { dnsFields, placementFields, readinessProbe } from '../schema/pod-spec.ts'
import { portName, portNumber, protocol } from '../schema/ports.ts'
import { seedOf } from './controllers.ts'
import { defineKind, type Manifest } from './kind.ts'
import { canonicalAddresses, conditions, isReady } from './pod.ts'

/** Source: kubevirt/kubevirt staging/src/kubevirt.io/api/core/v1/types.go and schema.go. */
const API = ['kubevirt.io/v1', 'kubevirt.io/v1alpha3']
const FORMER = ['kubevirt.io/v1alpha1', 'kubevirt.io/v1alpha2']

/** Ports that a machine opens behind its pod's address; without any, all are open. */
const interfacePort = fields('ports', {
  name: optional(portName()),
  protocol: optional(protocol()),
  port: portNumber(),
})

const networkInterface = fields('interfaces', { name: text(), ports: optional(listOf(interfacePort)) }, [
  'model',
  'macAddress',
  'bootOrder',
  'pciAddress',
  'dhcpOptions',
  'tag',
  'acpiIndex',
  'state',
  'binding',
  'bridge',
  'masquerade',
  'slirp',
  'macvtap',
  'passt',
  'sriov',
])

const machineSpec = fields(
  'the spec of machines',
  {
    ...placementFields,
    domain: optional(
      z.looseObject({
        devices: optional(z.looseObject({ interfaces: optional(listOf(networkInterface)) })),
      }),
    ),
    readinessProbe: optional(readinessProbe),
    ...dnsFields,
  },
  [
    'networks',
    'volumes',
    'schedulerName',
    'topologySpreadConstraints',
    'evictionStrategy',
    'startStrategy',
    'livenessProbe',
    'accessCredentials',
    'architecture',
    'priorityClassName',
    'resourceClaims',
    'utilityVolumes',
  ],
)

const template = fields('template', { metadata: optional(templateMetadata()), spec: machineSpec })

type MachineSpecInput = z.output<typeof machineSpec>
type MetadataInput = {
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
}

function machineTemplate(
  { labels = {}, annotations = {} }: MetadataInput,
  spec: MachineSpecInput,
): PodTemplate {
  const interfaces = spec.domain?.devices?.interfaces ?? []
  return {
    labels,
    annotations,
    ports: interfaces.flatMap(({ ports = [] }) =>
      ports.map(({ name, protocol = 'TCP', port }) => ({ ...(name ? { name } : {}), protocol, port })),
    ),
    readinessProbes: spec.readinessProbe === undefined ? [] : [probe(spec.readinessProbe)],
    hostNetwork: false,
    dns: resolver(spec),
    ...placement(spec),
  }
}

/** What KubeVirt adds to the pod that runs a machine. */
const launcherLabels = (machine: string) => ({
  'kubevirt.io': 'virt-launcher',
  'vm.kubevirt.io/name': machine,
})

/** The pod that runs a machine bears its address. */
function launcher(manifest: Manifest, machine: (index: number) => string) {
  const seed = seedOf(manifest, manifest.kind)
  return {
    podName: (index: number) => generatedName(`virt-launcher-${machine(index)}-`, seed, index),
    podLabels: (index: number) => launcherLabels(machine(index)),
  }
}

const machineName = (name: string) => dnsLabelRefusal(name, "a machine's name")

const RUN_STRATEGIES = ['Always', 'RerunOnFailure', 'Manual', 'Halted', 'Once', 'WaitAsOwner'] as const

export const virtualMachineKind = defineKind({
  kind: 'VirtualMachine',
  apiVersions: API,
  formerApiVersions: FORMER,
  scope: 'namespaced',
  nameRefusal: machineName,
  schema: manifestSchema('VirtualMachine', {
    spec: fields(
      'spec',
      { running: optional(z.boolean()), runStrategy: optional(z.enum(RUN_STRATEGIES)), template },
      ['instancetype', 'preference', 'dataVolumeTemplates', 'updateVolumesStrategy', 'liveUpdateFeatures'],
    ),
    status: optional(z.looseObject({ printableStatus: optional(text()) })),
  }),
  check: ({ data: { spec } }, report) => {
    if (spec.running !== undefined && spec.runStrategy !== undefined)
      report.refuse(['spec', 'running'], 'a machine has "running" or "runStrategy", not both')
    if (spec.running === undefined && spec.runStrategy === undefined)
      report.refuse(['spec'], 'missing key "runStrategy" in spec: whether the machine runs')
  },
  add: (manifest, draft) => {
    const { spec, status } = manifest.data
    const strategy = spec.runStrategy ?? (spec.running === true ? 'Always' : 'Halted')
    // whoever starts machines by hand has done so where the status says that it runs
    const isUp =
      status?.printableStatus === undefined ? strategy !== 'Manual' : status.printableStatus === 'Running'
    draft.workloads.push({
      manifest,
      replicas: strategy !== 'Halted' && isUp ? 1 : 0,
      template: machineTemplate(spec.template.metadata ?? {}, spec.template.spec),
      ...launcher(manifest, () => manifest.name),
    })
  },
})

const PHASES = [
  'Pending',
  'Scheduling',
  'Scheduled',
  'Running',
  'Succeeded',
  'Failed',
  'WaitingForSync',
  'Unknown',
  '',
] as const

const instanceStatus = z.looseObject({
  phase: optional(z.enum(PHASES)),
  nodeName: optional(text()),
  interfaces: optional(
    listOf(z.looseObject({ ipAddress: optional(text()), ipAddresses: optional(z.array(text())) })),
  ),
  conditions,
})

/** What a status says of a machine; nothing without one. */
function observed(status: z.output<typeof instanceStatus> | undefined) {
  if (status === undefined) return {}
  const { phase = 'Running', nodeName, interfaces = [] } = status
  // the first interface is the pod's own network; what guests report beside addresses is left out
  const [first = {}] = interfaces
  const given = [first.ipAddress ?? '', ...(first.ipAddresses ?? [])].filter(
    (each) => each !== '' && addressRefusal(each) === undefined,
  )
  const isOver = phase === 'Succeeded' || phase === 'Failed'
  return {
    observed: {
      phase: isOver || phase === 'Running' ? phase : ('Pending' as const),
      isReady: isReady(status.conditions, phase === 'Running'),
      addresses: canonicalAddresses(given),
      ...(nodeName ? { nodeName } : {}),
    },
  }
}

export const virtualMachineInstanceKind = defineKind({
  kind: 'VirtualMachineInstance',
  apiVersions: API,
  formerApiVersions: FORMER,
  scope: 'namespaced',
  nameRefusal: machineName,
  schema: manifestSchema('VirtualMachineInstance', { spec: machineSpec, status: optional(instanceStatus) }),
  add: (manifest, draft) => {
    const { labels, annotations, data } = manifest
    draft.workloads.push({
      manifest,
      replicas: 1,
      template: machineTemplate({ labels, annotations }, data.spec),
      ...observed(data.status),
      ...launcher(manifest, () => manifest.name),
    })
  },
})

export const machineReplicaSetKind = defineKind({
  kind: 'VirtualMachineInstanceReplicaSet',
  apiVersions: API,
  formerApiVersions: FORMER,
  scope: 'namespaced',
  schema: manifestSchema(
    'VirtualMachineInstanceReplicaSet',
    {
      spec: fields('spec', { replicas: optional(replicaCount()), selector: labelSelectorSchema, template }, [
        'paused',
      ]),
    },
    ['status'],
  ),
  check: ({ data: { spec } }, report) => {
    const requirements = labelSelector(spec.selector)
    if (requirements.length === 0 || !matchesLabels(requirements, spec.template.metadata?.labels ?? {}))
      report.refuse(['spec', 'selector'], 'the selector does not match the labels of spec.template')
  },
  add: (manifest, draft) => {
    const { replicas = 1, template } = manifest.data.spec
    const seed = seedOf(manifest, 'VirtualMachineInstanceReplicaSet')
    draft.workloads.push({
      manifest,
      replicas,
      template: machineTemplate(template.metadata ?? {}, template.spec),
      ...launcher(manifest, (index) => generatedName(manifest.name, seed, index)),
    })
  },
})
