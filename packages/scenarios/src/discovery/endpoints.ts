import type { Cluster, IpFamily, ManualEndpoint, Pod, Service, ServicePort } from '../kubernetes/index.ts'
import { hasLabels } from '../kubernetes/selection.ts'

/** A ready endpoint of a headless service: one address, for each of the service's ports the number that it has there. */
export interface NamedEndpoint {
  readonly address: string
  /** The label before the service's name. */
  readonly hostname: string
  /** Numbers by the service's port; ports that the endpoint has not are missing. */
  readonly portOf: ReadonlyMap<ServicePort, number>
}

/** What is not in manifests: where pods are and how they fare now. */
export interface PodState {
  /** Addresses, in the order of the cluster's families. */
  readonly addressesOf: (pod: Pod) => readonly string[]
  readonly isReady: (pod: Pod) => boolean
}

/** Labels of pods that have `spec.hostname` set by their controller, to what the label says: ordinals, machines. */
const NAME_LABELS = ['statefulset.kubernetes.io/pod-name', 'vm.kubevirt.io/name']
const JOB_LABEL = 'batch.kubernetes.io/job-name'
const INDEX_LABEL = 'batch.kubernetes.io/job-completion-index'

const familyOf = (address: string): IpFamily => (address.includes(':') ? 'IPv6' : 'IPv4')

/** Endpoints of headless services. */
export class HeadlessEndpoints {
  private readonly podsIn = new Map<string, Pod[]>()
  private readonly state: PodState

  constructor({ pods }: Pick<Cluster, 'pods'>, state: PodState) {
    this.state = state
    for (const pod of pods) {
      const known = this.podsIn.get(pod.namespace)
      if (known === undefined) this.podsIn.set(pod.namespace, [pod])
      else known.push(pod)
    }
  }

  /** The ready ones, of the families that the service has. */
  of(service: Service): NamedEndpoint[] {
    const { selector, namespace } = service
    if (selector === undefined)
      return service.endpoints.filter(({ ready }) => ready).map((each) => manualEndpoint(each, service))
    return (this.podsIn.get(namespace) ?? [])
      .filter((pod) => hasLabels(pod.labels, selector))
      .filter((pod) => service.publishNotReadyAddresses || this.state.isReady(pod))
      .flatMap((pod) => this.ofPod(pod, service))
  }

  private ofPod(pod: Pod, service: Service): NamedEndpoint[] {
    const hostname = pod.subdomain === service.name ? hostnameOf(pod) : undefined
    const portOf = new Map(
      service.ports.flatMap((port) => {
        const number = podPort(pod, port)
        return number === undefined ? [] : [[port, number] as const]
      }),
    )
    return inFamilies(this.state.addressesOf(pod), service).map((address) => ({
      address,
      hostname: hostname ?? assignedName(address),
      portOf,
    }))
  }
}

/** What `spec.hostname` says, if only because a controller wrote it: pods have no record by their own name. */
function hostnameOf({ template, labels }: Pod): string | undefined {
  if (template.hostname !== undefined) return template.hostname
  const label = NAME_LABELS.find((each) => labels[each] !== undefined)
  if (label !== undefined) return labels[label]
  const index = labels[INDEX_LABEL]
  return index === undefined ? undefined : `${labels[JOB_LABEL]}-${index}`
}

/** The address with dashes, as CoreDNS has it for endpoints without a host name. */
export const assignedName = (address: string): string => address.replaceAll(/[.:]/g, '-')

/** A service that says no families has the cluster's first, which its pods' first addresses are of, or both. */
function inFamilies(
  addresses: readonly string[],
  { ipFamilies, ipFamilyPolicy }: Service,
): readonly string[] {
  const [first] = addresses
  if (first === undefined) return []
  const stated = ipFamilies.length > 0 ? ipFamilies : [familyOf(first)]
  const isEither = ipFamilyPolicy !== 'SingleStack' && stated.length < 2
  return isEither ? addresses : addresses.filter((each) => stated.includes(familyOf(each)))
}

/** Of a name the number that the pod's containers have for it. */
function podPort({ template }: Pod, { targetPort, protocol }: ServicePort): number | undefined {
  if (typeof targetPort === 'number') return targetPort
  return template.ports.find(({ name, protocol: own }) => name === targetPort && own === protocol)?.port
}

function manualEndpoint({ address, hostname, ports }: ManualEndpoint, service: Service): NamedEndpoint {
  const portOf = new Map(
    service.ports.flatMap((port) => {
      const own = ports.find(({ name, protocol }) => name === port.name && protocol === port.protocol)
      return own === undefined ? [] : [[port, own.port] as const]
    }),
  )
  return { address, hostname: hostname ?? assignedName(address), portOf }
}
