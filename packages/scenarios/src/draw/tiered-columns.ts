import { naturalCompare } from '@weft/fabric'
import { type DrawableNetwork, groupOf, type HostGroup, hostGroups, regionOf } from './network.ts'

/** Switches next to hosts that share host groups, with those groups below them. */
export interface Cluster {
  readonly switches: readonly string[]
  readonly groups: readonly HostGroup[]
}

/** Nodes that stand together: a pod, or all of a region where there are no pods. */
export interface Column {
  readonly label: string
  readonly clusters: readonly Cluster[]
  /** Switches above the clusters, by level from 2 up. */
  readonly rows: ReadonlyMap<number, readonly string[]>
}

export interface RegionColumns {
  readonly region: string
  readonly columns: readonly Column[]
  /** Switches above all columns, such as the core of a fat-tree. */
  readonly rows: ReadonlyMap<number, readonly string[]>
}

/** Sorts a tiered network into regions, pods and clusters, everything in natural order. */
export function tieredColumns(network: DrawableNetwork, level: ReadonlyMap<string, number>): RegionColumns[] {
  const clusters = clustersOf(hostGroups(network))
  const switches = network.nodes
    .filter((node) => node.kind !== 'host')
    .map((node) => node.name)
    .sort(naturalCompare)
  const all = [...new Set(network.nodes.map((node) => regionOf(node.name)))].sort(naturalCompare)
  // what is of no region, the internet, stands above the only one, or beside several
  const [only, ...others] = all.filter((region) => region !== '')
  const placeOf = (name: string) => (others.length === 0 ? (only ?? '') : regionOf(name))
  const regions = others.length === 0 ? [only ?? ''] : all
  return regions.map((region) =>
    regionColumns(
      region,
      clusters.filter((cluster) => placeOf(cluster.switches[0]!) === region),
      switches.filter((name) => placeOf(name) === region && level.get(name)! > 1),
      level,
    ),
  )
}

function regionColumns(
  region: string,
  clusters: readonly Cluster[],
  upper: readonly string[],
  level: ReadonlyMap<string, number>,
): RegionColumns {
  if (!hasPods(clusters, upper, level)) {
    return { region, columns: [{ label: '', clusters, rows: rowsOf(upper, level) }], rows: new Map() }
  }
  const pods = new Map<string, Cluster[]>()
  for (const cluster of clusters) {
    const pod = groupOf(cluster.switches[0]!)
    pods.set(pod, [...(pods.get(pod) ?? []), cluster])
  }
  const columns = [...pods].map(([label, own]) => {
    const above = upper.filter((name) => groupOf(name) === label)
    return { label, clusters: own, rows: rowsOf(above, level) }
  })
  return {
    region,
    columns,
    rows: rowsOf(
      upper.filter((name) => !pods.has(groupOf(name))),
      level,
    ),
  }
}

/** Whether every cluster lies in one pod, and no level has switches both inside and outside of pods. */
function hasPods(clusters: readonly Cluster[], upper: readonly string[], level: ReadonlyMap<string, number>) {
  const pods = new Set<string>()
  for (const { switches } of clusters) {
    const own = new Set(switches.map(groupOf))
    if (own.size !== 1 || own.has('')) return false
    pods.add([...own][0]!)
  }
  const inside = new Map<number, boolean>()
  for (const name of upper) {
    const isInside = pods.has(groupOf(name))
    const known = inside.get(level.get(name)!) ?? isInside
    if (known !== isInside) return false
    inside.set(level.get(name)!, isInside)
  }
  return pods.size > 0
}

function rowsOf(names: readonly string[], level: ReadonlyMap<string, number>): Map<number, string[]> {
  const rows = new Map<number, string[]>()
  for (const name of names) {
    const row = rows.get(level.get(name)!)
    if (row === undefined) rows.set(level.get(name)!, [name])
    else row.push(name)
  }
  return rows
}

/** Joins groups that have a switch in common. */
function clustersOf(groups: readonly HostGroup[]): Cluster[] {
  let clusters: { switches: Set<string>; groups: HostGroup[] }[] = []
  for (const group of groups) {
    const joined = { switches: new Set(group.switches), groups: [group] }
    const apart: typeof clusters = []
    for (const cluster of clusters) {
      if (!group.switches.some((name) => cluster.switches.has(name))) {
        apart.push(cluster)
        continue
      }
      for (const name of cluster.switches) joined.switches.add(name)
      joined.groups.unshift(...cluster.groups)
    }
    clusters = [...apart, joined]
  }
  return clusters
    .map((cluster) => ({ switches: [...cluster.switches].sort(naturalCompare), groups: cluster.groups }))
    .sort((a, b) => naturalCompare(a.switches[0]!, b.switches[0]!))
}
