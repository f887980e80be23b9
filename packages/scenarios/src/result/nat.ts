/** Whose mappings a NAT has. None under the steady clock. */
export interface NatResult {
  /** The region's gateways or the host, and the IP version: `ord1 gateways ipv4`. */
  readonly name: string
  /** Workloads that asked for mappings, and those of them that were refused any. */
  readonly workloads: number
  readonly refused: number
  /** The ten that were refused most, or had the most at once. */
  readonly fullest: readonly NatWorkloadResult[]
  /** The ten that it made first, by which its way to choose ports can be seen. */
  readonly firstMappings: readonly NatMappingResult[]
}

/** What stood for what, and towards whom at first. */
export interface NatMappingResult {
  readonly atPs: number
  readonly protocol: 'tcp' | 'udp'
  /** The workload's name, or its address where that is nobody's; and its port. */
  readonly from: string
  readonly port: number
  readonly external: string
  readonly externalPort: number
  readonly to: string
  readonly toPort: number
}

export interface NatWorkloadResult {
  /** Its name, or its address where that is nobody's. */
  readonly name: string
  /** Mappings at the end, and the most at once. */
  readonly mappings: number
  readonly peak: number
  /** Packets that asked for a mapping and got none. */
  readonly refused: number
}
