/** Kinds of Kubernetes itself that are counted and not read; whatever is near a kind that is read is else a slip. */
const UNREAD = new Set(
  `Binding ComponentStatus ConfigMap Event LimitRange PersistentVolume PersistentVolumeClaim PodTemplate ResourceQuota
  Secret ServiceAccount ControllerRevision Scale HorizontalPodAutoscaler PodDisruptionBudget Eviction
  IPAddress ServiceCIDR Lease Role RoleBinding ClusterRole ClusterRoleBinding StorageClass VolumeAttachment CSIDriver
  CSINode CSIStorageCapacity PriorityClass RuntimeClass CustomResourceDefinition APIService NodeMetrics PodMetrics
  MutatingWebhookConfiguration ValidatingWebhookConfiguration ValidatingAdmissionPolicy
  ValidatingAdmissionPolicyBinding FlowSchema PriorityLevelConfiguration CertificateSigningRequest
  GatewayClass GRPCRoute TCPRoute TLSRoute UDPRoute BackendTLSPolicy`.split(/\s+/),
)

export const isUnread = (kind: string): boolean => UNREAD.has(kind)

/** Kinds of others that say who may connect to whom or what runs, by their group. */
const MATTERS: Readonly<Record<string, string>> = {
  'cilium.io': 'CiliumNetworkPolicy CiliumClusterwideNetworkPolicy CiliumEgressGatewayPolicy',
  'projectcalico.org': 'NetworkPolicy GlobalNetworkPolicy',
  'crd.projectcalico.org': 'NetworkPolicy GlobalNetworkPolicy',
  'crd.antrea.io': 'NetworkPolicy ClusterNetworkPolicy',
  'k8s.ovn.org': 'EgressFirewall EgressIP AdminPolicyBasedExternalRoute',
  'security.istio.io': 'AuthorizationPolicy',
  'networking.istio.io': 'VirtualService Gateway ServiceEntry Sidecar',
  'gateway.networking.k8s.io': 'GRPCRoute TCPRoute TLSRoute UDPRoute',
  'route.openshift.io': 'Route',
  'apps.openshift.io': 'DeploymentConfig',
  'argoproj.io': 'Rollout',
  'serving.knative.dev': 'Service',
  'apps.kruise.io': 'CloneSet StatefulSet DaemonSet',
  'traefik.io': 'IngressRoute IngressRouteTCP IngressRouteUDP',
  'projectcontour.io': 'HTTPProxy',
}

/** Whether a network is another one without manifests of this kind, which are not read all the same. */
export const matters = (group: string, kind: string): boolean =>
  (MATTERS[group] ?? '').split(' ').includes(kind) && Object.hasOwn(MATTERS, group)
