import type { PortSet } from '@weft/fabric'
import { allowOf } from './allowed-ports.ts'
import type { Connectivity, OutsidePorts, ReachClass } from './connectivity.ts'
import type { ExposureGroup } from './exposure.ts'

/** Words of `allow`, by set: there are few, and pairs by the million. */
export class Allowed {
  readonly #words = new Map<PortSet, string>()

  of(ports: PortSet): string {
    let words = this.#words.get(ports)
    if (words === undefined) {
      words = JSON.stringify(allowOf(ports))
      this.#words.set(ports, words)
    }
    return words
  }
}

/** What a workload may connect to: who, in the order of `workloads`, and the rest of each entry. */
interface Row {
  readonly order: readonly number[]
  readonly entries: readonly string[]
}

/**
 * The document of all connections, in parts to be written one after the other: it may be longer than a string can be.
 * Entries are in the order of `from`, workloads before prefixes, then of `to`.
 */
export function* reachJson(
  connectivity: Connectivity,
  exposure: readonly ExposureGroup[],
): Generator<string, void, undefined> {
  const { workloads } = connectivity
  yield `{"schema":1,"workloads":${JSON.stringify(workloads)},"connections":[`
  let separator = ''
  for (const part of entries(connectivity)) {
    yield `${separator}${part}`
    separator = ','
  }
  yield `],"exposure":${JSON.stringify(exposure)}}\n`
}

function* entries(connectivity: Connectivity): Generator<string, void, undefined> {
  const allowed = new Allowed()
  const place = new Map(connectivity.workloads.map((name, index) => [name, index]))
  const rows = new Map<ReachClass, Row>()
  const outside = new Map<ReachClass, readonly string[]>()
  for (const name of connectivity.workloads) {
    const own = connectivity.classOf(name)
    if (!rows.has(own)) {
      rows.set(own, rowOf(connectivity, own, allowed))
      outside.set(own, outsideEntries(connectivity, connectivity.toOutside(own), allowed))
    }
    const row = withExceptions(connectivity, name, rows.get(own)!, place, allowed)
    const all = outside.get(own)!.length === 0 ? row : row.concat(outside.get(own)!)
    if (all.length > 0) {
      const begin = `{"from":${JSON.stringify(name)},"to":`
      yield `${begin}${all.join(`,${begin}`)}`
    }
    // the last of a class needs them no longer
    if (own.workloads.at(-1) === name) rows.delete(own)
  }
  yield* fromOutside(connectivity, ({ workloads }) => workloads, allowed)
}

/** What any of a class may connect to, as if nobody were itself. */
function rowOf(connectivity: Connectivity, from: ReachClass, allowed: Allowed): Row {
  const { workloads, classAt, none } = connectivity
  const byClass = connectivity.portsToAll(from)
  const isOpen = Uint8Array.from(byClass, (ports) => (ports === none ? 0 : 1))
  const order: number[] = []
  const entries: string[] = []
  for (let index = 0; index < workloads.length; index++) {
    const at = classAt[index]!
    if (isOpen[at] === 0) continue
    order.push(index)
    entries.push(entryOf(workloads[index]!, byClass[at]!, allowed))
  }
  return { order, entries }
}

const entryOf = (to: string, ports: PortSet, allowed: Allowed): string =>
  `${JSON.stringify(to)},"allow":${allowed.of(ports)}}`

/** The row of one workload: itself, and those of its own node. */
function withExceptions(
  connectivity: Connectivity,
  name: string,
  { order, entries }: Row,
  place: ReadonlyMap<string, number>,
  allowed: Allowed,
): string[] {
  const result = [...entries]
  const edits = [[name, connectivity.selfPorts(name)] as const, ...connectivity.exceptionsOf(name)]
  const added: [at: number, index: number, entry: string][] = []
  for (const [to, ports] of edits) {
    const index = place.get(to)!
    const at = lowerBound(order, index)
    const isThere = order[at] === index
    if (ports === connectivity.none) {
      if (isThere) result[at] = ''
    } else if (isThere) result[at] = entryOf(to, ports, allowed)
    else added.push([at, index, entryOf(to, ports, allowed)])
  }
  // from the end, so that places stay what they were
  for (const [at, , entry] of added.sort((a, b) => b[1] - a[1])) result.splice(at, 0, entry)
  return edits.some(([, ports]) => ports === connectivity.none)
    ? result.filter((entry) => entry !== '')
    : result
}

function lowerBound(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

const prefixesInOrder = ({ sums }: Connectivity, parts: readonly OutsidePorts[]) =>
  parts
    .flatMap(({ prefixes, ports }) => prefixes.map((prefix) => ({ prefix, ports })))
    .sort((a, b) => sums.compare(a.prefix, b.prefix))

const outsideEntries = (connectivity: Connectivity, parts: readonly OutsidePorts[], allowed: Allowed) =>
  prefixesInOrder(connectivity, parts).map(
    ({ prefix, ports }) => `{"cidr":${JSON.stringify(prefix)}},"allow":${allowed.of(ports)}}`,
  )

/** Whole entries of one name to outside. */
export const entriesToOutside = (connectivity: Connectivity, own: ReachClass, name: string): string[] =>
  outsideEntries(connectivity, connectivity.toOutside(own), new Allowed()).map(
    (entry) => `{"from":${JSON.stringify(name)},"to":${entry}`,
  )

/** Entries from outside, by prefix, then by workload; `namesOf`: who of a class is named. */
export function* fromOutside(
  connectivity: Connectivity,
  namesOf: (one: ReachClass) => readonly string[],
  allowed = new Allowed(),
): Generator<string, void, undefined> {
  const byPrefix = new Map<string, { readonly to: ReachClass; readonly ports: PortSet }[]>()
  for (const to of connectivity.classes) {
    for (const { prefixes, ports } of connectivity.fromOutside(to)) {
      for (const prefix of prefixes) {
        const known = byPrefix.get(prefix)
        if (known === undefined) byPrefix.set(prefix, [{ to, ports }])
        else known.push({ to, ports })
      }
    }
  }
  for (const prefix of [...byPrefix.keys()].sort((a, b) => connectivity.sums.compare(a, b))) {
    const begin = `{"from":{"cidr":${JSON.stringify(prefix)}},"to":`
    const own = byPrefix
      .get(prefix)!
      .flatMap(({ to, ports }) => namesOf(to).map((name) => ({ name, ports })))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    yield `${begin}${own.map(({ name, ports }) => entryOf(name, ports, allowed)).join(`,${begin}`)}`
  }
}

/**
 * The document of one port: who may connect to whom there. `connectivity` must be narrowed to that port. Peers outside are
 * in `outside`, as `allowed` is about workloads.
 */
export function* matrixJson(
  connectivity: Connectivity,
  asked: { readonly protocol: string; readonly port: number },
): Generator<string, void, undefined> {
  const { workloads, none } = connectivity
  const head = { schema: 1, ...asked, workloads }
  yield `${JSON.stringify(head).slice(0, -1)},"allowed":[`
  let separator = ''
  const rows = new Map<ReachClass, readonly PortSet[]>()
  for (const name of workloads) {
    const own = connectivity.classOf(name)
    if (!rows.has(own)) rows.set(own, connectivity.portsToAll(own))
    const row = rows.get(own)!
    const exceptions = connectivity.exceptionsOf(name)
    const begin = `[${JSON.stringify(name)},`
    const pairs = workloads
      .filter((to) => {
        const ports =
          to === name
            ? connectivity.selfPorts(name)
            : (exceptions.get(to) ?? row[connectivity.classOf(to).index]!)
        return ports !== none
      })
      .map((to) => `${JSON.stringify(to)}]`)
    if (pairs.length === 0) continue
    yield `${separator}${begin}${pairs.join(`,${begin}`)}`
    separator = ','
  }
  yield `],"outside":${JSON.stringify(outsidePairs(connectivity))}}\n`
}

type OutsidePair = readonly [string | { readonly cidr: string }, string | { readonly cidr: string }]

function outsidePairs(connectivity: Connectivity): OutsidePair[] {
  const pairs = (prefixesOf: (from: ReachClass) => readonly OutsidePorts[]) =>
    connectivity.workloads.flatMap((name) =>
      prefixesInOrder(connectivity, prefixesOf(connectivity.classOf(name))).map(
        ({ prefix }) => [name, { cidr: prefix }] as const,
      ),
    )
  return [
    ...pairs((own) => connectivity.toOutside(own)),
    ...pairs((own) => connectivity.fromOutside(own)).map(([name, prefix]) => [prefix, name] as const),
  ]
}
