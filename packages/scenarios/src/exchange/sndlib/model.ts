/**
 * A network of SNDlib 1.0 as its files have it: numbers without units. Both its formats become this first.
 * Source: Orlowski et al., "SNDlib 1.0 - Survivable Network Design Library", Networks 55(3), 2010.
 */
export interface SndNetwork {
  readonly meta: ReadonlyMap<string, { readonly value: string; readonly line: number }>
  /** `unstated`: the native format does not tell longitudes from pixels. */
  readonly coordinates: 'geographical' | 'pixel' | 'unstated'
  readonly nodes: readonly SndNode[]
  readonly links: readonly SndLink[]
  readonly demands: readonly SndDemand[]
}

export interface SndNode {
  readonly id: string
  readonly line: number
  /** Longitude or pixel. */
  readonly x?: number
  /** Latitude or pixel. */
  readonly y?: number
}

export interface SndModule {
  readonly capacity: number
  readonly cost: number
}

export interface SndLink {
  readonly id: string
  readonly line: number
  readonly source: string
  readonly target: string
  readonly preInstalled: SndModule
  readonly routingCost: number
  readonly setupCost: number
  readonly modules: readonly SndModule[]
}

export interface SndDemand {
  readonly id: string
  readonly line: number
  readonly source: string
  readonly target: string
  readonly routingUnit: number
  readonly value: number
  /** Absent: unlimited. */
  readonly pathLengthMax?: number
  readonly admissiblePaths: number
}

export const UNLIMITED = 'UNLIMITED'
