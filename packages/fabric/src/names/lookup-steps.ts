import { SECOND } from '@weft/core'
import { ADDRESS_TYPES, type Exchange, Exchanges, type Reply, type StubClient } from '../dns/index.ts'
import type { LookupDelay } from './lookup-delay.ts'

/** A question that a lookup asks a resolver which knows nothing yet, and what of the answer is kept. */
export interface LookupStep {
  /** Name and type; `any` where the name does not exist, which answers the other type as well. */
  readonly key: string
  /** Which of the names it is about that the client tries, one after another; those of one name are under way at once. */
  readonly round: number
  /** The answer is kept until its first part expires. */
  readonly ttlSeconds: number
  readonly isNegative: boolean
  /** Types that are asked for with it. */
  readonly types: number
  /** Who asks whom for it then. */
  readonly upstream: readonly Pick<Exchange, 'from' | 'to'>[]
  /** The mean that the resolver waits for them. */
  readonly upstreamPs: number
}

/** The steps of a lookup by a client of a resolver that was told nothing before. */
export function lookupSteps(
  truth: StubClient,
  name: string,
  nowPs: number,
  delay: LookupDelay,
): LookupStep[] {
  const exchanges = new Exchanges()
  const steps = new Map<string, LookupStep>()
  let [round, from] = [0, 0]
  truth.lookup(name, ADDRESS_TYPES, exchanges, (tried, replies) => {
    const { list } = exchanges
    const questions = list.flatMap(({ within }, index) => (index >= from && within < 0 ? [index] : []))
    for (const [index, reply] of replies.entries()) {
      const { outcome } = reply
      const key = `${tried} ${outcome === 'no-name' ? 'any' : ADDRESS_TYPES[index]!}`
      const known = steps.get(key)
      const step = known ?? stepOf(reply, list, questions[index]!, delay, nowPs)
      steps.set(key, { ...step, key, round, types: (known?.types ?? 0) + 1 })
    }
    round++
    from = list.length
  })
  return [...steps.values()]
}

function stepOf(
  reply: Reply,
  list: readonly Exchange[],
  question: number,
  delay: LookupDelay,
  nowPs: number,
): Omit<LookupStep, 'key' | 'round' | 'types'> {
  const isWithin = (at: number): boolean => at === question || (at >= 0 && isWithin(list[at]!.within))
  const upstream = list.filter(({ within }) => within >= 0 && isWithin(within))
  const upstreamPs = upstream.reduce((sum, { from, to }) => sum + delay.meanPs(from, to), 0)
  const { outcome, untilPs } = reply
  // failures are not kept
  const ttlSeconds = Number.isFinite(untilPs) ? (untilPs - nowPs) / SECOND : 0
  return { ttlSeconds, isNegative: outcome === 'no-name' || outcome === 'no-data', upstream, upstreamPs }
}
