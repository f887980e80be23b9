import { InvariantError, type RandomStream, randomStream } from '@weft/core'
import { DROP_REASONS } from '@weft/fabric'
import type { ScenarioOptions } from '../builders/scenario.ts'
import type { ScenarioResult } from '../result/result.ts'

/**
 * Throws unless every packet was delivered, dropped or is in flight, where the clock has packets, and every flow
 * completed, failed or is under way.
 */
export function assertConserved({ packets, flows }: ScenarioResult): void {
  if (packets !== null) {
    const { originated, delivered, dropped, inFlight } = packets
    if (originated !== delivered + dropped + inFlight)
      throw new InvariantError(`packets are not conserved: ${JSON.stringify(packets)}`)
  }
  for (const { traffic, started, completed, unfinished, failed } of flows) {
    if (started === completed + unfinished + failed) continue
    const parts = `${completed} completed, ${unfinished} unfinished, ${failed} failed`
    throw new InvariantError(`flows of ${traffic} are not conserved: ${started} started, ${parts}`)
  }
}

/** Throws unless every lost packet has a reason that is known and a place that is in the network, where there are packets. */
export function assertDropsExplained({ drops, packets, links, network }: ScenarioResult): void {
  if (drops === null || packets === null) return
  const places = new Set([...links, ...network.nodes].map(({ name }) => name))
  let explained = 0
  for (const { reason, place, packets: lost } of drops) {
    if (!(DROP_REASONS as readonly string[]).includes(reason))
      throw new InvariantError(`unknown drop reason ${reason}`)
    if (!places.has(place))
      throw new InvariantError(`packets were dropped at ${place}, which is not in the network`)
    explained += lost
  }
  if (explained !== packets.dropped)
    throw new InvariantError(`${explained} of ${packets.dropped} drops have a reason`)
}

/** Throws unless a run came to its own end, with nothing under way but at the horizon. */
export function assertEnded({ partial, simulatedPs, horizonPs, packets, flows }: ScenarioResult): void {
  if (partial) throw new InvariantError('the run was interrupted')
  if (simulatedPs > horizonPs)
    throw new InvariantError(`the run ended at ${simulatedPs} ps, after ${horizonPs} ps`)
  const unfinished = flows.reduce((sum, traffic) => sum + traffic.unfinished, 0)
  const inFlight = packets?.inFlight ?? 0
  if (simulatedPs < horizonPs && (inFlight > 0 || unfinished > 0)) {
    throw new InvariantError(`the run ended early with ${inFlight} packets and ${unfinished} flows under way`)
  }
}

/** Throws unless both results tell of the same events. */
export function assertSameRun(a: ScenarioResult, b: ScenarioResult): void {
  if (a.digest === b.digest && a.events === b.events && a.simulatedPs === b.simulatedPs) return
  const told = [a, b].map(
    ({ digest, events, simulatedPs }) => `${digest} after ${events} events, ${simulatedPs} ps`,
  )
  throw new InvariantError(`the runs differ: ${told.join(' and ')}`)
}

/** The same scenario with every list whose order has no meaning in another order. */
export function shuffled(options: ScenarioOptions, seed: string): ScenarioOptions {
  return shuffle(options, randomStream(seed, 'shuffle')) as ScenarioOptions
}

/** Two ends of a link stay in order, and points of a distribution. */
const ORDERED = new Set(['between', 'cdf'])

function shuffle(value: unknown, stream: RandomStream, key = ''): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, shuffle(each, stream, name)]),
    )
  }
  const items = value.map((each) => shuffle(each, stream))
  if (ORDERED.has(key)) return items
  // Fisher and Yates
  for (let last = items.length - 1; last > 0; last--) {
    const other = stream.int(last + 1)
    const item = items[last]
    items[last] = items[other]
    items[other] = item
  }
  return items
}
