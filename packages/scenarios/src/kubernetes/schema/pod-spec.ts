import { z } from 'zod'
import { dnsLabelRefusal, dnsSubdomainRefusal } from '../api-names.ts'
import { listOf, optional, text, textOf } from '../api-schema.ts'
import { address } from './addresses.ts'
import { fields, integer } from './fields.ts'
import { affinity } from './node-affinity.ts'
import { labels } from './object-meta.ts'
import { portName, portNumber, portNumberOrName, protocol } from './ports.ts'

/** Source of all rules here: kubernetes/kubernetes pkg/apis/core/validation/validation.go. */

const CONTAINER_UNREAD = [
  'image',
  'imagePullPolicy',
  'command',
  'args',
  'workingDir',
  'envFrom',
  'env',
  'resources',
  'resizePolicy',
  'restartPolicyRules',
  'volumeMounts',
  'volumeDevices',
  'livenessProbe',
  'startupProbe',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'securityContext',
  'stdin',
  'stdinOnce',
  'tty',
]

/** 0 stands for none. */
const hostPort = integer(0, 65_535)

const containerPort = fields('ports', {
  name: optional(portName()),
  containerPort: portNumber(),
  hostPort: optional(hostPort),
  protocol: optional(protocol()),
  hostIP: optional(text()),
})

const probePort = { port: portNumberOrName() }

export const readinessProbe = fields(
  'readinessProbe',
  {
    httpGet: optional(fields('httpGet', probePort, ['path', 'host', 'scheme', 'httpHeaders'])),
    tcpSocket: optional(fields('tcpSocket', probePort, ['host'])),
    grpc: optional(fields('grpc', { port: portNumber() }, ['service'])),
    exec: optional(z.looseObject({})),
    initialDelaySeconds: optional(integer(0)),
    periodSeconds: optional(integer(0)),
    timeoutSeconds: optional(integer(0)),
    successThreshold: optional(integer(0)),
    failureThreshold: optional(integer(0)),
  },
  ['terminationGracePeriodSeconds', 'guestAgentPing'],
)

/** What a container does before it is asked to stop; of commands, only a sleep tells how long that takes. */
const lifecycle = fields(
  'lifecycle',
  {
    preStop: optional(
      fields(
        'preStop',
        {
          sleep: optional(fields('sleep', { seconds: integer(0) })),
          exec: optional(fields('exec', { command: optional(z.array(text())) })),
        },
        ['httpGet', 'tcpSocket'],
      ),
    ),
  },
  ['postStart', 'stopSignal'],
)

const containerName = textOf((name) => dnsLabelRefusal(name, "a container's name"))

const container = fields(
  'containers',
  {
    name: containerName,
    ports: optional(listOf(containerPort)),
    readinessProbe: optional(readinessProbe),
    lifecycle: optional(lifecycle),
    restartPolicy: optional(text()),
  },
  CONTAINER_UNREAD,
)

const toleration = fields('tolerations', {
  key: optional(text()),
  operator: optional(z.enum(['Exists', 'Equal', 'Lt', 'Gt'])),
  value: optional(text()),
  effect: optional(text()),
  tolerationSeconds: optional(z.int()),
})

/** Fields that pods and virtual machines share. */
export const placementFields = {
  nodeSelector: optional(labels()),
  affinity: optional(affinity),
  tolerations: optional(listOf(toleration)),
  hostname: optional(textOf((name) => (name === '' ? undefined : dnsLabelRefusal(name, 'a host name')))),
  subdomain: optional(textOf((name) => (name === '' ? undefined : dnsLabelRefusal(name, 'a subdomain')))),
  terminationGracePeriodSeconds: optional(integer(0)),
}

const dnsConfig = fields('dnsConfig', {
  nameservers: optional(z.array(address()).max(3)),
  searches: optional(
    z.array(textOf((name) => dnsSubdomainRefusal(name.replace(/\.$/, ''), 'a search path'))).max(32),
  ),
  options: optional(listOf(fields('options', { name: text(), value: optional(text()) }))),
})

export const dnsFields = {
  dnsPolicy: optional(z.enum(['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'])),
  dnsConfig: optional(dnsConfig),
}

export const podSpec = fields(
  'the spec of pods',
  {
    ...placementFields,
    containers: listOf(container).min(1),
    initContainers: optional(listOf(container)),
    nodeName: optional(
      textOf((name) => (name === '' ? undefined : dnsSubdomainRefusal(name, "a node's name"))),
    ),
    hostNetwork: optional(z.boolean()),
    ...dnsFields,
    restartPolicy: optional(z.enum(['Always', 'OnFailure', 'Never'])),
  },
  [
    'volumes',
    'ephemeralContainers',
    'activeDeadlineSeconds',
    'serviceAccountName',
    'serviceAccount',
    'automountServiceAccountToken',
    'hostPID',
    'hostIPC',
    'hostUsers',
    'hostnameOverride',
    'shareProcessNamespace',
    'securityContext',
    'imagePullSecrets',
    'schedulerName',
    'hostAliases',
    'priorityClassName',
    'priority',
    'preemptionPolicy',
    'readinessGates',
    'runtimeClassName',
    'enableServiceLinks',
    'overhead',
    'topologySpreadConstraints',
    'setHostnameAsFQDN',
    'os',
    'schedulingGates',
    'resourceClaims',
    'resources',
    'workloadRef',
  ],
)

export type PodSpecInput = z.output<typeof podSpec>
export type ContainerInput = z.output<typeof container>
export type ReadinessProbeInput = z.output<typeof readinessProbe>
export type TolerationInput = z.output<typeof toleration>
