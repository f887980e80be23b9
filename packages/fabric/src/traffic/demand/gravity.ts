import { ConfigError, type Issue } from '@weft/core'
import type { DemandMatrix } from './demand-matrix.ts'
import { fill, type PatternOptions, requireHosts } from './patterns.ts'

const ITERATIONS_MAX = 10_000
/** Of totals, in parts of them. */
const TOLERANCE = 1e-10

export interface GravityOptions extends PatternOptions {
  /** Groups of hosts, by host, such as the leaf's number: hosts of one group send each other nothing. Absent: all do. */
  readonly groupOf?: ArrayLike<number>
}

/**
 * The gravity model: what host i sends to host j is in proportion to what i sends in all times what j receives in all, with
 * nothing from a host to itself. The proportions are balanced until every host sends and receives what is stated, by
 * iterative proportional fitting of the two factors (W. E. Deming and F. F. Stephan, Annals of Mathematical Statistics
 * 11, 1940; K. P. Furness, Traffic Engineering and Control 7, 1965). Of all matrices with these totals it is the one of
 * greatest entropy. IP bit/s by host; both columns must add up to the same.
 */
export function gravityDemand(
  hosts: ArrayLike<number>,
  sentBps: ArrayLike<number>,
  receivedBps: ArrayLike<number>,
  options: GravityOptions = {},
): DemandMatrix {
  const count = hosts.length
  requireHosts(count, 2)
  checkTotals(count, sentBps, receivedBps)
  // without groups each host is one of its own, so that it sends itself nothing
  const groups = Int32Array.from({ length: count }, (_, i) => options.groupOf?.[i] ?? i)
  const hub = hubOf(groups, sentBps, receivedBps)
  const { from, to } =
    hub === undefined
      ? balance(groups, sentBps, receivedBps)
      : { from: partsOfSide(groups, sentBps, hub), to: receivedBps }
  const isJoined = (i: number, j: number) =>
    groups[i] !== groups[j] && (hub === undefined || groups[i] === hub || groups[j] === hub)
  return fill(count * (count - 1), options, (add) => {
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++)
        if (i !== j) add(hosts[i]!, hosts[j]!, isJoined(i, j) ? from[i]! * to[j]! : 0)
  })
}

/**
 * The group that sends or receives all there is, so that the others send each other nothing: the factors that would say
 * so have no end. Throws ConfigError where one sends and receives more than that: rounding would pass its factors.
 */
function hubOf(
  groups: Int32Array,
  sentBps: ArrayLike<number>,
  receivedBps: ArrayLike<number>,
): number | undefined {
  const sent = sums(Float64Array.from(sentBps), groups)
  const received = sums(Float64Array.from(receivedBps), groups)
  const both = sent.own.map((bps, group) => bps + received.own[group]!)
  const hub = both.findIndex((bps) => bps >= sent.all * (1 - SUM_TOLERANCE))
  if (sent.all === 0 || hub < 0) return undefined
  if (both.some((bps) => bps > sent.all * (1 + 2 * SUM_TOLERANCE))) refuseTotals()
  return hub
}

/** Of what each sends, in parts of what the other side receives: that of the hub, or all but the hub. */
function partsOfSide(groups: Int32Array, sentBps: ArrayLike<number>, hub: number): Float64Array {
  const total = Array.from(sentBps).reduce((a, b) => a + b, 0)
  const sentByHub = Array.from(sentBps).reduce((sum, bps, i) => sum + (groups[i] === hub ? bps : 0), 0)
  // others receive what the hub sends, the hub what others send
  return Float64Array.from(sentBps, (bps, i) => {
    const side = groups[i] === hub ? sentByHub : total - sentByHub
    return bps === 0 ? 0 : bps / side
  })
}

/** Factors such that `from[i] * to[j]`, summed over the other groups, gives every host's totals. */
function balance(
  groups: Int32Array,
  sentBps: ArrayLike<number>,
  receivedBps: ArrayLike<number>,
): { from: Float64Array; to: Float64Array } {
  const from = Float64Array.from(sentBps)
  const to = Float64Array.from(receivedBps)
  for (let iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
    scale(from, to, groups, sentBps)
    scale(to, from, groups, receivedBps)
    if (deviation(from, to, groups, sentBps) <= TOLERANCE) return { from, to }
  }
  return refuseTotals()
}

function refuseTotals(): never {
  const message =
    'does not go together with what is sent: no matrix without traffic within a group has these totals; is one host or group more than half of all?'
  throw new ConfigError([{ path: ['receivedBps'], message }])
}

/** Sets `factors` to what gives `totals` with the opposite factors as they are. */
function scale(
  factors: Float64Array,
  opposite: Float64Array,
  groups: Int32Array,
  totals: ArrayLike<number>,
): void {
  const { all, own } = sums(opposite, groups)
  for (let i = 0; i < factors.length; i++) {
    const others = all - own[groups[i]!]!
    factors[i] = totals[i] === 0 || others <= 0 ? 0 : totals[i]! / others
  }
}

/** The largest difference of a row's sum from its total, in parts of that. */
function deviation(
  factors: Float64Array,
  opposite: Float64Array,
  groups: Int32Array,
  totals: ArrayLike<number>,
): number {
  const { all, own } = sums(opposite, groups)
  let largest = 0
  for (let i = 0; i < factors.length; i++) {
    const total = totals[i]!
    if (total > 0) largest = Math.max(largest, Math.abs((factors[i]! * (all - own[groups[i]!]!)) / total - 1))
  }
  return largest
}

function sums(factors: Float64Array, groups: Int32Array): { all: number; own: Float64Array } {
  const own = new Float64Array(groups.reduce((most, group) => Math.max(most, group), 0) + 1)
  let all = 0
  for (let i = 0; i < factors.length; i++) {
    own[groups[i]!]! += factors[i]!
    all += factors[i]!
  }
  return { all, own }
}

/** How far what is sent and what is received in all may lie apart, in parts of it. */
const SUM_TOLERANCE = 1e-9

function checkTotals(count: number, sentBps: ArrayLike<number>, receivedBps: ArrayLike<number>): void {
  const issues: Issue[] = []
  for (const [name, totals] of Object.entries({ sentBps, receivedBps })) {
    if (totals.length !== count)
      issues.push({
        path: [name],
        message: `has ${totals.length} values for ${count} hosts; expected one each`,
      })
    const at = Array.from(totals).findIndex((value) => !(value >= 0 && value < Infinity))
    if (at >= 0) issues.push({ path: [name, at], message: `is ${totals[at]}, expected a rate of 0 or more` })
  }
  const sent = Array.from(sentBps).reduce((a, b) => a + b, 0)
  const received = Array.from(receivedBps).reduce((a, b) => a + b, 0)
  if (issues.length === 0 && Math.abs(sent - received) > SUM_TOLERANCE * sent) {
    const message = `adds up to ${received} while ${sent} is sent; scale one of them to the other`
    issues.push({ path: ['receivedBps'], message })
  }
  if (issues.length > 0) throw new ConfigError(issues)
}
