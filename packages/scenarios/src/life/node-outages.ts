import type { NetworkBlueprint, OutageBlueprint } from '@weft/fabric'
import { spellingsOf } from '../compile/selectors/selectors.ts'
import { ControlPlane } from './control-plane.ts'
import type { ReadEvent } from './event-actions.ts'

/** A time in which a host is down, or the control plane has no way to it. */
export interface HostOutage {
  readonly host: string
  readonly fromPs: number
  /** Infinity: to the end. */
  readonly toPs: number
  /** It failed itself, with all that runs on it; else it goes on behind links that are down. */
  readonly isDown: boolean
  /** The event that began it. */
  readonly by: ReadEvent
}

/** Why events of the scenario are, among causes of failures. */
const PLANNED = ''

/**
 * When hosts are cut off, in order of the beginnings: by failures and repairs that the scenario states, and by those at random. Names that
 * are not in the network count for nothing.
 */
export function hostOutages(
  events: readonly ReadEvent[],
  random: readonly OutageBlueprint[],
  network: NetworkBlueprint,
): HostOutage[] {
  const stated = events.flatMap((by): Happening[] => {
    const { action, input } = by
    if (action !== 'fail' && action !== 'repair') return []
    return [{ atPs: input.at, action, target: input[action]!, cause: PLANNED, by }]
  })
  const happenings = [...stated, ...random.map(ofRandom)].sort((a, b) => a.atPs - b.atPs)
  if (happenings.length === 0) return []
  const controlPlane = new ControlPlane(network)
  const causes = new Map<string, Set<string>>()
  const open = new Map<string, Omit<HostOutage, 'toPs'>>()
  const closed: HostOutage[] = []
  for (const { atPs, action, target: text, cause, by } of happenings) {
    const target = namesOf(text).find((name) => controlPlane.has(name))
    if (target === undefined) continue
    const own = causes.get(target) ?? new Set<string>()
    causes.set(target, own)
    if (action === 'fail') own.add(cause)
    else own.delete(cause)
    // what is down for several reasons is up again when none of them is left
    if (own.size > 0 === controlPlane.isDown(target)) continue
    for (const host of controlPlane.set(target, own.size > 0)) {
      const known = open.get(host)
      const isHeard = controlPlane.hears(host)
      if (!isHeard && known === undefined)
        open.set(host, { host, fromPs: atPs, isDown: controlPlane.isDown(host), by })
      else if (isHeard && known !== undefined) {
        open.delete(host)
        closed.push({ ...known, toPs: atPs })
      }
    }
  }
  for (const outage of open.values()) closed.push({ ...outage, toPs: Infinity })
  return closed.sort((a, b) => a.fromPs - b.fromPs)
}

interface Happening {
  readonly atPs: number
  readonly action: 'fail' | 'repair'
  readonly target: string
  readonly cause: string
  readonly by: ReadEvent
}

const ofRandom = ({ atPs, action, target, cause = target }: OutageBlueprint): Happening => ({
  atPs,
  action,
  target,
  cause,
  by: { action, input: { at: atPs, [action]: target }, path: ['reliability'] },
})

/** As events name it, and before hosts had virtual switches, whose names their links bear now. */
const namesOf = (text: string): string[] =>
  spellingsOf(text).flatMap((name) => [name, name.replaceAll('/vswitch', '')])
