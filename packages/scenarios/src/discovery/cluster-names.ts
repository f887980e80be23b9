import { SECOND } from '@weft/core'
import type { Records, ZoneBlueprint } from '@weft/fabric'
import type { Cluster, Service } from '../kubernetes/index.ts'
import { HeadlessEndpoints, type PodState } from './endpoints.ts'
import { mergeRecords } from './merge-records.ts'
import { calledRecords, headlessRecords, type RecordOptions, type ServiceRecords } from './service-records.ts'

/** The specification that these records follow. */
export const SCHEMA_VERSION = '1.1.0'

export const CLUSTER_ZONE = 'cluster.local'

/** As kubeadm configures CoreDNS; its kubernetes plugin has 5 s where nothing is written. */
export const CLUSTER_TTL_SECONDS = 30

const REVERSE_ZONES = ['in-addr.arpa', 'ip6.arpa'] as const

export interface ClusterNamesOptions extends Partial<PodState> {
  /** The cluster's domain. Default `cluster.local`. */
  readonly zone?: string
  /** Of every record, and of answers that something is not there. Default 30. */
  readonly ttlSeconds?: number
  /** Addresses of services that have one of their own. Default: those that manifests state. */
  readonly clusterIpsOf?: (service: Service) => readonly string[]
}

/**
 * What a cluster's DNS says of its services, by the Kubernetes DNS specification. Where pods come and go, the records of
 * a service before and after are what `Zone.exchange` takes.
 */
export class ClusterNames {
  readonly zone: string
  private readonly services: readonly Service[]
  private readonly endpoints: HeadlessEndpoints
  private readonly clusterIpsOf: (service: Service) => readonly string[]
  private readonly options: RecordOptions

  constructor(
    cluster: Pick<Cluster, 'services' | 'pods'>,
    {
      zone = CLUSTER_ZONE,
      ttlSeconds = CLUSTER_TTL_SECONDS,
      clusterIpsOf = ({ clusterIps }) => clusterIps,
      addressesOf = ({ addresses }) => addresses,
      isReady = (pod) => pod.isReady,
    }: ClusterNamesOptions = {},
  ) {
    this.zone = zone
    this.services = cluster.services
    this.endpoints = new HeadlessEndpoints(cluster, { addressesOf, isReady })
    this.clusterIpsOf = clusterIpsOf
    this.options = { zone, ttlPs: ttlSeconds * SECOND }
  }

  /** What is said because of one service, now. */
  recordsOf(service: Service): ServiceRecords {
    return service.isHeadless && service.type !== 'ExternalName'
      ? headlessRecords(service, this.endpoints.of(service), this.options)
      : calledRecords(service, this.clusterIpsOf(service), this.options)
  }

  /** The cluster's zone and those of addresses, now. */
  zones(): ZoneBlueprint[] {
    const { ttlPs } = this.options
    const all = this.services.map((service) => this.recordsOf(service))
    const version: Records = {
      name: `dns-version.${this.zone}`,
      type: 'TXT',
      ttlPs,
      values: [SCHEMA_VERSION],
    }
    const reverse = mergeRecords(all.flatMap(({ reverse }) => reverse))
    const soa = { ttlPs, minimumPs: ttlPs }
    return [
      { origin: this.zone, soa, records: [version, ...mergeRecords(all.flatMap(({ forward }) => forward))] },
      ...REVERSE_ZONES.map((origin) => ({
        origin,
        soa,
        records: reverse.filter(({ name }) => name.endsWith(`.${origin}`)),
      })),
    ]
  }
}
