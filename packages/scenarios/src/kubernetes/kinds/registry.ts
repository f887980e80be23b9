import { adminNetworkPolicyKind, baselineAdminNetworkPolicyKind } from './admin-network-policy.ts'
import { clusterNetworkPolicyKind } from './cluster-network-policy.ts'
import {
  daemonSetKind,
  deploymentKind,
  replicaSetKind,
  replicationControllerKind,
  statefulSetKind,
} from './controllers.ts'
import { endpointSliceKind, endpointsKind } from './endpoints.ts'
import { gatewayKind } from './gateway.ts'
import { httpRouteKind } from './http-route.ts'
import { ingressKind } from './ingress.ts'
import { ingressClassKind } from './ingress-class.ts'
import { cronJobKind, jobKind } from './jobs.ts'
import type { ManifestKind } from './kind.ts'
import { namespaceKind } from './namespace.ts'
import { networkPolicyKind } from './network-policy.ts'
import { nodeKind } from './node.ts'
import { podKind } from './pod.ts'
import { referenceGrantKind } from './reference-grant.ts'
import { secretKind } from './secret.ts'
import { serviceKind } from './service.ts'
import { machineReplicaSetKind, virtualMachineInstanceKind, virtualMachineKind } from './virtual-machine.ts'
import { weftWorkloadKind } from './weft-workload.ts'

/** Every kind that is read. */
export const manifestKinds: readonly ManifestKind[] = [
  namespaceKind,
  nodeKind,
  podKind,
  deploymentKind,
  replicaSetKind,
  statefulSetKind,
  daemonSetKind,
  replicationControllerKind,
  jobKind,
  cronJobKind,
  virtualMachineKind,
  virtualMachineInstanceKind,
  machineReplicaSetKind,
  weftWorkloadKind,
  serviceKind,
  endpointsKind,
  endpointSliceKind,
  networkPolicyKind,
  clusterNetworkPolicyKind,
  adminNetworkPolicyKind,
  baselineAdminNetworkPolicyKind,
  ingressClassKind,
  ingressKind,
  gatewayKind,
  httpRouteKind,
  referenceGrantKind,
  secretKind,
]
