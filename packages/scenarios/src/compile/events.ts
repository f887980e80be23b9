import { printDuration } from '@weft/core'
import { type EventBlueprint, type NetworkBlueprint, naturalCompare } from '@weft/fabric'
import type { EventInput } from '../schema/events.ts'
import { type Path, type Problems, quote, unknownName } from './problems.ts'
import { endPs, type RunPlan } from './run.ts'
import { isPattern, patternOf } from './selectors.ts'

/** Failures and repairs in order of time; at one instant by name, so that the order of writing never matters. */
export function compileEvents(
  inputs: readonly EventInput[],
  network: NetworkBlueprint,
  run: RunPlan,
  problems: Problems,
): EventBlueprint[] {
  const names = new Set([...network.nodes, ...network.links].map((each) => each.name))
  const compiled: { event: EventBlueprint; path: Path }[] = []
  for (const [index, input] of inputs.entries()) {
    const event = compileEvent(input, names, ['events', index], problems)
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
  names: ReadonlySet<string>,
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
  const target = names.has(name) ? name : turnedRound(name, names)
  if (target === undefined) {
    problems.refuse(
      [...path, action],
      unknownName(
        'switch, host or link',
        name,
        names,
        'names look like "ord1/spine-0" or "ord1/leaf-0:ord1/spine-0"',
      ),
    )
    return undefined
  }
  return { atPs: at, action, target }
}

/** A link's name with its ends in the order that Weft uses. */
function turnedRound(name: string, names: ReadonlySet<string>): string | undefined {
  if (!name.includes(':') || isPattern(name)) return undefined
  const matches = patternOf(name)
  for (const each of names) if (matches(each)) return each
  return undefined
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
