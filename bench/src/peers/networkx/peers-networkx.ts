import { parseArgs } from 'node:util'
import {
  type Benchmark,
  type BenchmarkResult,
  moduleBeside,
  runInFreshProcess,
  UsageError,
  wholeNumber,
} from '../../harness.ts'
import { digits, median, skipped } from '../rounds.ts'
import { findPython, runScript, type ScriptResult } from './script.ts'
import { type SweepMeasured, type SweepShape, SweepWorkload } from './sweep-workload.ts'

const OPTIONS = {
  leaves: { type: 'string', default: '30' },
  spines: { type: 'string', default: '30' },
  hosts: { type: 'string', default: '4' },
  failures: { type: 'string', default: '40' },
  rounds: { type: 'string', default: '3' },
} as const

export const peersNetworkX: Benchmark = {
  name: 'peers-networkx',
  summary:
    'all single link failures of a fabric, and a networkx script over some of them: equal loads, ratio of CPU time',
  smokeArgs: ['--leaves', '6', '--spines', '4', '--hosts', '2', '--failures', '36', '--rounds', '1'],
  fullArgs: ['--failures', '40', '--rounds', '3'],
  options: [
    '--leaves N           (30)',
    '--spines N           each with a link to each leaf (30)',
    '--hosts N            per leaf (4): 1,020 links in all',
    '--failures N         so many links, spread evenly, fail for the script; all of them for Weft (40)',
    '--rounds N           each runs Weft, then the script; the ratio is the median (3)',
    '',
    'Needs a python3 with networkx (Debian: python3-networkx); without it it says so and measures nothing.',
  ].join('\n'),
  run: (args) => {
    const { values } = parseArgs({ args: [...args], options: OPTIONS })
    const shape = {
      leaves: wholeNumber('leaves', values.leaves),
      spines: wholeNumber('spines', values.spines),
      hostsPerLeaf: wholeNumber('hosts', values.hosts),
    }
    const links = shape.leaves * (shape.spines + shape.hostsPerLeaf)
    const failures = wholeNumber('failures', values.failures)
    if (failures > links)
      throw new UsageError(`--failures is ${failures}; expected at most the ${links} links that there are`)
    const rounds = wholeNumber('rounds', values.rounds)
    const python = findPython()
    if (python === undefined)
      return skipped(
        'peers-networkx',
        'no python3 with networkx; on Debian: apt-get install python3-networkx',
      )
    const kept = Array.from({ length: failures }, (_, i) => Math.floor((i * links) / failures))
    return inTurn(python, shape, kept, rounds)
  },
}

interface Round {
  readonly weft: SweepMeasured
  readonly script: ScriptResult
}

function inTurn(python: string, shape: SweepShape, kept: readonly number[], rounds: number): BenchmarkResult {
  const { plain } = new SweepWorkload(shape)
  const each = Array.from({ length: rounds }, (): Round => {
    const module = moduleBeside(import.meta.url, 'run-sweep')
    const weft = runInFreshProcess<SweepMeasured>(module, { shape, kept })
    return { weft, script: runScript(python, plain, kept) }
  })
  const perFailure = each.map(({ weft, script }) => ({
    weftCpuMs: (1e3 * weft.cpuSeconds) / weft.failures,
    scriptCpuMs: (1e3 * script.cpuSeconds) / kept.length,
  }))
  const result = {
    benchmark: 'peers-networkx',
    networkx: each[0]!.script.version,
    ...shape,
    links: plain.links.length,
    demands: plain.demands.length,
    weftFailures: each[0]!.weft.failures,
    scriptFailures: kept.length,
    maxRelativeError: Math.max(...each.map(furthest)),
    rounds: perFailure,
    ratio: digits(median(perFailure.map(({ weftCpuMs, scriptCpuMs }) => scriptCpuMs / weftCpuMs))),
    cpuSeconds: median(each.map(({ weft }) => weft.cpuSeconds)),
    wallSeconds: median(each.map(({ weft }) => weft.wallSeconds)),
    peakRssBytes: Math.max(...each.map(({ weft }) => weft.peakRssBytes)),
  }
  return result
}

/** The largest difference of two loads, or of lost demands, over the larger of the two. */
function furthest({ weft, script }: Round): number {
  let most = 0
  const compare = (ours: number, theirs: number) => {
    const larger = Math.max(ours, theirs)
    // less than a bit per second on links of 100 Gbit/s is nothing
    if (larger > 1) most = Math.max(most, Math.abs(ours - theirs) / larger)
  }
  weft.loads.forEach((loads, failure) => {
    for (const [direction, load] of loads.entries()) compare(load, script.loads[failure]![direction]!)
    compare(weft.lost[failure]!, script.lost[failure]!)
  })
  return most
}
