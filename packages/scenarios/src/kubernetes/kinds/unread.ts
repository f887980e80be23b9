/** Kinds of Kubernetes itself that are counted and not read; whatever is near a kind that is read is else a slip. */
const UNREAD = new Set(
  `Binding ComponentStatus ConfigMap Event LimitRange PersistentVolume PersistentVolumeClaim PodTemplate ResourceQuota
  ServiceAccount ControllerRevision Scale HorizontalPodAutoscaler PodDisruptionBudget Eviction
  IPAddress ServiceCIDR Lease Role RoleBinding ClusterRole ClusterRoleBinding StorageClass VolumeAttachment CSIDriver
  CSINode CSIStorageCapacity PriorityClass RuntimeClass CustomResourceDefinition APIService NodeMetrics PodMetrics
  MutatingWebhookConfiguration ValidatingWebhookConfiguration ValidatingAdmissionPolicy
  ValidatingAdmissionPolicyBinding FlowSchema PriorityLevelConfiguration CertificateSigningRequest
  GatewayClass ListenerSet GRPCRoute TCPRoute TLSRoute UDPRoute BackendTLSPolicy
  VirtualMachineInstanceMigration VirtualMachineInstancePreset`.split(/\s+/),
)

export const isUnread = (kind: string): boolean => UNREAD.has(kind)

/** Kinds of others that say who may connect to whom or what runs, by their group. */
const MATTERS: Readonly<Record<string, string>> = {
  'cilium.io':
    'CiliumNetworkPolicy CiliumClusterwideNetworkPolicy CiliumEgressGatewayPolicy CiliumLocalRedirectPolicy',
  'projectcalico.org': 'NetworkPolicy GlobalNetworkPolicy',
  'crd.projectcalico.org': 'NetworkPolicy GlobalNetworkPolicy',
  'crd.antrea.io': 'NetworkPolicy ClusterNetworkPolicy Egress',
  'k8s.ovn.org':
    'EgressFirewall EgressIP AdminPolicyBasedExternalRoute UserDefinedNetwork ClusterUserDefinedNetwork',
  'k8s.cni.cncf.io': 'NetworkAttachmentDefinition MultiNetworkPolicy',
  'networking.gke.io': 'FQDNNetworkPolicy',
  'networking.k8s.aws': 'ApplicationNetworkPolicy ClusterNetworkPolicy',
  'security.istio.io': 'AuthorizationPolicy',
  'networking.istio.io': 'VirtualService Gateway ServiceEntry Sidecar',
  'policy.linkerd.io': 'Server ServerAuthorization AuthorizationPolicy',
  'consul.hashicorp.com': 'ServiceIntentions',
  'kuma.io': 'MeshTrafficPermission',
  'gateway.networking.k8s.io': 'ListenerSet GRPCRoute TCPRoute TLSRoute UDPRoute',
  'gateway.networking.x-k8s.io': 'XListenerSet',
  'multicluster.x-k8s.io': 'ServiceImport',
  'route.openshift.io': 'Route',
  'apps.openshift.io': 'DeploymentConfig',
  'argoproj.io': 'Rollout',
  'serving.knative.dev': 'Service',
  'apps.kruise.io': 'CloneSet StatefulSet DaemonSet',
  'pool.kubevirt.io': 'VirtualMachinePool',
  'traefik.io': 'IngressRoute IngressRouteTCP IngressRouteUDP',
  'projectcontour.io': 'HTTPProxy',
}

/** Whether a network is another one without manifests of this kind, which are not read all the same. */
export const matters = (group: string, kind: string): boolean =>
  (MATTERS[group] ?? '').split(' ').includes(kind) && Object.hasOwn(MATTERS, group)
