import { printDuration } from '@weft/core'
import type { HoldBlueprint, OfferedBlueprint, StreamProcess } from '@weft/fabric'
import type { StreamInput, TrafficInput } from '../../schema/traffic.ts'
import { DEFAULTS } from '../defaults.ts'
import { compileProfile } from './profile.ts'
import { list, type Path, type Problems } from '../problems.ts'
import type { RunPlan } from '../run.ts'
import { compileSizes } from './sizes.ts'

const KINDS = ['sizes', 'burst', 'stream', 'flows'] as const

/** What is sent, when; undefined where that was refused. */
export function compileOffered(
  input: TrafficInput,
  run: RunPlan,
  path: Path,
  problems: Problems,
): OfferedBlueprint | undefined {
  const given = KINDS.filter((key) => input[key] !== undefined || (key === 'sizes' && isCounted(input)))
  const [kind] = given
  if (kind === undefined || given.length > 1) {
    const found = kind === undefined ? 'it has none' : `it has ${list(given)}`
    problems.refuse(path, `traffic takes exactly one of ${list(KINDS)}; ${found}`)
    return undefined
  }
  refuseUnused(input, kind, path, problems)
  checkTimes(input, run, path, problems)
  const startPs = input.start ?? 0
  const times = { startPs, ...(input.stop !== undefined && { stopPs: input.stop }) }
  if (kind === 'burst') return { kind: 'burst', bytes: input.burst!, atPs: startPs }
  if (kind === 'stream')
    return { kind: 'stream', ...compileStream(input.stream!, [...path, 'stream'], problems), ...times }
  if (kind === 'flows') return compileList(input, run, path, problems)
  const rate = compileRate(input, path, problems)
  const exchange = compileExchange(input, path, problems)
  const profile = input.profile && compileProfile(input.profile, run.beginPs, [...path, 'profile'], problems)
  if (exchange === undefined || rate === undefined) return undefined
  return { kind: 'flows', ...exchange, rate, ...(profile !== undefined && { profile }), ...times }
}

/** Whether it says how many requests or connections there are, whose sizes have defaults. */
const isCounted = ({ rate, newConnections }: TrafficInput): boolean =>
  rate !== undefined || newConnections !== undefined

type Exchange = Pick<Extract<OfferedBlueprint, { kind: 'flows' }>, 'sizes' | 'response' | 'hold'>

/** What a flow sends, what it is answered, and how long its connection stays open. */
function compileExchange(input: TrafficInput, path: Path, problems: Problems): Exchange | undefined {
  const before = problems.issues.length
  const { requestSize, responseSize, connectionResponseSize } = DEFAULTS
  const answer = input.rate !== undefined ? responseSize : connectionResponseSize
  const response = input.response ?? (isCounted(input) ? { constant: answer } : undefined)
  const sizes = compileSizes(input.sizes ?? { constant: requestSize }, [...path, 'sizes'], problems)
  const answers = response && compileSizes(response, [...path, 'response'], problems)
  const hold = compileHold(input, path, problems)
  if (sizes === undefined || problems.issues.length > before) return undefined
  return { sizes, ...(answers !== undefined && { response: answers }), ...(hold !== undefined && { hold }) }
}

function compileHold(
  { hold, newConnections }: TrafficInput,
  path: Path,
  problems: Problems,
): HoldBlueprint | undefined {
  if (newConnections !== undefined && hold === undefined)
    problems.refuse(
      path,
      '"newConnections" needs "hold", how long each stays open; for one request each use "rate"',
    )
  if (newConnections === undefined && hold !== undefined)
    problems.refuseKey([...path, 'hold'], '"hold" has no effect without "newConnections"; remove it')
  if (hold === undefined) return undefined
  if (typeof hold === 'number') return { kind: 'constant', ps: hold }
  return hold.distribution === 'exponential'
    ? { kind: 'exponential', meanPs: hold.mean }
    : { kind: 'constant', ps: hold.mean }
}

/** Keys that the other kinds alone read. */
function refuseUnused(
  input: TrafficInput,
  kind: (typeof KINDS)[number],
  path: Path,
  problems: Problems,
): void {
  const unused: (keyof TrafficInput)[] = []
  if (kind !== 'sizes') unused.push('load', 'flowRate', 'profile', 'response', 'hold')
  if (kind === 'burst' || kind === 'flows') unused.push('stop')
  if (kind === 'flows') unused.push('start')
  for (const key of unused) {
    if (input[key] !== undefined)
      problems.refuseKey([...path, key], `"${key}" has no effect with "${kind}"; remove one of them`)
  }
}

function checkTimes(
  { start = 0, stop }: TrafficInput,
  { forPs }: RunPlan,
  path: Path,
  problems: Problems,
): void {
  if (start >= forPs) {
    problems.refuse(
      [...path, 'start'],
      `${printDuration(start)} is not before arrivals end at ${printDuration(forPs)}`,
    )
  }
  if (stop !== undefined && stop <= start) {
    problems.refuse([...path, 'stop'], `${printDuration(stop)} is not after "start", ${printDuration(start)}`)
  } else if (stop !== undefined && stop > forPs) {
    problems.warn(
      [...path, 'stop'],
      `${printDuration(stop)} has no effect: arrivals end at ${printDuration(forPs)} already`,
    )
  }
}

const RATES = ['load', 'flowRate', 'rate', 'newConnections'] as const

function compileRate(input: TrafficInput, path: Path, problems: Problems) {
  const given = RATES.filter((key) => input[key] !== undefined)
  if (given.length !== 1) {
    const found = given.length === 0 ? 'it has none' : `it has ${list(given)}`
    problems.refuse(path, `sizes take exactly one of ${list(RATES)}; ${found}`)
    return undefined
  }
  const { load, flowRate, rate, newConnections } = input
  if (load !== undefined) return { load }
  return flowRate !== undefined ? { flowsPerSecond: flowRate } : { totalPerSecond: (rate ?? newConnections)! }
}

function compileList(
  input: TrafficInput,
  { forPs }: RunPlan,
  path: Path,
  problems: Problems,
): OfferedBlueprint {
  const flows = input.flows!.map(({ at, from, to, size }, index) => {
    if (at >= forPs) {
      problems.refuse(
        [...path, 'flows', index, 'at'],
        `${printDuration(at)} is not before arrivals end at ${printDuration(forPs)}`,
      )
    }
    return { startPs: at, from, to, bytes: size }
  })
  return { kind: 'list', flows }
}

function compileStream(
  { packet, rate, process = 'constant', on, off }: StreamInput,
  path: Path,
  problems: Problems,
) {
  const kind: StreamProcess['kind'] = process
  const periods = { onPs: on ?? 0, offPs: off ?? 0 }
  if (process === 'on-off') {
    for (const key of ['on', 'off'] as const) {
      if ((key === 'on' ? on : off) === undefined)
        problems.refuse([...path, 'process'], `on-off needs "${key}", the mean of those periods`)
    }
    return { packetBytes: packet, rateBps: rate, process: { kind: 'on-off' as const, ...periods } }
  }
  for (const key of ['on', 'off'] as const) {
    if ((key === 'on' ? on : off) !== undefined)
      problems.refuseKey([...path, key], `"${key}" has no effect in process ${kind}; it belongs to on-off`)
  }
  return { packetBytes: packet, rateBps: rate, process: { kind: process } }
}
