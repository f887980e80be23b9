import { ConfigError, exponential, type Simulation } from '@weft/core'
import type { EventBlueprint, ReliabilityBlueprint } from '../blueprint/blueprint.ts'

/** More failures and repairs than anybody would read. */
const EVENTS_MAX = 1_000_000

/**
 * Failures at random up to an instant, with the repair of each, written out: the same for the same seed, whatever else
 * there is. Each target draws from a stream of its own.
 *
 * Throws ConfigError for means that are no times, for a target that is named twice, and where there would be more than a
 * million events.
 */
export function randomFailures(
  reliability: readonly ReliabilityBlueprint[],
  sim: Simulation,
  untilPs: number,
): EventBlueprint[] {
  const events: EventBlueprint[] = []
  const known = new Set<string>()
  for (const [group, { targets, mtbfPs, mttrPs }] of reliability.entries()) {
    check(group, { targets, mtbfPs, mttrPs }, untilPs)
    for (const target of targets) {
      if (known.has(target))
        refuseGroup(group, 'targets', `"${target}" stands here a second time; name it once`)
      known.add(target)
      addFailures(target, mtbfPs, mttrPs)
    }
  }
  return events

  function addFailures(target: string, mtbfPs: number, mttrPs: number): void {
    const stream = sim.random(`${target}/failures`)
    const [up, down] = [exponential(mtbfPs), exponential(mttrPs)]
    for (let atPs = Math.round(up.sample(stream)); atPs < untilPs; atPs += Math.round(up.sample(stream))) {
      events.push({ atPs, action: 'fail', target })
      atPs += Math.round(down.sample(stream))
      if (atPs <= sim.queue.timeMaxPs) events.push({ atPs, action: 'repair', target })
    }
  }
}

function refuseGroup(group: number, key: string, message: string): never {
  throw new ConfigError([{ path: ['reliability', group, key], message }])
}

function check(group: number, { targets, mtbfPs, mttrPs }: ReliabilityBlueprint, untilPs: number): void {
  for (const [key, mean] of Object.entries({ mtbfPs, mttrPs })) {
    if (!(mean > 0 && Number.isFinite(mean)))
      refuseGroup(group, key, `got ${mean}; expected picoseconds, more than 0`)
  }
  const expected = (2 * targets.length * untilPs) / (mtbfPs + mttrPs)
  if (expected > EVENTS_MAX) {
    const message = `makes some ${Math.round(expected)} failures and repairs until ${untilPs} ps; expected up to ${EVENTS_MAX}`
    refuseGroup(group, 'mtbfPs', `${message}: fewer targets, a longer mean time or a shorter run`)
  }
}
