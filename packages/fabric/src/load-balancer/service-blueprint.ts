import type { BalancerOptions } from './balancer.ts'
import type { ServiceEndpoint, TrafficPolicy } from './service-endpoint.ts'

/** One address that stands for several endpoints. */
export interface ServiceBlueprint {
  /** Whose clients call it, where there are several clusters; another one may have the same address. Absent: the only one. */
  readonly cluster?: string
  /** `namespace/name`. */
  readonly name: string
  /** What clients call; nobody has these addresses. */
  readonly addresses: readonly string[]
  /**
   * Those of `addresses` that are for who comes from elsewhere, such as a load balancer's. Clients here too reach by them endpoints
   * of every host, under `externalPolicy: cluster` with their server's address in place of their own, as by node ports.
   */
  readonly externalAddresses?: readonly string[]
  readonly ports: readonly ServicePortBlueprint[]
  readonly balancer: BalancerOptions
  /** Whether clients are served by endpoints of every host, or of their own alone. */
  readonly policy: TrafficPolicy
  /**
   * The same for who comes from elsewhere to a node port: with `local` clients keep their address, and go to endpoints of that
   * server alone; else the server's stands for it. Workloads of the server itself reach every endpoint. Default `cluster`.
   */
  readonly externalPolicy?: TrafficPolicy
  /** A client keeps its endpoint until it has opened no connection for so long; absent: every connection chooses anew. */
  readonly affinityPs?: number
  /** Its endpoints count as ready for as long as they run. Default false. */
  readonly publishesNotReady?: boolean
}

export interface ServicePortBlueprint {
  /** IANA's number. */
  readonly protocol: number
  /** 1 to 65535. */
  readonly port: number
  /** Under which every server of the cluster takes it at its own addresses; absent: none does. */
  readonly nodePort?: number
  readonly endpoints: readonly ServiceEndpointBlueprint[]
}

/** `node` is the host that it runs on, by its name in the network. */
export interface ServiceEndpointBlueprint extends ServiceEndpoint {
  readonly address: string
  /** 1 to 65535. */
  readonly port: number
}
