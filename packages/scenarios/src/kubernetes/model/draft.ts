import type { Policy } from '@weft/fabric'
import type { GatewayManifest } from '../kinds/gateway.ts'
import type { HttpRouteManifest } from '../kinds/http-route.ts'
import type { IngressManifest } from '../kinds/ingress.ts'
import type { IngressClassManifest } from '../kinds/ingress-class.ts'
import type { Manifest, OwnerReference } from '../kinds/kind.ts'
import type { ReferenceGrantManifest } from '../kinds/reference-grant.ts'
import type { Labels } from '../schema/object-meta.ts'
import type {
  ClusterCertificate,
  ClusterNode,
  ManualEndpoint,
  PodPhase,
  PodTemplate,
  Service,
  UpdateStrategy,
} from './cluster.ts'

/** What a status says of a pod. */
export interface ObservedPod {
  readonly phase: PodPhase | 'Succeeded' | 'Failed'
  readonly isReady: boolean
  readonly addresses: readonly string[]
  readonly nodeName?: string
}

/** A controller as its manifest has it. */
export interface DraftWorkload {
  readonly manifest: Manifest
  /** Pods wanted; `perNode` for one on each node. */
  readonly replicas: number | 'perNode'
  readonly template: PodTemplate
  /** Name of the pod with this index, from 0, as Kubernetes or, where it draws at random, Weft forms it. */
  podName(index: number): string
  /** Labels that its controller adds to the pod with this index. */
  podLabels?(index: number): Labels
  /** The service in whose DNS each of its pods has a name of its own. */
  readonly subdomain?: string
  /** Where it has one pod, whose status is its own: a virtual machine's instance. */
  readonly observed?: ObservedPod
  readonly update?: UpdateStrategy
}

/** A pod that has a manifest of its own. */
export interface DraftPod extends ObservedPod {
  readonly manifest: Manifest
  readonly owner: OwnerReference | undefined
  readonly template: PodTemplate
}

/** Endpoints of a service, given by hand or written by the cluster's own controllers. */
export interface DraftEndpoints {
  readonly manifest: Manifest
  /** The service's name. */
  readonly service: string
  readonly endpoints: readonly ManualEndpoint[]
}

/** What kinds add to; the cluster is made of it when all manifests are in. */
export class ClusterDraft {
  /** Names of what stands for nodes where no manifest tells of any: DaemonSets have a pod on each. */
  hosts: readonly string[] = []
  /** Labels of the namespaces that have manifests. */
  readonly namespaces = new Map<string, Labels>()
  readonly nodes: ClusterNode[] = []
  readonly workloads: DraftWorkload[] = []
  readonly pods: DraftPod[] = []
  readonly services: Omit<Service, 'endpoints'>[] = []
  readonly endpoints: DraftEndpoints[] = []
  readonly policies: Policy[] = []
  readonly ingresses: IngressManifest[] = []
  readonly ingressClasses: IngressClassManifest[] = []
  readonly gateways: GatewayManifest[] = []
  readonly httpRoutes: HttpRouteManifest[] = []
  readonly referenceGrants: ReferenceGrantManifest[] = []
  readonly certificates: ClusterCertificate[] = []
}
