import type { LookupStep } from './lookup-steps.ts'
import type { Askers, QuestionRates } from './question-rates.ts'

/** A question of hosts that are alike, and what becomes of it at each of their lookups. */
export interface AskedStep {
  readonly step: LookupStep
  readonly askers: Askers
  /** It is sent to the resolver, and the resolver has no answer. */
  asked: number
  fetched: number
}

/** How many questions leave a client together: without a cache each type asks for itself. */
export const questionsOf = ({ types }: LookupStep, { keeping }: Askers): number =>
  keeping === 'nothing' ? types : 1

/** What becomes of each lookup, by what its client asks per second. */
export function enterRates(each: AskedStep, { asked, fetched }: QuestionRates): void {
  const { perSecond } = each.askers
  each.asked = perSecond === 0 ? 0 : asked / perSecond
  each.fetched = perSecond === 0 ? 0 : fetched / perSecond
}
