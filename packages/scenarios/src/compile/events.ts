import { printDuration } from '@weft/core'
import { type EventBlueprint, type NetworkBlueprint, naturalCompare } from '@weft/fabric'
import type { EventInput } from '../schema/events.ts'
import { type Path, type Problems, quote } from './problems.ts'
import { endPs, type RunPlan } from './run.ts'
import { spellingsOf } from './selectors.ts'

/** Failures and repairs in order of time; at one instant by name, so that the order of writing never matters. */
export function compileEvents(
  inputs: readonly EventInput[],
  network: NetworkBlueprint,
  run: RunPlan,
  problems: Problems,
): EventBlueprint[] {
  const known = knownNames(inputs, network)
  const compiled: { event: EventBlueprint; path: Path }[] = []
  for (const [index, input] of inputs.entries()) {
    const event = compileEvent(input, known, network, ['events', index], problems)
    if (event === undefined) continue
    if (event.atPs > endPs(run)) {
      problems.refuse(
        ['events', index, 'at'],
        `${printDuration(event.atPs)} is after the end of the run, ${printDuration(endPs(run))}`,
      )
    }
    compiled.push({ event, path: ['events', index] })
  }
  compiled.sort((a, b) => a.event.atPs - b.event.atPs || naturalCompare(a.event.target, b.event.target))
  checkSequence(compiled, problems)
  return compiled.map(({ event }) => event)
}

function compileEvent(
  input: EventInput,
  known: ReadonlySet<string>,
  network: NetworkBlueprint,
  path: Path,
  problems: Problems,
): EventBlueprint | undefined {
  const { fail, repair, at } = input
  if ((fail === undefined) === (repair === undefined)) {
    problems.refuse(
      path,
      `an event takes exactly one of "fail" and "repair"; it has ${fail === undefined ? 'neither' : 'both'}`,
    )
    return undefined
  }
  const action = fail === undefined ? 'repair' : 'fail'
  const name = input[action]!
  const target = spellingsOf(name).find((each) => known.has(each))
  if (target === undefined) {
    problems.refuse(
      [...path, action],
      problems.unknownName(
        'switch, host or link',
        name,
        namesOf(network),
        'names look like "ord1/spine-0" or "ord1/leaf-0:ord1/spine-0"',
      ),
    )
    return undefined
  }
  return { atPs: at, action, target }
}

/** Of the names that events give, in either spelling of a link's, those that are there. */
function knownNames(inputs: readonly EventInput[], network: NetworkBlueprint): ReadonlySet<string> {
  const known = new Set<string>()
  if (inputs.length === 0) return known
  const names = inputs.flatMap(({ fail, repair }) => [fail ?? [], repair ?? []].flat())
  const given = new Set(names.flatMap(spellingsOf))
  for (const name of namesOf(network)) if (given.has(name)) known.add(name)
  return known
}

function* namesOf({ nodes, links }: NetworkBlueprint): Generator<string> {
  for (const { name } of nodes) yield name
  for (const { name } of links) yield name
}

/** What is down cannot fail again, what is up cannot be repaired, and nothing does both at once. */
function checkSequence(compiled: readonly { event: EventBlueprint; path: Path }[], problems: Problems): void {
  const last = new Map<string, EventBlueprint>()
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
