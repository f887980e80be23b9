import type { PortSet } from '@weft/fabric'
import type { Alike } from './alike.ts'
import type { NameSets } from './name-sets.ts'

/** What may be connected from one namespace to another. */
export interface NamespacePair {
  /** Ordered pairs of different workloads, and how many of them may connect on some port. */
  readonly pairs: number
  readonly connected: number
  /** Ports that some pair has. */
  readonly ports: PortSet
}

/** All namespaces with each other, by their places among `names.namespaces`. */
export function namespacePairs(alike: Alike, names: NameSets): NamespacePair[][] {
  const { connectivity } = alike
  const { none, engine } = connectivity
  const place = new Map(names.namespaces.map((name, index) => [name, index]))
  const sizes = names.namespaces.map((name) => names.namesIn(name).length)
  const connected = sizes.map(() => new Float64Array(sizes.length))
  const ports = sizes.map(() => sizes.map(() => none))
  const members = connectivity.classes.map(({ workloads }) => {
    const counts = new Map<number, number>()
    for (const name of workloads) {
      const at = place.get(connectivity.namespaceOf(name))!
      counts.set(at, (counts.get(at) ?? 0) + 1)
    }
    return counts
  })
  for (const from of connectivity.classes) {
    for (const to of connectivity.classes) {
      const open = alike.portsOfClasses(from, to)
      if (open === none) continue
      for (const [row, senders] of members[from.index]!) {
        for (const [column, receivers] of members[to.index]!) {
          const others = from === to && row === column ? receivers - 1 : receivers
          if (others === 0) continue
          connected[row]![column]! += senders * others
          ports[row]![column] = engine.sets.union(ports[row]![column]!, open)
        }
      }
    }
  }
  return sizes.map((senders, row) =>
    sizes.map((receivers, column) => ({
      pairs: senders * (row === column ? receivers - 1 : receivers),
      connected: connected[row]![column]!,
      ports: ports[row]![column]!,
    })),
  )
}
