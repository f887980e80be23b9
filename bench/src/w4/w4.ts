import { existsSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Benchmark, type BenchmarkResult, Meter, UsageError, wholeNumber } from '../harness.ts'
import { type ListedFlow, readFlows } from '../peers/flow-files.ts'
import { poissonFlows } from './flow-list.ts'
import { FlowWorkload, LEAF_HOSTS } from './flow-workload.ts'

const OPTIONS = {
  flows: { type: 'string' },
  out: { type: 'string' },
  hosts: { type: 'string', default: '1024' },
  count: { type: 'string', default: '10000' },
} as const

export const w4: Benchmark = {
  name: 'w4',
  summary: 'flow clock: max-min fair sharing, web search sizes at 60 % load on 1,024 hosts',
  smokeArgs: ['--count', '2000'],
  fullArgs: ['--count', '100000'],
  options: [
    '--flows FILE         CSV with columns id,start_ns,src,dst,bytes, or the same gzipped; without it a list made here',
    '--out FCT.csv        completion times: id,start_ns,finish_s,fct_s',
    '--hosts N            a multiple of 32 (1024)',
    '--count N            flows of the list made here (10000)',
  ].join('\n'),
  run: (args) => {
    const { values } = parseArgs({ args: [...args], options: OPTIONS })
    const hosts = wholeNumber('hosts', values.hosts)
    if (hosts % LEAF_HOSTS !== 0) {
      throw new UsageError(`--hosts is ${values.hosts}; expected a multiple of ${LEAF_HOSTS}`)
    }
    if (values.flows !== undefined && !existsSync(values.flows))
      throw new UsageError(`--flows: no file ${values.flows}`)
    const flows =
      values.flows === undefined
        ? poissonFlows(hosts, wholeNumber('count', values.count))
        : readFlows(values.flows)
    const odd = flows.find(({ source, destination }) => Math.max(source, destination) >= hosts)
    if (odd !== undefined)
      throw new UsageError(`--flows: flow ${odd.id} names a host beyond the ${hosts} there are`)
    return runW4(flows, hosts, values.out)
  },
}

function runW4(flows: readonly ListedFlow[], hosts: number, out: string | undefined): BenchmarkResult {
  const workload = new FlowWorkload(flows, hosts)
  const { run } = workload
  const meter = new Meter()
  meter.measure(() => run.sim.run())
  if (out !== undefined) writeTimes(out, flows, workload.finishSeconds())
  const { transfers } = run.clock
  const result = {
    benchmark: 'w4',
    hosts,
    flows: flows.length,
    completed: run.flows.completed,
    events: run.sim.eventsRun,
    solutions: transfers.solutions,
    flowsTouchedPerEvent: round(transfers.flowsTouched / (2 * flows.length)),
    flowsTouchedMax: transfers.flowsTouchedMax,
    flowEventsPerCpuSecond: Math.round((2 * flows.length) / meter.costs.cpuSeconds),
    digest: run.sim.digest.toString(),
    ...meter.costs,
  }
  return result
}

const round = (value: number): number => Math.round(value * 100) / 100

function writeTimes(path: string, flows: readonly ListedFlow[], finish: Float64Array): void {
  const rows = flows.map(({ id, startNs }, i) => {
    const seconds = finish[i]!
    return [id, startNs, ...(seconds < 0 ? [-1, -1] : [seconds, seconds - startNs / 1e9].map(digits))].join()
  })
  writeFileSync(path, `id,start_ns,finish_s,fct_s\n${rows.join('\n')}\n`)
}

const digits = (seconds: number): string => seconds.toPrecision(12)
