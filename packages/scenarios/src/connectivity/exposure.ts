import { type Exposure, exposureOf, type PortSet, type WorkloadSelector } from '@weft/fabric'
import { type AllowedPorts, allowOf } from './allowed-ports.ts'
import type { Connectivity } from './connectivity.ts'

/** What workloads that are not in the manifests could do with one that is, in one direction. */
export interface DirectionExposure {
  /** Ports open to a workload of any namespace and any labels. */
  readonly anywhere: readonly AllowedPorts[]
  /** Where they are others: to a workload of any labels in a namespace. */
  readonly namespaces: readonly { readonly namespace: string; readonly allow: readonly AllowedPorts[] }[]
  /** Where they are others: to a workload that fits a selector which a rule names. */
  readonly selectors: readonly {
    readonly select: WorkloadSelector
    readonly allow: readonly AllowedPorts[]
  }[]
}

/** Workloads with the same exposure. */
export interface ExposureGroup {
  readonly workloads: readonly string[]
  /** What could reach them, as far as their own policies go. */
  readonly ingress: DirectionExposure
  /** What they could reach. */
  readonly egress: DirectionExposure
}

/** The exposure of all workloads, by the names of the first of each group. */
export function exposureGroups(connectivity: Connectivity): ExposureGroup[] {
  const groups = new Map<
    string,
    { workloads: string[]; ingress: DirectionExposure; egress: DirectionExposure }
  >()
  for (const { workloads, isHostNetwork } of connectivity.classes) {
    // no policy selects who uses the host's network
    if (isHostNetwork) continue
    const [ingress, egress] = (['ingress', 'egress'] as const).map((direction) =>
      directionOf(exposureOf(connectivity.engine, workloads[0]!, direction), connectivity),
    ) as [DirectionExposure, DirectionExposure]
    const key = JSON.stringify([ingress, egress])
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { workloads: [...workloads], ingress, egress })
    else known.workloads.push(...workloads)
  }
  return [...groups.values()].map((group) => ({ ...group, workloads: group.workloads.sort() }))
}

function directionOf(
  { anywhere, namespaces, selectors }: Exposure,
  connectivity: Connectivity,
): DirectionExposure {
  const common = connectivity.narrowed(anywhere)
  const others = <Entry extends { readonly ports: PortSet }>(entries: readonly Entry[]) =>
    entries
      .map((entry) => ({ entry, ports: connectivity.narrowed(entry.ports) }))
      .filter(({ ports }) => ports !== common)
  return {
    anywhere: allowOf(common),
    namespaces: others(namespaces).map(({ entry, ports }) => ({
      namespace: entry.namespace,
      allow: allowOf(ports),
    })),
    selectors: others(selectors).map(({ entry, ports }) => ({ select: entry.select, allow: allowOf(ports) })),
  }
}
