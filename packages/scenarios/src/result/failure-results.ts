import { type Failures, failuresExpected } from '@weft/fabric'
import type { ScenarioRun } from '../run/scenario-run.ts'
import type { ReliabilityResult, ScenarioResult } from './result.ts'

/** What has changed something by now: failures and repairs, pods and policies, in order of time. */
export function changeResults({ engine, nowPs }: ScenarioRun): ScenarioResult['changes'] {
  const outages = engine.failures.changes
    .filter(({ atPs, idle }) => atPs <= nowPs && !idle)
    .map(({ atPs, action, target, cause = null, routedPs }) => ({ atPs, action, target, cause, routedPs }))
  const lives = engine.life.changes
    .filter(({ atPs, idle }) => atPs <= nowPs && !idle)
    .map(({ atPs, action, target, inForcePs }) => ({
      atPs,
      action,
      target,
      cause: null,
      routedPs: inForcePs,
    }))
  const names = engine.nameEvents.changes
    .filter(({ atPs }) => atPs <= nowPs)
    .map(({ atPs, action, target }) => ({ atPs, action, target, cause: null, routedPs: atPs }))
  return [...outages, ...lives, ...names].sort((a, b) => a.atPs - b.atPs)
}

/** What failed by itself up to the end of arrivals. */
export function reliabilityResult({ scenario, engine, nowPs }: ScenarioRun): ReliabilityResult | null {
  const { reliability } = scenario.blueprint
  if (reliability === undefined) return null
  const untilPs = Math.min(nowPs, scenario.run.forPs)
  const failed = failedUntil(engine.failures, untilPs)
  return {
    parts: reliability.reduce((sum, { targets }) => sum + targets.length, 0),
    failures: failed.reduce((sum, { failures }) => sum + failures, 0),
    failuresExpected: reliability.reduce(
      (sum, group) => sum + group.targets.length * failuresExpected(group, untilPs),
      0,
    ),
    failed,
  }
}

function failedUntil({ changes }: Failures, untilPs: number): ReliabilityResult['failed'] {
  const outages = new Map<string, Outages>()
  for (const { atPs, action, cause } of changes) {
    if (cause === undefined || atPs >= untilPs) continue
    const own = outages.get(cause) ?? new Outages()
    outages.set(cause, own)
    if (action === 'fail') own.begin(atPs)
    else own.end(atPs)
  }
  return [...outages]
    .map(([name, own]) => ({ name, failures: own.count, firstPs: own.firstPs, downPs: own.downPs(untilPs) }))
    .sort((a, b) => b.downPs - a.downPs)
}

/** Of a part or risk: what its parts say one after the other at the same instant counts once. */
class Outages {
  count = 0
  firstPs = Infinity
  #endedPs = 0
  #sincePs: number | undefined

  begin(atPs: number): void {
    if (this.#sincePs !== undefined) return
    this.#sincePs = atPs
    this.firstPs = Math.min(this.firstPs, atPs)
    this.count++
  }

  end(atPs: number): void {
    if (this.#sincePs === undefined) return
    this.#endedPs += atPs - this.#sincePs
    this.#sincePs = undefined
  }

  downPs(untilPs: number): number {
    return this.#endedPs + (this.#sincePs === undefined ? 0 : untilPs - this.#sincePs)
  }
}
