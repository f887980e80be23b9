import type { CertificateOptions, DelayBlueprint } from '../certificates/certificate-options.ts'
import type { ManagedCertificate } from '../certificates/certificate-manager.ts'
import type { HttpRequest, IngressBlueprint } from '../ingress-blueprint.ts'
import type { TlsBlueprint } from '../tls/tls-blueprint.ts'

/** An ingress controller: replicas that take requests in, and pass them on to backends. */
export interface IngressControllerBlueprint {
  /** `namespace/name` of the workload that it is. */
  readonly name: string
  /** Hosts of the network that its replicas are. */
  readonly replicas: readonly string[]
  readonly point: IngressBlueprint
  /** All that its rules name. */
  readonly backends: readonly ControllerBackend[]
  readonly capacity: ReplicaCapacity
  readonly keepAlive: KeepAliveBlueprint
  /** A backend that a replica hears nothing of for so long has failed, whether it connects, is asked or answers. */
  readonly backendTimeoutPs: number
  readonly tls: TlsBlueprint
  /** Certificates that are issued and renewed; those that listeners name and that are not here are always valid. */
  readonly certificates: readonly ManagedCertificate[]
  readonly certificateOptions: CertificateOptions
}

/** Where requests for a backend are sent. */
export interface ControllerBackend {
  /** As rules have it. */
  readonly name: string
  /** Of a host, or of a service. */
  readonly address: string
  /** 1 to 65535. */
  readonly port: number
}

/** What one replica does in a time. What it sends and receives in a time, its link says. */
export interface ReplicaCapacity {
  /** Requests and handshakes that are worked on at once. */
  readonly workers: number
  /** Requests and handshakes that may wait for a worker; who comes then is refused. A whole number of 0 or more. */
  readonly waitingMax: number
  /** Time of a worker for a request. */
  readonly request: DelayBlueprint
}

/** Connections to backends that are kept for the next request. */
export interface KeepAliveBlueprint {
  /** For each backend, idle ones, at each replica: 0 opens one for every request. */
  readonly connections: number
  /** After so long without a request they are closed. */
  readonly idlePs: number
}

/** What requests of a traffic ask for. Their bytes, and those of their answers, are the flows'. */
export interface RequestBlueprint {
  readonly scheme: 'http' | 'https'
  readonly request: HttpRequest
  /** Whoever of them is called serves a request; an address that is none of theirs is called as any other. */
  readonly controllers: readonly AskedController[]
}

/** A controller that requests may meet, where they go. */
export interface AskedController {
  /** By name. */
  readonly controller: string
  /** Where it is called, in canonical form; absent: wherever the traffic goes. */
  readonly addresses?: readonly string[]
  /** What setting up TLS takes; absent with plain HTTP. */
  readonly tls?: TlsBlueprint
  /** Its own, and where its rules pass these requests on to: for clocks that follow no single one. */
  readonly replicas: readonly string[]
  readonly upstream: readonly UpstreamShare[]
}

/** A backend's part of requests. */
export interface UpstreamShare {
  readonly backend: string
  readonly address: string
  readonly family: 'ipv4' | 'ipv6'
  /** 1 to 65535. */
  readonly port: number
  /** Above 0, up to 1; what is missing to 1 in all, no backend gets. */
  readonly share: number
}
