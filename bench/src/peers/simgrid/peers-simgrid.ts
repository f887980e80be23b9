import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import {
  type Benchmark,
  type BenchmarkResult,
  moduleBeside,
  runInFreshProcess,
  UsageError,
  wholeNumber,
} from '../../harness.ts'
import { poissonFlows } from '../../w4/flow-list.ts'
import { LEAF_HOSTS } from '../../w4/flow-workload.ts'
import { type ListedFlow, readFlows } from '../flow-files.ts'
import { digits, median, skipped } from '../rounds.ts'
import { SimGridDriver } from './driver.ts'
import { type FlowsMeasured, MODELS } from './measure-flows.ts'

const OPTIONS = {
  flows: { type: 'string' },
  hosts: { type: 'string', default: '1024' },
  count: { type: 'string', default: '10000' },
  model: { type: 'string', default: 'max-min' },
  latency: { type: 'string', default: '10' },
  update: { type: 'string', default: 'Full' },
  rounds: { type: 'string', default: '3' },
} as const

interface Comparison {
  readonly hosts: number
  readonly model: string
  readonly latencyS: number
  readonly update: string
  readonly rounds: number
}

export const peersSimGrid: Benchmark = {
  name: 'peers-simgrid',
  summary: "W4 under the flow clock and under SimGrid's library in turn: equal times, ratio of CPU time",
  smokeArgs: ['--count', '500', '--rounds', '1'],
  fullArgs: ['--count', '10000', '--rounds', '3'],
  options: [
    '--flows FILE         CSV with columns id,start_ns,src,dst,bytes, or the same gzipped; without it a list made here',
    '--hosts N            a multiple of 32 (1024)',
    '--count N            flows of the list made here (10000)',
    `--model NAME         ${Object.keys(MODELS).join(', ')}: of sharing (max-min)`,
    '--latency US         of every link, for cm02 and lv08 (10); max-min has none',
    "--update NAME        Full or Lazy: SimGrid's own way of solving (Full)",
    '--rounds N           each runs Weft, then SimGrid; the ratio is the median (3)',
    '',
    'Needs g++ and libsimgrid-dev of Debian; without them it says so and measures nothing.',
  ].join('\n'),
  run: (args) => {
    const { values } = parseArgs({ args: [...args], options: OPTIONS })
    const { model, update } = values
    const hosts = wholeNumber('hosts', values.hosts)
    if (hosts % LEAF_HOSTS !== 0)
      throw new UsageError(`--hosts is ${values.hosts}; expected a multiple of ${LEAF_HOSTS}`)
    if (!Object.hasOwn(MODELS, model))
      throw new UsageError(`--model is ${model}; expected one of ${Object.keys(MODELS).join(', ')}`)
    if (!['Full', 'Lazy'].includes(update))
      throw new UsageError(`--update is ${update}; expected Full or Lazy`)
    const latencyUs = Number(values.latency)
    if (!(latencyUs > 0)) throw new UsageError(`--latency is ${values.latency}; expected a number above 0`)
    const rounds = wholeNumber('rounds', values.rounds)
    const flows =
      values.flows === undefined
        ? poissonFlows(hosts, wholeNumber('count', values.count))
        : readFlows(values.flows)
    const latencyS = model === 'max-min' ? 0 : latencyUs / 1e6
    return compare(flows, { hosts, model, latencyS, update, rounds })
  },
}

function compare(flows: readonly ListedFlow[], comparison: Comparison): BenchmarkResult {
  const driver = new SimGridDriver()
  try {
    const missing = driver.compile()
    return missing === undefined ? inTurn(driver, flows, comparison) : skipped('peers-simgrid', missing)
  } finally {
    driver.remove()
  }
}

function inTurn(
  driver: SimGridDriver,
  flows: readonly ListedFlow[],
  { rounds, ...options }: Comparison,
): BenchmarkResult {
  const flowsPath = driver.fileNamed('flows.csv')
  const rows = flows.map(({ id, startNs, source, destination, bytes }) =>
    [id, startNs, source, destination, bytes].join(),
  )
  writeFileSync(flowsPath, `id,start_ns,src,dst,bytes\n${rows.join('\n')}\n`)
  const weft: FlowsMeasured[] = []
  const peer: number[] = []
  let version = ''
  let maxRelativeError = 0
  for (let round = 0; round < rounds; round++) {
    const module = moduleBeside(import.meta.url, 'run-flows')
    const ours = runInFreshProcess<FlowsMeasured>(module, { ...options, flowsPath })
    const theirs = driver.run({ ...options, flowsPath })
    weft.push(ours)
    peer.push(theirs.cpuSeconds)
    version = theirs.version
    maxRelativeError = Math.max(maxRelativeError, furthest(flows, ours.finishSeconds, theirs.finishSeconds))
  }
  const result = {
    benchmark: 'peers-simgrid',
    simGrid: version,
    ...options,
    flows: flows.length,
    maxRelativeError,
    rounds: weft.map((each, i) => ({
      weftCpuSeconds: each.cpuSeconds,
      simGridCpuSeconds: peer[i],
      ratio: digits(peer[i]! / each.cpuSeconds),
    })),
    simGridCpuSeconds: median(peer),
    ratio: digits(median(weft.map((each, i) => peer[i]! / each.cpuSeconds))),
    cpuSeconds: median(weft.map((each) => each.cpuSeconds)),
    wallSeconds: median(weft.map((each) => each.wallSeconds)),
    peakRssBytes: Math.max(...weft.map((each) => each.peakRssBytes)),
  }
  return result
}

/** The largest difference of two completion times over the time that SimGrid has. */
function furthest(flows: readonly ListedFlow[], ours: readonly number[], theirs: ArrayLike<number>): number {
  return flows.reduce((most, { startNs }, i) => {
    const lastedS = theirs[i]! - startNs / 1e9
    return Math.max(most, Math.abs(ours[i]! - theirs[i]!) / lastedS)
  }, 0)
}
