import { canonicalAddress } from '@weft/fabric'
import { nodeTermsOf } from '../node-affinity.ts'
import { runningContainers } from '../schema/check-pod-spec.ts'
import type { Labels } from '../schema/object-meta.ts'
import type {
  ContainerInput,
  PodSpecInput,
  ReadinessProbeInput,
  TolerationInput,
} from '../schema/pod-spec.ts'
import type { ContainerPort, PodDns, PodTemplate, ReadinessProbe, Toleration } from './cluster.ts'

/** What the API server sets where nothing is written. */
const GRACE_SECONDS = 30

interface TemplateInput {
  readonly labels?: Labels | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
}

/** A template of pods, with defaults in place. */
export function podTemplate(
  { labels = {}, annotations = {} }: TemplateInput,
  spec: PodSpecInput,
): PodTemplate {
  const containers = runningContainers(spec, []).map(({ container }) => container)
  const isOnHost = spec.hostNetwork === true
  return {
    labels,
    annotations,
    ports: containers.flatMap(({ ports = [] }) => ports.map((port) => containerPort(port, isOnHost))),
    readinessProbes: containers.flatMap(({ readinessProbe }) =>
      readinessProbe === undefined ? [] : [probe(readinessProbe)],
    ),
    hostNetwork: isOnHost,
    ...preStop(containers),
    ...(spec.nodeName ? { nodeName: spec.nodeName } : {}),
    dns: resolver(spec),
    ...placement(spec),
  }
}

/** A command that does nothing but wait, whatever shell it is given to. */
const SLEEP = /(?:^|\s)sleep\s+(\d+(?:\.\d+)?)s?\s*$/

function preStop(containers: readonly ContainerInput[]): Pick<PodTemplate, 'preStopSeconds'> {
  const seconds = containers.map(({ lifecycle }) => {
    const { sleep, exec } = lifecycle?.preStop ?? {}
    return sleep?.seconds ?? Number(SLEEP.exec(exec?.command?.join(' ') ?? '')?.[1] ?? 0)
  })
  const longest = Math.max(0, ...seconds)
  return longest > 0 ? { preStopSeconds: longest } : {}
}

/** ndots of a pod in the cluster's DNS. Source: kubernetes/kubernetes pkg/kubelet/network/dns/dns.go. */
const NDOTS = 5

export function resolver({
  dnsPolicy = 'ClusterFirst',
  dnsConfig = {},
  hostNetwork = false,
}: DnsInput): PodDns {
  // on its node's network a pod asks what its node asks, but where it says otherwise
  const policy = dnsPolicy === 'ClusterFirst' && hostNetwork ? 'Default' : dnsPolicy
  const isCluster = policy === 'ClusterFirst' || policy === 'ClusterFirstWithHostNet'
  const given = Number(dnsConfig.options?.filter(({ name }) => name === 'ndots').at(-1)?.value)
  return {
    from: isCluster ? 'cluster' : policy === 'Default' ? 'node' : 'none',
    nameservers: (dnsConfig.nameservers ?? []).map(canonicalAddress),
    searches: (dnsConfig.searches ?? []).map((name) => name.replace(/\.$/, '')),
    ndots: Number.isInteger(given) && given >= 0 ? Math.min(given, 15) : isCluster ? NDOTS : 1,
  }
}

type DnsInput = Pick<PodSpecInput, 'dnsPolicy' | 'dnsConfig' | 'hostNetwork'>

type PlacementInput = Pick<
  PodSpecInput,
  'nodeSelector' | 'affinity' | 'tolerations' | 'hostname' | 'subdomain' | 'terminationGracePeriodSeconds'
>

/** What pods and virtual machines share. */
export function placement(spec: PlacementInput) {
  return {
    nodeSelector: spec.nodeSelector ?? {},
    ...nodeTermsOf(spec.affinity),
    tolerations: (spec.tolerations ?? []).map(toleration),
    ...(spec.hostname ? { hostname: spec.hostname } : {}),
    ...(spec.subdomain ? { subdomain: spec.subdomain } : {}),
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? GRACE_SECONDS,
  }
}

type PortInput = NonNullable<PodSpecInput['containers'][number]['ports']>[number]

function containerPort(port: PortInput, isOnHost: boolean): ContainerPort {
  const hostPort = port.hostPort || (isOnHost ? port.containerPort : 0)
  return {
    ...(port.name ? { name: port.name } : {}),
    protocol: port.protocol ?? 'TCP',
    port: port.containerPort,
    ...(hostPort === 0 ? {} : { hostPort }),
  }
}

function toleration(input: TolerationInput): Toleration {
  const { key, operator = 'Equal', value = '', effect, tolerationSeconds: seconds } = input
  return {
    ...(key ? { key } : {}),
    operator,
    value,
    ...(effect ? { effect } : {}),
    ...(seconds !== undefined && { seconds }),
  }
}

/** A probe with the API server's defaults; a 0 is one. */
export function probe(input: ReadinessProbeInput): ReadinessProbe {
  const port = input.httpGet?.port ?? input.tcpSocket?.port ?? input.grpc?.port
  return {
    kind: input.httpGet ? 'http' : input.tcpSocket ? 'tcp' : input.grpc ? 'grpc' : 'exec',
    ...(port === undefined ? {} : { port }),
    initialDelaySeconds: input.initialDelaySeconds ?? 0,
    periodSeconds: input.periodSeconds || 10,
    timeoutSeconds: input.timeoutSeconds || 1,
    successThreshold: input.successThreshold || 1,
    failureThreshold: input.failureThreshold || 3,
  }
}
