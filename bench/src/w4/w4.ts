import { existsSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { DEFAULT_FLOW_MODEL } from '@weft/fabric'
import { type Benchmark, type BenchmarkResult, Meter, UsageError, wholeNumber } from '../harness.ts'
import { type ListedFlow, readFlows } from '../peers/flow-files.ts'
import { poissonFlows } from './flow-list.ts'
import { FlowWorkload, type FlowWorkloadOptions, LEAF_HOSTS } from './flow-workload.ts'

const OPTIONS = {
  flows: { type: 'string' },
  out: { type: 'string' },
  hosts: { type: 'string', default: '1024' },
  count: { type: 'string', default: '10000' },
  receivers: { type: 'string' },
  load: { type: 'string', default: '0.6' },
  model: { type: 'string', default: 'sharing' },
} as const

const DELAY_PS = 1e6
const MODELS: Readonly<Record<string, FlowWorkloadOptions>> = {
  sharing: {},
  tcp: { model: DEFAULT_FLOW_MODEL, delayPs: DELAY_PS },
  'tcp-no-acks': { model: { ...DEFAULT_FLOW_MODEL, acknowledgements: false }, delayPs: DELAY_PS },
}

/** Run before what is measured, on a network of its own: the compiler has settled then. */
const WARM_UP_HOSTS = 64
const WARM_UP_FLOWS = 4000

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
    '--receivers N        of that list: only the first N hosts receive (all)',
    '--load X             of that list: what is offered to receivers, in parts of their rate (0.6)',
    '--model NAME         sharing: payload alone, at once, no delays; tcp: headers, slow start, acknowledgements, 1 us a',
    '                     link; tcp-no-acks: the same without acknowledgements (sharing)',
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
        ? poissonFlows(hosts, wholeNumber('count', values.count), {
            receivers: values.receivers === undefined ? hosts : receiversOf(values.receivers, hosts),
            load: loadOf(values.load),
          })
        : readFlows(values.flows)
    const odd = flows.find(({ source, destination }) => Math.max(source, destination) >= hosts)
    if (odd !== undefined)
      throw new UsageError(`--flows: flow ${odd.id} names a host beyond the ${hosts} there are`)
    const model = modelOf(values.model)
    const warmUp = new Meter()
    const before = warmUpOf(model).run.sim
    warmUp.measure(() => before.run())
    const workload = new FlowWorkload(flows, hosts, model)
    return { ...runW4(workload, flows, hosts, values.out), warmUpCpuSeconds: warmUp.costs.cpuSeconds }
  },
}

function warmUpOf(model: FlowWorkloadOptions): FlowWorkload {
  return new FlowWorkload(poissonFlows(WARM_UP_HOSTS, WARM_UP_FLOWS), WARM_UP_HOSTS, model)
}

function receiversOf(text: string, hosts: number): number {
  const receivers = wholeNumber('receivers', text)
  if (receivers > hosts) throw new UsageError(`--receivers is ${text}; there are ${hosts} hosts`)
  return receivers
}

function loadOf(text: string): number {
  const load = Number(text)
  if (!(load > 0 && load < Infinity)) throw new UsageError(`--load is ${text}; expected more than 0, as 0.6`)
  return load
}

function modelOf(name: string): FlowWorkloadOptions {
  const model = MODELS[name]
  if (model !== undefined) return model
  throw new UsageError(`--model is ${name}; expected one of ${Object.keys(MODELS).join(', ')}`)
}

function runW4(
  workload: FlowWorkload,
  flows: readonly ListedFlow[],
  hosts: number,
  out: string | undefined,
): BenchmarkResult {
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
