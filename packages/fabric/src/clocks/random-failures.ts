import { ConfigError, exp, exponential, type Simulation } from '@weft/core'
import type { OutageBlueprint, ReliabilityBlueprint, RiskBlueprint } from '../blueprint/blueprint.ts'

/** More failures and repairs than anybody would read. */
export const RANDOM_FAILURES_MAX = 1_000_000

/**
 * Failures at random up to an instant, with the repair of each, written out: the same for the same seed, whatever else
 * there is. Each target draws from a stream of its own; of a shared risk all parts fail, and are repaired, at once.
 *
 * Throws ConfigError for means that are no times, for a target that is named twice, and where there would be more than a
 * million events.
 */
export function randomFailures(
  reliability: readonly ReliabilityBlueprint[],
  sim: Simulation,
  untilPs: number,
): OutageBlueprint[] {
  const events: OutageBlueprint[] = []
  const known = new Set<string>()
  for (const [group, { targets, mtbfPs, mttrPs }] of reliability.entries()) {
    check(group, { targets, mtbfPs, mttrPs }, untilPs)
    for (const target of targets) {
      const { name, parts } = riskOf(target)
      if (known.has(name)) refuseGroup(group, 'targets', `"${name}" stands here a second time; name it once`)
      known.add(name)
      addFailures(name, parts, mtbfPs, mttrPs)
    }
  }
  return events

  function addFailures(cause: string, parts: readonly string[], mtbfPs: number, mttrPs: number): void {
    const stream = sim.random(`${cause}/failures`)
    const [up, down] = [exponential(mtbfPs), exponential(mttrPs)]
    const add = (atPs: number, action: 'fail' | 'repair') => {
      for (const target of parts) events.push({ atPs, action, target, cause })
    }
    for (let atPs = Math.round(up.sample(stream)); atPs < untilPs; atPs += Math.round(up.sample(stream))) {
      add(atPs, 'fail')
      atPs += Math.round(down.sample(stream))
      if (atPs <= sim.queue.timeMaxPs) add(atPs, 'repair')
    }
  }
}

/** A part by itself is a risk of its own. */
const riskOf = (target: string | RiskBlueprint): RiskBlueprint =>
  typeof target === 'string' ? { name: target, parts: [target] } : target

/**
 * How many times something of these means is expected to fail from the start, when it is up, to an instant: the renewal
 * function of alternating exponential times, D. R. Cox, "Renewal Theory", 1962, ch. 7.
 */
export function failuresExpected(
  { mtbfPs, mttrPs }: Pick<ReliabilityBlueprint, 'mtbfPs' | 'mttrPs'>,
  untilPs: number,
): number {
  const sumPs = mtbfPs + mttrPs
  const settled = 1 - exp(-untilPs * (1 / mtbfPs + 1 / mttrPs))
  return untilPs / sumPs + (mttrPs / sumPs) ** 2 * settled
}

function refuseGroup(group: number, key: string, message: string): never {
  throw new ConfigError([{ path: ['reliability', group, key], message }])
}

function check(group: number, { targets, mtbfPs, mttrPs }: ReliabilityBlueprint, untilPs: number): void {
  for (const [key, mean] of Object.entries({ mtbfPs, mttrPs })) {
    if (!(mean > 0 && Number.isFinite(mean)))
      refuseGroup(group, key, `got ${mean}; expected picoseconds, more than 0`)
  }
  const parts = targets.reduce((sum, target) => sum + riskOf(target).parts.length, 0)
  const expected = (2 * parts * untilPs) / (mtbfPs + mttrPs)
  if (expected > RANDOM_FAILURES_MAX) {
    const message = `makes some ${Math.round(expected)} failures and repairs until ${untilPs} ps; expected up to ${RANDOM_FAILURES_MAX}`
    refuseGroup(group, 'mtbfPs', `${message}: fewer targets, a longer mean time or a shorter run`)
  }
}
