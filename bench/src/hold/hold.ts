import { parseArgs } from 'node:util'
import {
  type Benchmark,
  type BenchmarkResult,
  moduleBeside,
  runInFreshProcess,
  sumOfCosts,
  UsageError,
  wholeNumber,
} from '../harness.ts'
import { distributions } from './distributions.ts'
import type { HoldMeasurement, HoldTask } from './measure-hold.ts'

/** The reference takes ten times as long per hold. */
const REFERENCE_SHARE = 8

interface HoldRate {
  readonly pending: number
  readonly holdsPerCpuSecond: number
}

export interface HoldResult extends BenchmarkResult {
  /** The default queue under exponential increments. */
  readonly results: readonly HoldRate[]
  /** The default queue under increments that calendars find hard. */
  readonly distributions: readonly (HoldRate & { readonly distribution: string })[]
  /** The reference queue, heap-js with event objects, and how many times faster the default is. */
  readonly reference: readonly (HoldRate & { readonly ratio: number })[]
}

export const hold: Benchmark = {
  name: 'hold',
  summary: 'the event queue alone: pop the earliest event, push one that is later',
  fullArgs: ['--pending', '1000,100000,1000000', '--holds', '4000000', '--repeat', '3'],
  smokeArgs: ['--pending', '1000', '--holds', '100000', '--repeat', '1', '--distributions', 'network'],
  options: [
    '--pending N,N         events pending; by default 1000,100000,1000000',
    '--holds N             pops and pushes that are measured; by default 4000000',
    '--repeat N            measures so many times, each in a fresh process, and gives the best; by default 3',
    `--distributions D,D   ${Object.keys(distributions).join(', ')}; or none; by default all`,
  ].join('\n'),
  run: (args) => runHold(args),
}

function runHold(args: readonly string[]): HoldResult {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pending: { type: 'string', default: '1000,100000,1000000' },
      holds: { type: 'string', default: '4000000' },
      repeat: { type: 'string', default: '3' },
      distributions: { type: 'string', default: Object.keys(distributions).join(',') },
    },
  })
  const sizes = values.pending.split(',').map((text) => wholeNumber('pending', text))
  const holds = wholeNumber('holds', values.holds)
  const repeat = wholeNumber('repeat', values.repeat)
  const hard = distributionsNamed(values.distributions).filter((name) => name !== 'exponential')
  const task = (queue: HoldTask['queue'], distribution: string, pending: number): HoldTask => {
    return {
      queue,
      distribution,
      pending,
      holds: queue === 'heap' ? Math.ceil(holds / REFERENCE_SHARE) : holds,
    }
  }
  const tasks = sizes.flatMap((pending) => [
    task('calendar', 'exponential', pending),
    task('heap', 'exponential', pending),
    ...hard.map((distribution) => task('calendar', distribution, pending)),
  ])
  return report(measureAll(tasks, repeat))
}

function distributionsNamed(text: string): string[] {
  if (text === 'none') return []
  const names = text.split(',')
  const unknown = names.find((name) => !(name in distributions))
  if (unknown === undefined) return names
  throw new UsageError(
    `no distribution ${unknown}; expected ${Object.keys(distributions).join(', ')}, or none`,
  )
}

interface Measured extends HoldTask, HoldRate {
  readonly runs: readonly HoldMeasurement[]
}

/** Round after round, so that a busy spell of the machine hits all tasks and not one. */
function measureAll(tasks: readonly HoldTask[], repeat: number): Measured[] {
  const module = moduleBeside(import.meta.url, 'measure-hold')
  const runs = tasks.map((): HoldMeasurement[] => [])
  for (let round = 0; round < repeat; round++) {
    for (const [i, task] of tasks.entries()) runs[i]!.push(runInFreshProcess<HoldMeasurement>(module, task))
  }
  return tasks.map((task, i) => {
    const rates = runs[i]!.map((run) => run.holdsPerCpuSecond)
    return { ...task, holdsPerCpuSecond: Math.round(Math.max(...rates)), runs: runs[i]! }
  })
}

function report(measured: readonly Measured[]): HoldResult {
  const calendar = measured.filter(({ queue }) => queue === 'calendar')
  const results = calendar.filter(({ distribution }) => distribution === 'exponential').map(rateOf)
  const rateAt = (pending: number) => results.find((rate) => rate.pending === pending)!.holdsPerCpuSecond
  return {
    benchmark: 'hold',
    results,
    distributions: calendar
      .filter(({ distribution }) => distribution !== 'exponential')
      .map((each) => ({ distribution: each.distribution, ...rateOf(each) })),
    reference: measured
      .filter(({ queue }) => queue === 'heap')
      .map((each) => ({
        ...rateOf(each),
        ratio: Math.round((10 * rateAt(each.pending)) / each.holdsPerCpuSecond) / 10,
      })),
    ...sumOfCosts(measured.flatMap(({ runs }) => runs)),
  }
}

function rateOf({ pending, holdsPerCpuSecond }: HoldRate): HoldRate {
  return { pending, holdsPerCpuSecond }
}
