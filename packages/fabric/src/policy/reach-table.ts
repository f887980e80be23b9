import type { IdentityId } from './identities.ts'
import type { PolicyEngine } from './policy-engine.ts'
import type { ReachEnd, ReachPeer } from './policy-reach.ts'
import type { PortSet } from './port-set.ts'
import type { SubjectProfile } from './subject-profile.ts'

/** Sources that each profile is asked about in a row. */
const SOURCES_AT_ONCE = 64

/**
 * Whom several sources may connect to among many classes. Classes by the thousand make pairs by the ten million, so what is asked of
 * each lies in columns, and each profile is asked about all sources one after the other.
 */
export class ReachTable {
  private readonly engine: PolicyEngine
  /** By class the place of its first end in the columns; one beyond the last follows. */
  private readonly firstEnds: Int32Array
  private readonly identities: Int32Array
  private readonly families: Uint8Array
  /** What takes what is sent to an end: a place in `profiles`. */
  private readonly receivers: Int32Array
  private readonly profiles: readonly SubjectProfile[]

  constructor(engine: PolicyEngine, classes: readonly ReachPeer[]) {
    this.engine = engine
    const ends = classes.flatMap((each) => each.ends)
    this.firstEnds = new Int32Array(classes.length + 1)
    for (const [index, each] of classes.entries())
      this.firstEnds[index + 1] = this.firstEnds[index]! + each.ends.length
    this.identities = Int32Array.from(ends, ({ identity }) => identity)
    this.families = Uint8Array.from(ends, familiesOf)
    const places = new Map<SubjectProfile, number>()
    this.receivers = Int32Array.from(ends, ({ identity }) => {
      const profile = engine.identities.ingress[identity]!
      const place = places.get(profile) ?? places.size
      places.set(profile, place)
      return place
    })
    this.profiles = [...places.keys()]
  }

  /** By source, ports to each class, in the order of classes. */
  *rows(sources: readonly ReachPeer[]): Generator<PortSet[], void, undefined> {
    for (let begin = 0; begin < sources.length; begin += SOURCES_AT_ONCE) {
      const some = sources.slice(begin, begin + SOURCES_AT_ONCE)
      const received = this.received(some.flatMap(({ ends }) => ends.map(({ identity }) => identity)))
      let at = 0
      for (const source of some) {
        const row = Array.from({ length: this.firstEnds.length - 1 }, () => this.engine.sets.none)
        for (const end of source.ends) this.add(row, end, received[at++]!)
        yield row
      }
    }
  }

  /** By source, what each profile accepts of it. */
  private received(sources: readonly IdentityId[]): PortSet[][] {
    const received = sources.map((): PortSet[] => [])
    for (const profile of this.profiles)
      for (let i = 0; i < sources.length; i++) received[i]!.push(profile.portMap(sources[i]!).accepted)
    return received
  }

  private add(row: PortSet[], from: ReachEnd, received: readonly PortSet[]): void {
    const { sets, identities } = this.engine
    const { none } = sets
    const sender = identities.egress[from.identity]!
    const family = familiesOf(from)
    for (let to = 0; to < row.length; to++) {
      for (let end = this.firstEnds[to]!; end < this.firstEnds[to + 1]!; end++) {
        if ((this.families[end]! & family) === 0) continue
        const sent = sender.portMap(this.identities[end]!).accepted
        if (sent === none) continue
        const ports = sets.intersection(sent, received[this.receivers[end]!]!)
        row[to] = sets.union(row[to]!, ports)
      }
    }
  }
}

/** A bit for each family that an end may bear; both where no address is known. */
function familiesOf({ family }: ReachEnd): number {
  if (family === undefined) return 3
  return family === 'ipv4' ? 1 : 2
}
