import type { Engine } from './running-clock.ts'
import type { AskedCounts, LookupBooks, LookupCounts } from '@weft/fabric'
import { InstantLog } from './instant-log.ts'

const copyOf = (counts: LookupCounts): LookupCounts => ({ ...counts, lostTo: { ...counts.lostTo } })

/** The lookups of a run by traffic, between marked instants. */
export class NameRecords {
  readonly #lookups: LookupBooks
  readonly #traffic: number
  readonly #log = new InstantLog<readonly LookupCounts[]>()

  /** Undefined where no traffic goes to names. */
  static of(
    { blueprint }: Pick<Engine, 'blueprint'>,
    lookups: LookupBooks | undefined,
  ): NameRecords | undefined {
    return lookups && new NameRecords(lookups, blueprint.traffic.length)
  }

  private constructor(lookups: LookupBooks, traffic: number) {
    this.#lookups = lookups
    this.#traffic = traffic
  }

  markInstant(atPs: number): void {
    const counts = Array.from({ length: this.#traffic }, (_, index) => copyOf(this.#lookups.counts(index)))
    this.#log.mark(atPs, counts)
  }

  /** Of each resolver up to the present, in the blueprint's order. */
  resolverCounts(): readonly AskedCounts[] {
    return this.#lookups.resolverCounts()
  }

  /** Of one traffic, by its index. */
  between(traffic: number, fromPs: number, toPs: number): LookupCounts {
    const [before, after] = [this.#log.at(fromPs)![traffic]!, this.#log.at(toPs)![traffic]!]
    return {
      lookups: after.lookups - before.lookups,
      own: after.own - before.own,
      questions: after.questions - before.questions,
      notFound: after.notFound - before.notFound,
      failed: after.failed - before.failed,
      lostTo: Object.fromEntries(
        Object.entries(after.lostTo).map(([reason, count]) => [reason, count - (before.lostTo[reason] ?? 0)]),
      ),
      stale: after.stale - before.stale,
      waitedPs: after.waitedPs - before.waitedPs,
    }
  }
}
