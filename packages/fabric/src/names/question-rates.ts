import { exp } from '@weft/core'

/** For how long a client keeps an answer: not at all, as long as its resolver does, or so many seconds from when it asked. */
export type Keeping = 'nothing' | 'as-told' | number

/** Clients that look one name up alike. */
export interface Askers {
  readonly clients: number
  /** Lookups of each, a Poisson process. */
  readonly perSecond: number
  readonly keeping: Keeping
}

/** Of each of these clients, per second. */
export interface QuestionRates {
  /** That it sends to the resolver. */
  readonly asked: number
  /** Of these, those that the resolver has no answer to. */
  readonly fetched: number
}

/** Renewals that are counted out; beyond, their number is as good as its asymptote. */
const RENEWALS_MAX = 64

/**
 * What clients ask one resolver in the long run, about an answer that it keeps for `ttlSeconds` from when it fetched it: each
 * cycle is that long, and goes on until the next question, at rate G of all clients, so that 1/(T + 1/G) are fetched per second
 * (Jung, Berger and Balakrishnan, INFOCOM 2003).
 *
 * Clients that keep answers as long as the resolver have none when it has none, and ask once in a cycle in which they look up
 * at all; who keeps nothing asks each time. Who keeps answers for F asks λ/(1 + λF) times per second, whatever the resolver has; such
 * questions of several clients are taken for a Poisson process, those of one alone are the renewals that they are.
 */
export function questionRates(askers: readonly Askers[], ttlSeconds: number): QuestionRates[] {
  const gaps = askers.map(({ perSecond, keeping }) =>
    typeof keeping === 'number' ? perSecond / (1 + perSecond * keeping) : perSecond,
  )
  const all = askers.reduce((sum, { clients }, i) => sum + clients * gaps[i]!, 0)
  if (all === 0) return askers.map(() => ({ asked: 0, fetched: 0 }))
  const fetches = soleFetches(askers, ttlSeconds) ?? 1 / (ttlSeconds + 1 / all)
  return askers.map(({ perSecond, keeping }, i) => {
    const first = gaps[i]! / all
    const fetched = fetches * first
    if (keeping !== 'as-told') return { asked: gaps[i]!, fetched }
    return { asked: fetched + fetches * (1 - first) * (1 - exp(-perSecond * ttlSeconds)), fetched }
  })
}

/** Of one client that keeps answers for a fixed time: every question that is the first one after the resolver's answer expired. */
function soleFetches([only, ...others]: readonly Askers[], ttlSeconds: number): number | undefined {
  if (only === undefined || others.length > 0 || only.clients !== 1) return undefined
  const { perSecond, keeping } = only
  if (typeof keeping !== 'number' || perSecond === 0) return undefined
  const meanGap = keeping + 1 / perSecond
  return 1 / ((1 + renewals(perSecond, keeping, ttlSeconds)) * meanGap)
}

/** How many questions are expected within a time after one, each `kept` and an exponential time after the one before. */
function renewals(perSecond: number, kept: number, within: number): number {
  const mean = kept + 1 / perSecond
  // the elementary renewal theorem's next term
  if (within > RENEWALS_MAX * mean) return within / mean + (1 / perSecond ** 2 - mean ** 2) / (2 * mean ** 2)
  let sum = 0
  for (let k = 1; k * kept < within || (kept === 0 && k <= 4 * RENEWALS_MAX); k++) {
    const share = erlangBelow(k, perSecond * (within - k * kept))
    sum += share
    if (share < 1e-12) break
  }
  return sum
}

/** P(a sum of k exponential times of mean 1 is at most x). */
function erlangBelow(k: number, x: number): number {
  let [term, below] = [exp(-x), 0]
  for (let j = 0; j < k; j++) {
    below += term
    term *= x / (j + 1)
  }
  return Math.max(0, 1 - below)
}
