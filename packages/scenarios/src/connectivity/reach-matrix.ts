import type { PortSet } from '@weft/fabric'
import { foldSmallest } from '../pictures/fold.ts'
import type { Alike } from './alike.ts'
import { namespacePairs } from './by-namespace.ts'
import type { OutsidePorts, ReachClass } from './connectivity.ts'
import { NameSets } from './name-sets.ts'

/** Up to so many workloads stand in a picture by themselves, and so many groups of workloads that are alike. */
const WORKLOADS_MAX = 24
const GROUPS_MAX = 44
const NAMESPACES_MAX = 60

/** A row and a column of a picture. */
export interface MatrixUnit {
  readonly label: string
  /** Units of one band stand together, under its name. */
  readonly band: string
  readonly workloads: readonly string[]
}

export interface MatrixCell {
  /** Of the pairs that it stands for, those that may connect: above 0, to 1. */
  readonly share: number
  readonly ports: PortSet
  /** What stands behind the ports in its tooltip: prefixes outside. */
  readonly about: string
}

/** Who may connect to whom, small enough to be looked at. */
export interface ReachMatrix {
  readonly units: readonly MatrixUnit[]
  /** What a unit is. */
  readonly kind: 'workload' | 'group' | 'namespace'
  /** By row and column; undefined where nothing may connect. */
  readonly cells: readonly (readonly (MatrixCell | undefined)[])[]
  /** To outside and from outside, by unit. */
  readonly toOutside: readonly (MatrixCell | undefined)[]
  readonly fromOutside: readonly (MatrixCell | undefined)[]
}

export function reachMatrix(alike: Alike): ReachMatrix {
  const { connectivity } = alike
  const names = new NameSets(connectivity.workloads, (name) => connectivity.namespaceOf(name))
  const groups = groupUnits(alike, names)
  const isSmall = connectivity.workloads.length <= WORKLOADS_MAX
  if (!isSmall && groups.length > GROUPS_MAX) return ofNamespaces(alike, names)
  const units = isSmall ? groups.flatMap(eachAlone).sort(byBand) : groups
  const likes = units.map(({ workloads }) => connectivity.classOf(workloads[0]!))
  return {
    units,
    kind: isSmall ? 'workload' : 'group',
    cells: likes.map((from, row) =>
      likes.map((to, column) => {
        if (row === column && isOnePod(units[row]!, alike)) return undefined
        return cellOf(alike.portsOfClasses(from, to), alike)
      }),
    ),
    ...outsideCells(units, alike),
  }
}

const isOnePod = ({ workloads }: MatrixUnit, { connectivity }: Alike): boolean =>
  workloads.length === 1 && connectivity.podsOf(workloads[0]!) === 1

const cellOf = (ports: PortSet, { connectivity }: Alike): MatrixCell | undefined =>
  ports === connectivity.none ? undefined : { share: 1, ports, about: '' }

const byBand = (a: MatrixUnit, b: MatrixUnit): number =>
  a.band < b.band ? -1 : a.band > b.band ? 1 : a.label < b.label ? -1 : 1

/** Workloads that are alike, apart by namespace. */
function groupUnits(alike: Alike, names: NameSets): MatrixUnit[] {
  const { connectivity } = alike
  const units = alike.groups.flatMap(({ workloads }) => [
    ...grouped(workloads, (name) => connectivity.namespaceOf(name)),
  ])
  return units
    .map(([band, workloads]) => ({ band, workloads, label: labelOf(workloads, band, names) }))
    .sort(byBand)
}

function grouped(names: readonly string[], keyOf: (name: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const known = groups.get(keyOf(name))
    if (known === undefined) groups.set(keyOf(name), [name])
    else known.push(name)
  }
  return groups
}

const short = (name: string, band: string): string => name.slice(band.length + 1)

function labelOf(workloads: readonly string[], band: string, names: NameSets): string {
  const [first, ...others] = workloads
  if (others.length === 0) return short(first!, band)
  if (workloads.length === names.namesIn(band).length) return `all ${workloads.length}`
  return `${short(first!, band)} +${others.length}`
}

const eachAlone = ({ band, workloads }: MatrixUnit): MatrixUnit[] =>
  workloads.map((name) => ({ band, workloads: [name], label: short(name, band) }))

function ofNamespaces(alike: Alike, names: NameSets): ReachMatrix {
  const pairs = namespacePairs(alike, names)
  const sizes = names.namespaces.map((name) => names.namesIn(name).length)
  const { kept, others } = foldSmallest(sizes, NAMESPACES_MAX)
  const parts = [...kept.map((index) => [index]), ...(others.length > 0 ? [others] : [])]
  const { none, engine } = alike.connectivity
  const units = parts.map((part): MatrixUnit => {
    const workloads = part.flatMap((index) => names.namesIn(names.namespaces[index]!))
    const label = part.length === 1 ? names.namespaces[part[0]!]! : `${part.length} more`
    return { label, band: '', workloads }
  })
  const cells = parts.map((rows) =>
    parts.map((columns) => {
      let [all, connected, ports] = [0, 0, none]
      for (const row of rows) {
        for (const column of columns) {
          const pair = pairs[row]![column]!
          all += pair.pairs
          connected += pair.connected
          ports = engine.sets.union(ports, pair.ports)
        }
      }
      return connected === 0 ? undefined : { share: connected / all, ports, about: '' }
    }),
  )
  return { units, kind: 'namespace', cells, ...outsideCells(units, alike) }
}

function outsideCells(units: readonly MatrixUnit[], alike: Alike) {
  const { connectivity } = alike
  const cells = (partsOf: (own: ReachClass) => readonly OutsidePorts[]) => {
    const known = new Map<ReachClass, readonly OutsidePorts[]>()
    const partsFor = (own: ReachClass) => {
      if (!known.has(own)) known.set(own, partsOf(own))
      return known.get(own)!
    }
    return units.map(({ workloads }) =>
      outsideCell(workloads, (name) => partsFor(connectivity.classOf(name)), alike),
    )
  }
  return {
    toOutside: cells((own) => connectivity.toOutside(own)),
    fromOutside: cells((own) => connectivity.fromOutside(own)),
  }
}

function outsideCell(
  workloads: readonly string[],
  partsOf: (name: string) => readonly OutsidePorts[],
  { connectivity }: Alike,
): MatrixCell | undefined {
  const open = workloads.map(partsOf).filter((parts) => parts.length > 0)
  if (open.length === 0) return undefined
  const different = [...new Set(open)].flat()
  const ports = different.reduce(
    (sum, part) => connectivity.engine.sets.union(sum, part.ports),
    connectivity.none,
  )
  const about = connectivity.sums.describe(different.flatMap(({ prefixes }) => prefixes))
  return { share: open.length / workloads.length, ports, about }
}
