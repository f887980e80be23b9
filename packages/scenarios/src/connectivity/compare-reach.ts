import type { PortSet } from '@weft/fabric'
import { type AllowedPorts, allowOf } from './allowed-ports.ts'
import { compareOutside } from './compare-outside.ts'
import type { Connectivity, ReachClass } from './connectivity.ts'
import { linesOf } from './lines.ts'

/** What became of a connection: ports before and after, none where there was or is no connection. */
export interface PortsChange {
  readonly change: 'added' | 'removed' | 'changed'
  readonly before: readonly AllowedPorts[]
  readonly after: readonly AllowedPorts[]
}

/** The same for everyone of `from` with everyone of `to`; with itself none but those of `ReachDiff.several`. */
export interface WorkloadsChange extends PortsChange {
  readonly from: readonly string[]
  readonly to: readonly string[]
}

/** The same for all these workloads with all these addresses. */
export interface OutsideChange extends PortsChange {
  readonly direction: 'toOutside' | 'fromOutside'
  readonly workloads: readonly string[]
  /** The fewest, IPv4 first, in ascending order. */
  readonly prefixes: readonly string[]
}

export interface ReachDiff {
  readonly differs: boolean
  readonly workloads: { readonly added: readonly string[]; readonly removed: readonly string[] }
  /** Workloads that stand for several pods before and after: what these may do with each other is told. */
  readonly several: ReadonlySet<string>
  /** No pair of workloads is in two of them. */
  readonly between: readonly WorkloadsChange[]
  readonly outside: readonly OutsideChange[]
}

/** Workloads that were alike, and are alike. */
interface JointClass {
  readonly workloads: string[]
  readonly before: ReachClass | undefined
  readonly after: ReachClass | undefined
}

/** What changed between two snapshots; workloads are the same where their names are. */
export function compareReach(before: Connectivity, after: Connectivity): ReachDiff {
  const had = new Set(before.workloads)
  const has = new Set(after.workloads)
  const added = after.workloads.filter((name) => !had.has(name))
  const removed = before.workloads.filter((name) => !has.has(name))
  const classes = jointClasses(before, after)
  const between = betweenClasses(classes, before, after)
  const outside = classes.flatMap((one) => outsideOf(one, before, after))
  return {
    differs: added.length + removed.length + between.length + outside.length > 0,
    workloads: { added, removed },
    several: severalOf(before, after),
    between,
    outside: joined(outside),
  }
}

function jointClasses(before: Connectivity, after: Connectivity): JointClass[] {
  const classes = new Map<string, JointClass>()
  const had = new Set(before.workloads)
  const has = new Set(after.workloads)
  for (const name of [...new Set([...before.workloads, ...after.workloads])].sort()) {
    const [was, is] = [
      had.has(name) ? before.classOf(name) : undefined,
      has.has(name) ? after.classOf(name) : undefined,
    ]
    // who is let in by its own node's workloads, or has one that lets it in, stands for itself
    const isSpecial =
      (was?.isHostNetwork === true && before.exceptionsOf(name).size > 0) ||
      (is?.isHostNetwork === true && after.exceptionsOf(name).size > 0)
    const key = `${was?.index}|${is?.index}${isSpecial ? `|${name}` : ''}`
    const known = classes.get(key)
    if (known === undefined) classes.set(key, { workloads: [name], before: was, after: is })
    else known.workloads.push(name)
  }
  return [...classes.values()]
}

/** Ports before and after in words that compare across engines; one object for each pair of them. */
class Changes {
  readonly #words = new Map<PortSet, string>()
  readonly #changes = new Map<string, PortsChange>()

  /** Undefined where nothing changed. */
  of(before: PortSet | undefined, after: PortSet | undefined): PortsChange | undefined {
    const [was, is] = [this.#wordsOf(before), this.#wordsOf(after)]
    if (was === is) return undefined
    const key = `${was} ${is}`
    let change = this.#changes.get(key)
    if (change === undefined) {
      change = changeOf(
        before === undefined ? [] : allowOf(before),
        after === undefined ? [] : allowOf(after),
      )
      this.#changes.set(key, change)
    }
    return change
  }

  #wordsOf(ports: PortSet | undefined): string {
    if (ports === undefined) return '[]'
    let words = this.#words.get(ports)
    if (words === undefined) {
      words = JSON.stringify(allowOf(ports))
      this.#words.set(ports, words)
    }
    return words
  }
}

export const changeOf = (before: readonly AllowedPorts[], after: readonly AllowedPorts[]): PortsChange => ({
  change: before.length === 0 ? 'added' : after.length === 0 ? 'removed' : 'changed',
  before,
  after,
})

/** What changed from one to others, by place. */
type ChangedRow = Map<number, PortsChange>

function betweenClasses(
  classes: readonly JointClass[],
  before: Connectivity,
  after: Connectivity,
): WorkloadsChange[] {
  const units = withNodeNeighbours(classes, before, after)
  const changes = new Changes()
  const several = severalOf(before, after)
  const rows = units.map((from, row): ChangedRow => {
    const changed: ChangedRow = new Map()
    for (const [column, to] of units.entries()) {
      const isAlone = row === column && from.workloads.length === 1
      if (isAlone && !several.has(from.workloads[0]!)) continue
      const change = changes.of(portsIn(before, 'before', from, to), portsIn(after, 'after', from, to))
      if (change !== undefined) changed.set(column, change)
    }
    return changed
  })
  const groups = groupsOf(units, rows)
  const lines = linesOf({
    count: groups.length,
    way: (from, to) => rows[groups[from]!.like]!.get(groups[to]!.like),
  })
  const namesOf = (places: readonly number[]) => places.flatMap((place) => groups[place]!.workloads).sort()
  return lines.map(({ from, to, way }) => ({ ...way, from: namesOf(from), to: namesOf(to) }))
}

function severalOf(before: Connectivity, after: Connectivity): Set<string> {
  const now = new Set(after.workloads.filter((name) => after.podsOf(name) > 1))
  return new Set(before.workloads.filter((name) => now.has(name) && before.podsOf(name) > 1))
}

function portsIn(
  connectivity: Connectivity,
  side: 'before' | 'after',
  from: JointClass,
  to: JointClass,
): PortSet | undefined {
  const [source, destination] = [from[side], to[side]]
  if (source === undefined || destination === undefined) return undefined
  const exception = source.isHostNetwork
    ? connectivity.exceptionsOf(from.workloads[0]!).get(to.workloads[0]!)
    : undefined
  return exception ?? connectivity.ports(source, destination)
}

/** Whom a workload on its host's network may reach on its own node alone stands for itself, too. */
function withNodeNeighbours(
  classes: readonly JointClass[],
  before: Connectivity,
  after: Connectivity,
): readonly JointClass[] {
  const neighbours = new Map<string, string>()
  for (const [index, side] of [before, after].entries()) {
    const special = side.classes.filter(({ isHostNetwork }) => isHostNetwork)
    for (const name of special.flatMap(({ workloads }) => workloads))
      for (const to of side.exceptionsOf(name).keys())
        neighbours.set(to, `${neighbours.get(to) ?? ''}${index}${name} `)
  }
  if (neighbours.size === 0) return classes
  return classes.flatMap((one) => {
    const parts = new Map<string, string[]>()
    for (const name of one.workloads) {
      const key = neighbours.get(name) ?? ''
      const known = parts.get(key)
      if (known === undefined) parts.set(key, [name])
      else known.push(name)
    }
    return [...parts.values()].map((workloads) => ({ ...one, workloads }))
  })
}

/** Classes to which the same happened, with the same others. */
function groupsOf(units: readonly JointClass[], rows: readonly ChangedRow[]) {
  const numbers = new Map<PortsChange, number>()
  const numberOf = (change: PortsChange) => {
    if (!numbers.has(change)) numbers.set(change, numbers.size)
    return numbers.get(change)!
  }
  const columns = units.map((): string[] => [])
  for (const [row, changed] of rows.entries())
    for (const [column, change] of changed) columns[column]!.push(`${row}:${numberOf(change)}`)
  const groups = new Map<string, { readonly like: number; readonly workloads: string[] }>()
  for (const [place, { workloads }] of units.entries()) {
    const row = [...rows[place]!].map(([column, change]) => `${column}:${numberOf(change)}`)
    const key = `${row}|${columns[place]}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { like: place, workloads: [...workloads] })
    else known.workloads.push(...workloads)
  }
  return [...groups.values()]
}

function outsideOf(one: JointClass, before: Connectivity, after: Connectivity): OutsideChange[] {
  return (['toOutside', 'fromOutside'] as const).flatMap((direction) => {
    const was = one.before === undefined ? [] : before[direction](one.before)
    const is = one.after === undefined ? [] : after[direction](one.after)
    return compareOutside(was, is, after.sums).map((change) => ({
      ...change,
      direction,
      workloads: one.workloads,
    }))
  })
}

/** Workloads with the same change share an entry. */
function joined(changes: readonly OutsideChange[]): OutsideChange[] {
  const byWords = new Map<string, OutsideChange & { readonly workloads: string[] }>()
  for (const each of changes) {
    const key = JSON.stringify([each.direction, each.prefixes, each.before, each.after])
    const known = byWords.get(key)
    if (known === undefined) byWords.set(key, { ...each, workloads: [...each.workloads] })
    else known.workloads.push(...each.workloads)
  }
  return [...byWords.values()].map((each) => ({ ...each, workloads: [...each.workloads].sort() }))
}
