import { printDuration } from '@weft/core'
import { type NetworkBlueprint, naturalCompare, type OutageBlueprint } from '@weft/fabric'
import type { ReadEvent } from '../life/event-actions.ts'
import { type Path, type Problems, quote } from './problems.ts'
import { spellingsOf } from './selectors/selectors.ts'

/** Failures and repairs in order of time; at one instant by name, so that the order of writing never matters. */
export function compileEvents(
  events: readonly ReadEvent[],
  network: NetworkBlueprint,
  problems: Problems,
): OutageBlueprint[] {
  const outages = events.flatMap(({ action, input, path }) =>
    action === 'fail' || action === 'repair' ? [{ action, name: input[action]!, atPs: input.at, path }] : [],
  )
  const known = knownNames(
    outages.map(({ name }) => name),
    network,
  )
  const compiled: { event: OutageBlueprint; path: Path }[] = []
  for (const { action, name, atPs, path } of outages) {
    const target = spellingsOf(name).find((each) => known.has(each))
    if (target !== undefined) compiled.push({ event: { atPs, action, target }, path })
    else {
      const expected = 'names look like "ord1/spine-0" or "ord1/leaf-0:ord1/spine-0"'
      problems.refuse(
        [...path, action],
        problems.unknownName('switch, host or link', name, namesOf(network), expected),
      )
    }
  }
  compiled.sort((a, b) => a.event.atPs - b.event.atPs || naturalCompare(a.event.target, b.event.target))
  checkSequence(compiled, problems)
  return compiled.map(({ event }) => event)
}

/** Of the names that events give, in either spelling of a link's, those that are there. */
function knownNames(names: readonly string[], network: NetworkBlueprint): ReadonlySet<string> {
  const known = new Set<string>()
  if (names.length === 0) return known
  const given = new Set(names.flatMap(spellingsOf))
  for (const name of namesOf(network)) if (given.has(name)) known.add(name)
  return known
}

function* namesOf({ nodes, links }: NetworkBlueprint): Generator<string> {
  for (const { name } of nodes) yield name
  for (const { name } of links) yield name
}

/** What is down cannot fail again, what is up cannot be repaired, and nothing does both at once. */
function checkSequence(
  compiled: readonly { event: OutageBlueprint; path: Path }[],
  problems: Problems,
): void {
  const last = new Map<string, OutageBlueprint>()
  for (const { event, path } of compiled) {
    const { target, action, atPs } = event
    const before = last.get(target)
    last.set(target, event)
    if (before?.atPs === atPs) {
      problems.refuse(
        path,
        `${quote(target)} has two events at ${printDuration(atPs)}; their order would be undecided`,
      )
    } else if (action === (before?.action ?? 'repair')) {
      const state = action === 'fail' ? 'down' : 'up'
      problems.warn(
        path,
        `${quote(target)} is ${state} already at ${printDuration(atPs)}; this event changes nothing`,
      )
    }
  }
}
