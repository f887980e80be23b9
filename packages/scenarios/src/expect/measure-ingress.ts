import type { Expectation } from '../compile/questions/expect.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { excess, type Measurement, NOTHING } from './measurement.ts'

/** Requests that got no answer of a backend or a rule, or their share of those that ended: of the worst controller. */
export function measureIngress(expectation: Expectation, { clock, nowPs }: ScenarioRun): Measurement {
  const { fromPs, toPs, bounds } = expectation
  const isShare = bounds.some(({ unit }) => unit === 'share')
  let worst = NOTHING
  for (const [index, { blueprint }] of clock.ingress?.controllers.entries() ?? []) {
    const { requests, answered } = clock.ingress!.between(index, fromPs, toPs)
    const refused = requests - answered
    const value = !isShare ? refused : requests === 0 ? 0 : refused / requests
    if (worst.value !== undefined && excess(expectation, value) <= excess(expectation, worst.value)) continue
    const span = { fromPs, toPs: Math.min(toPs, nowPs) }
    worst = { value, samples: requests, ...(refused > 0 && { object: blueprint.name, span }) }
  }
  return worst
}

/** How many certificates expired, the first of them named. */
export function measureExpired({ fromPs, toPs }: Expectation, { clock, nowPs }: ScenarioRun): Measurement {
  const events = clock.ingress?.controllers.flatMap(({ certificates }) => certificates.events) ?? []
  const expired = events.filter(({ kind, atPs }) => kind === 'expired' && atPs >= fromPs && atPs < toPs)
  const [first] = expired.sort((a, b) => a.atPs - b.atPs)
  const measured = { value: expired.length, samples: expired.length }
  if (first === undefined) return measured
  return { ...measured, object: first.certificate, span: { fromPs: first.atPs, toPs: Math.min(toPs, nowPs) } }
}
