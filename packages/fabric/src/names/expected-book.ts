import { type DnsName, searchNames } from '../dns/index.ts'
import { LookupBook } from './lookup-counts.ts'
import { type AskedStep, questionsOf } from './asked-step.ts'
import type { NameDelay } from './names-blueprint.ts'
import type { Family, NetworkNames } from './network-names.ts'

/** A lookup as one of a group's hosts makes it. */
export interface LookedUp {
  readonly group: number
  /** Why its questions are lost; undefined where they arrive. */
  readonly lostTo: string | undefined
  readonly name: string
  readonly family: Family
}

/** What is to be expected of one lookup. */
export function expectedBook(names: NetworkNames, lookup: LookedUp, steps: readonly AskedStep[]): LookupBook {
  const { group, lostTo, name, family } = lookup
  const book = new LookupBook()
  book.lookups = 1
  if (lostTo !== undefined) {
    const tried = triedInVain(names, lookup).length
    book.questions = 2 * tried
    book.waitedPs = tried * longest(names.blueprint.clients[group]!.delay, 2)
    book.lose(lostTo, 1)
    return book
  }
  book.own = 1 - anyOf(steps, isSent, keptLike)
  book.questions = steps.reduce((sum, { step, askers, asked }) => sum + asked * questionsOf(step, askers), 0)
  book.waitedPs = expectedWaitPs(names, group, steps)
  const { stale, none } = names.shares.lapsesOf(group, name, family)
  book.stale = stale
  if (names.truth(group, name, family).failure === 'name-server-failed') book.failed = none
  else book.notFound = none
  return book
}

/** Whoever hears nothing tries all names, by glibc's rules, or the first one alone. */
function triedInVain({ blueprint }: NetworkNames, { group, name }: LookedUp): readonly DnsName[] {
  const client = blueprint.clients[group]!
  const { names } = searchNames(name, client)
  return client.library === 'musl' ? names.slice(0, 1) : names
}

type Share = (step: AskedStep) => number

/** The share of lookups at which any of these happens: steps of one key at the same lookups, others whenever they do. */
function anyOf(
  steps: readonly AskedStep[],
  shareOf: Share,
  keyOf: (step: AskedStep) => string | number,
): number {
  const shares = new Map<string | number, number>()
  for (const each of steps) {
    const key = keyOf(each)
    shares.set(key, Math.max(shares.get(key) ?? 0, shareOf(each)))
  }
  return 1 - [...shares.values()].reduce((none, share) => none * (1 - share), 1)
}

/** What a client keeps equally long it asks for together; so with what a resolver keeps. */
const keptLike = ({ step, askers: { keeping } }: AskedStep): string | number =>
  keeping === 'as-told' ? `${step.ttlSeconds} as told` : keeping
const fetchedLike = ({ step }: AskedStep): number => step.ttlSeconds

const isSent: Share = ({ asked }) => asked
/** Of steps that are sent at the same lookups, of these. */
function anyFetched(steps: readonly AskedStep[]): number {
  if (!areAlike(steps, keptLike)) return anyOf(steps, ({ fetched }) => fetched, fetchedLike)
  const share: Share = ({ asked, fetched }) => (asked === 0 ? 0 : fetched / asked)
  return anyOf(steps, isSent, keptLike) * anyOf(steps, share, fetchedLike)
}

const areAlike = (steps: readonly AskedStep[], keyOf: (step: AskedStep) => string | number): boolean =>
  new Set(steps.map(keyOf)).size === 1

/** Names are tried one after another, all types of one at once. */
function expectedWaitPs({ blueprint }: NetworkNames, group: number, steps: readonly AskedStep[]): number {
  const { delay, resolver } = blueprint.clients[group]!
  const { upstreams } = blueprint.resolvers.find(({ name }) => name === resolver)!
  const isSpread = upstreams.some((each) => each.delay.kind === 'exponential')
  let waitPs = 0
  for (const round of new Set(steps.map(({ step }) => step.round))) {
    const own = steps.filter(({ step }) => step.round === round)
    const together = own.reduce((sum, { step, askers }) => sum + questionsOf(step, askers), 0)
    const questions = areAlike(own, keptLike) ? together : 1
    const fetches = isSpread && areAlike(own, fetchedLike) ? own.length : 1
    const upstreamPs = Math.max(...own.map(({ step }) => step.upstreamPs))
    waitPs += anyOf(own, isSent, keptLike) * longest(delay, questions)
    waitPs += anyFetched(own) * upstreamPs * ofLongest(fetches)
  }
  return waitPs
}

/** The mean of the longest of so many delays, one or two, that are under way at once. */
const longest = (delay: NameDelay, questions: number): number =>
  delay.kind === 'constant' ? delay.ps : delay.meanPs * ofLongest(questions)

/** Of exponential times: 1 + 1/2 of the mean for two. */
const ofLongest = (count: number): number => (count > 1 ? 1.5 : 1)
