import { UsageError } from './failure.ts'

/** What demands are made of. */
export type DemandSource = 'flows' | 'counters' | 'pattern'

/** Where an option counts: with these sources, or with these patterns alone. */
export type GoesWith = Readonly<Record<string, readonly string[]>>

const SOURCES: readonly DemandSource[] = ['flows', 'counters', 'pattern']

/** The one source that was given. */
export function demandSourceOf(flags: Readonly<Partial<Record<DemandSource, string>>>): DemandSource {
  const [source, ...others] = SOURCES.filter((each) => flags[each] !== undefined)
  if (source !== undefined && others.length === 0) return source
  const options = SOURCES.map((each) => `--${each}`)
  const got =
    source === undefined ? '' : `; got ${[source, ...others].map((each) => `--${each}`).join(' and ')}`
  throw new UsageError(`demands needs one of ${options.slice(0, -1).join(', ')} and ${options.at(-1)}${got}`)
}

/** Refuses, all at once, options that the source has no use for. */
export function refuseForeign(
  flags: Readonly<Record<string, unknown>>,
  goesWith: GoesWith,
  source: DemandSource,
): void {
  const given = source === 'pattern' ? [source, `pattern ${String(flags['pattern'])}`] : [source]
  const lines = Object.entries(goesWith)
    .filter(([key, places]) => flags[key] !== undefined && !places.some((place) => given.includes(place)))
    .map(([key, places]) => {
      const option = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
      return `--${option} goes with ${places.map((place) => `--${place}`).join(' or ')}; leave it out`
    })
  if (lines.length > 0) throw new UsageError(lines.join('\n'))
}
