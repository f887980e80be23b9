import type { IngressBlueprint, Policy } from '@weft/fabric'
import type { CertificateFacts } from '../certificates/certificate.ts'
import type { Remark } from '../ingress/remarks.ts'
import type { ManifestIssue } from '../read/manifest-error.ts'
import type { Labels } from '../schema/object-meta.ts'

export type PortProtocol = 'TCP' | 'UDP' | 'SCTP'

export interface ClusterNamespace {
  readonly name: string
  /** `kubernetes.io/metadata.name` among them, as the API server adds it. */
  readonly labels: Labels
  /** Whether a manifest says so; else objects in it do. */
  readonly isDeclared: boolean
}

export interface ClusterNode {
  readonly name: string
  readonly labels: Labels
  /** IP addresses from its status, in their order. */
  readonly addresses: readonly string[]
  /** `spec.podCIDRs`. */
  readonly podCidrs: readonly string[]
  readonly isReady: boolean
  /** No manifest describes it: whether it has labels besides that of its name nobody knows. */
  readonly isNameOnly?: true
  /** Taints that keep pods off: effects `NoSchedule` and `NoExecute`. */
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[]
}

/** A port that a container declares. */
export interface ContainerPort {
  readonly name?: string
  readonly protocol: PortProtocol
  /** 1 to 65535. */
  readonly port: number
  /** The node's port that leads to it. */
  readonly hostPort?: number
}

/** How a container tells that it can serve. Durations in seconds. */
export interface ReadinessProbe {
  readonly kind: 'http' | 'tcp' | 'grpc' | 'exec'
  /** Number or container port's name; absent for `exec`. */
  readonly port?: number | string
  readonly initialDelaySeconds: number
  readonly periodSeconds: number
  readonly timeoutSeconds: number
  readonly successThreshold: number
  readonly failureThreshold: number
}

export interface Toleration {
  readonly key?: string
  readonly operator: 'Exists' | 'Equal' | 'Lt' | 'Gt'
  readonly value: string
  readonly effect?: string
  /** Of `NoExecute`: for so long; absent: for good. */
  readonly seconds?: number
}

/** Of a node's label, or of `metadata.name`, its name. */
export interface NodeRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt'
  readonly values: readonly string[]
}

/** Whom pods ask for names. */
export interface PodDns {
  /** The cluster's DNS with its search paths, what their node asks, or none of both. */
  readonly from: 'cluster' | 'node' | 'none'
  /** Asked beside it, or alone. */
  readonly nameservers: readonly string[]
  /** Behind the cluster's. */
  readonly searches: readonly string[]
  /** A name with fewer dots is tried with the search paths first; 0 to 15. */
  readonly ndots: number
}

/** What pods of one workload have in common. */
export interface PodTemplate {
  readonly labels: Labels
  readonly annotations: Readonly<Record<string, string>>
  /** In the order of the containers that declare them. */
  readonly ports: readonly ContainerPort[]
  readonly readinessProbes: readonly ReadinessProbe[]
  /** It bears its node's address. */
  readonly hostNetwork: boolean
  readonly nodeSelector: Labels
  /** Required node affinity: one of these must hold, all of it; absent: none is required. */
  readonly nodeTerms?: readonly (readonly NodeRequirement[])[]
  readonly tolerations: readonly Toleration[]
  /** The node that it must run on. */
  readonly nodeName?: string
  readonly dns: PodDns
  readonly hostname?: string
  readonly subdomain?: string
  readonly terminationGracePeriodSeconds: number
  /** How long its containers sleep before they are asked to stop (`preStop`), the longest; absent: not at all. */
  readonly preStopSeconds?: number
}

/** How a controller replaces its pods by others. */
export interface UpdateStrategy {
  readonly kind: 'rolling' | 'recreate' | 'on-delete'
  /** Pods beyond those wanted, and pods that may be missing of them, at once: a number, or a share such as `25%`. */
  readonly maxSurge: number | string
  readonly maxUnavailable: number | string
  /** So long must a pod be ready before it counts. */
  readonly minReadySeconds: number
}

/** A controller with the pods that it keeps, or a pod that stands alone. */
export interface Workload {
  /** `namespace/name`, of all workloads unique; where two kinds share a name, `namespace/kind/name`. */
  readonly id: string
  readonly namespace: string
  readonly name: string
  /** `Deployment`, `VirtualMachine`, `Pod`, ... */
  readonly kind: string
  /** Pods wanted. Of a DaemonSet, one for each node that takes it; 1 where no nodes are given. */
  readonly replicas: number
  /** One pod for each node: a DaemonSet. */
  readonly perNode: boolean
  readonly template: PodTemplate
  /** Of a Deployment, StatefulSet or DaemonSet. */
  readonly update?: UpdateStrategy
  /** Names of its pods, in their order; `namespace/` stands not before them. */
  readonly podNames: readonly string[]
  /** Of a virtual machine that does not run: the pod that it would have. */
  readonly idlePod?: Pod
}

export type PodPhase = 'Pending' | 'Running' | 'Unknown'

export interface Pod {
  /** `namespace/name`. */
  readonly id: string
  readonly namespace: string
  readonly name: string
  /** `id` of its workload. */
  readonly workload: string
  /** Of its template and those that its controller adds. */
  readonly labels: Labels
  readonly template: PodTemplate
  readonly hostname: string
  readonly subdomain?: string
  /** `spec.nodeName`. */
  readonly nodeName?: string
  /** From its status; none where the cluster has not given any yet. */
  readonly addresses: readonly string[]
  readonly phase: PodPhase
  readonly isReady: boolean
  /** It is being deleted: it may still serve. */
  readonly isTerminating: boolean
  /** Whether a manifest of its own says so; else its name is made up. */
  readonly isDeclared: boolean
}

export interface ServicePort {
  readonly name?: string
  readonly protocol: PortProtocol
  readonly port: number
  /** Number, or name of the pods' container port. */
  readonly targetPort: number | string
  readonly nodePort?: number
  readonly appProtocol?: string
}

export type IpFamily = 'IPv4' | 'IPv6'

export interface Service {
  /** `namespace/name`. */
  readonly id: string
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly annotations: Readonly<Record<string, string>>
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'
  readonly isHeadless: boolean
  /** Given addresses alone; the rest is assigned later. */
  readonly clusterIps: readonly string[]
  readonly ipFamilies: readonly IpFamily[]
  readonly ipFamilyPolicy: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack'
  readonly ports: readonly ServicePort[]
  /** Absent: its endpoints are given by hand, or it is a name alone. */
  readonly selector?: Labels
  readonly sessionAffinity: 'None' | 'ClientIP'
  /** For `ClientIP`: 1 to 86400. */
  readonly affinityTimeoutSeconds: number
  readonly externalTrafficPolicy: 'Cluster' | 'Local'
  readonly internalTrafficPolicy: 'Cluster' | 'Local'
  readonly trafficDistribution?: 'PreferSameZone' | 'PreferSameNode'
  readonly publishNotReadyAddresses: boolean
  /** The name that an ExternalName stands for. */
  readonly externalName?: string
  readonly externalIps: readonly string[]
  /** Addresses that a load balancer has, from `spec.loadBalancerIP` and its status. */
  readonly loadBalancerIps: readonly string[]
  readonly loadBalancerHostnames: readonly string[]
  /** Prefixes that may use the load balancer; none: everyone. */
  readonly loadBalancerSourceRanges: readonly string[]
  readonly allocateLoadBalancerNodePorts: boolean
  readonly healthCheckNodePort?: number
  /** Endpoints given by hand, of services without a selector. */
  readonly endpoints: readonly ManualEndpoint[]
}

/** An address behind a service that no selector finds. */
export interface ManualEndpoint {
  readonly address: string
  readonly hostname?: string
  readonly nodeName?: string
  readonly zone?: string
  /** `namespace/name` of the pod that it is, where it is one. */
  readonly pod?: string
  readonly ports: readonly {
    readonly name?: string
    readonly protocol: PortProtocol
    readonly port: number
  }[]
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
}

/** A service's port that requests are sent to. */
export interface IngressBackend {
  /** `shop/basket:80`, as rules have it. */
  readonly name: string
  /** `namespace/name`. */
  readonly service: string
  readonly port: number
}

/** What takes requests from outside: all Ingress objects of one class together, or one Gateway with its HTTPRoutes. */
export interface ClusterIngress {
  readonly kind: 'Ingress' | 'Gateway'
  /** Of Ingress objects without a class it is empty. */
  readonly className: string
  /** What its IngressClass names. */
  readonly controller?: string
  /** Rules are named `Ingress shop/front rules[0].paths[1]`, certificates by their secrets: `shop/front-tls`. */
  readonly blueprint: IngressBlueprint
  /** All that its rules name and that exist. */
  readonly backends: readonly IngressBackend[]
  /** IP addresses of a Gateway, from its status and its spec. */
  readonly addresses: readonly string[]
  /** Its objects, Ingresses or HTTPRoutes, and the hosts that each is for. */
  readonly hosted: readonly HostedObject[]
}

/** An object that is for some hosts, which public names may be made of. */
export interface HostedObject {
  /** `Ingress shop/front`. */
  readonly object: string
  /** Its own; of an HTTPRoute with what its Gateway says of the target. */
  readonly annotations: Readonly<Record<string, string>>
  /** As they are written, each once; `*.example.com` too. */
  readonly hosts: readonly string[]
}

/** What a Secret has for TLS; its key is nowhere. */
export interface ClusterCertificate extends CertificateFacts {
  /** `namespace/name`. */
  readonly secret: string
  /** cert-manager wrote it, and renews it. */
  readonly isRenewed: boolean
}

/** Manifests that were counted and not read. */
export interface IgnoredKind {
  readonly apiVersion: string
  readonly kind: string
  readonly count: number
  /** A warning of each says what is different without it. */
  readonly isWarnedOf?: true
}

/** What manifests say about a network, as plain data. All lists are in the order of their names, whatever the files' order. */
export interface Cluster {
  readonly namespaces: readonly ClusterNamespace[]
  readonly nodes: readonly ClusterNode[]
  readonly workloads: readonly Workload[]
  /** Without completed ones, which have left the network. */
  readonly pods: readonly Pod[]
  readonly services: readonly Service[]
  readonly policies: readonly Policy[]
  readonly ingresses: readonly ClusterIngress[]
  readonly certificates: readonly ClusterCertificate[]
  /** What was found where these were put together, by object: `Ingress shop/front`. Among the warnings too. */
  readonly ingressRemarks: Readonly<Record<string, readonly Remark[]>>
  readonly ignored: readonly IgnoredKind[]
  /** What may not be meant, by file and line. */
  readonly warnings: readonly ManifestIssue[]
}
