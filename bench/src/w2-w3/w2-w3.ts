import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseDuration, parseSize, SECOND } from '@weft/core'
import { type Benchmark, type BenchmarkResult, Meter, UsageError, wholeNumber } from '../harness.ts'
import { type ListedFlow, readFlows, writeFlowTimes } from '../peers/flow-files.ts'
import { incast } from './incast.ts'
import { jittered } from './jitter.ts'
import { slowdownBins } from './slowdown.ts'
import { PEER_OPTIONS, TransportWorkload, type TransportWorkloadOptions } from './transport-workload.ts'
import { webSearch } from './web-search.ts'

const OPTIONS = {
  flows: { type: 'string' },
  out: { type: 'string' },
  control: { type: 'string', default: PEER_OPTIONS.control },
  'min-rto': { type: 'string', default: '1ms' },
  'initial-rto': { type: 'string', default: '1s' },
  'delayed-ack': { type: 'string', default: String(PEER_OPTIONS.delayedAck) },
  'delayed-ack-timer': { type: 'string', default: '500us' },
  'initial-alpha': { type: 'string', default: String(PEER_OPTIONS.initialAlpha) },
  mark: { type: 'string', default: PEER_OPTIONS.markAt },
  'no-sack': { type: 'boolean', default: false },
  'tail-loss-probe': { type: 'boolean', default: false },
  'no-prr': { type: 'boolean', default: false },
  'min-window': { type: 'string', default: String(PEER_OPTIONS.minWindow) },
  'receive-buffer': { type: 'string', default: '1GB' },
  jitter: { type: 'string' },
} as const

const OPTION_LINES = [
  '--flows FILE         CSV with columns id,start_ns,src,dst,bytes; without it a list made here',
  '--out FCT.csv        completion times: id,start_ns,src,dst,bytes,fct_ns,handshake_ns',
  '--control C          dctcp (default) or newreno',
  '--min-rto T          minimum retransmission timeout (1ms)',
  '--initial-rto T      before the first sample: what a lost SYN costs (1s)',
  '--delayed-ack N      segments that one acknowledgement may cover (1)',
  '--delayed-ack-timer T  (500us)',
  '--initial-alpha A    of DCTCP, 0 to 1 (1)',
  '--mark enqueue|dequeue  where queues mark (enqueue)',
  '--no-sack            NewReno recovery without selective acknowledgements',
  '--tail-loss-probe    RFC 8985 tail loss probes, which the peers do not have',
  '--no-prr             cuts take the window down at once, not by RFC 9937 over a round trip',
  '--min-window N       segments that marks leave of a window at least (2)',
  '--receive-buffer S   the most that a sender may have in flight (1GB)',
  '--jitter SEED        begins every flow up to 100 ns later, drawn from this seed: how far chance reaches',
].join('\n')

const HORIZON_PS = 30 * SECOND
/** Flows run before those that are measured, on a network of their own: the compiler has settled then. */
const WARM_UP_FLOWS = 200

function transportBenchmark(
  name: string,
  summary: string,
  ownFlows: () => ListedFlow[],
  smokeFlows: number,
): Benchmark {
  return {
    name,
    summary,
    smokeArgs: ['--smoke'],
    fullArgs: [],
    options: OPTION_LINES,
    run: (args) => {
      const smoke = args[0] === '--smoke'
      const { values } = parseArgs({ args: smoke ? [] : [...args], options: OPTIONS })
      if (values.flows !== undefined && !existsSync(values.flows))
        throw new UsageError(`--flows: no file ${values.flows}`)
      const listed = values.flows === undefined ? ownFlows() : readFlows(values.flows)
      const flows = values.jitter === undefined ? listed : jittered(listed, values.jitter)
      return runTransport(
        name,
        smoke ? flows.slice(0, smokeFlows) : flows,
        workloadOptions(values),
        values.out,
      )
    },
  }
}

export const w2 = transportBenchmark('w2', 'incast: 32 senders, 1 MB each, to one host at once', incast, 8)
export const w3 = transportBenchmark('w3', 'web search flow sizes at 50 % load over DCTCP', webSearch, 100)

interface Values {
  readonly control: string
  readonly 'min-rto': string
  readonly 'initial-rto': string
  readonly 'delayed-ack': string
  readonly 'delayed-ack-timer': string
  readonly 'initial-alpha': string
  readonly mark: string
  readonly 'no-sack': boolean
  readonly 'tail-loss-probe': boolean
  readonly 'no-prr': boolean
  readonly 'min-window': string
  readonly 'receive-buffer': string
}

function workloadOptions(values: Values): TransportWorkloadOptions {
  const { control, mark } = values
  if (control !== 'dctcp' && control !== 'newreno')
    throw new UsageError(`--control is ${control}; expected dctcp or newreno`)
  if (mark !== 'enqueue' && mark !== 'dequeue')
    throw new UsageError(`--mark is ${mark}; expected enqueue or dequeue`)
  const initialAlpha = Number(values['initial-alpha'])
  if (!(initialAlpha >= 0 && initialAlpha <= 1)) {
    throw new UsageError(`--initial-alpha is ${values['initial-alpha']}; expected a number from 0 to 1`)
  }
  return {
    control,
    minRtoPs: duration('min-rto', values['min-rto']),
    initialRtoPs: duration('initial-rto', values['initial-rto']),
    delayedAck: wholeNumber('delayed-ack', values['delayed-ack']),
    delayedAckPs: duration('delayed-ack-timer', values['delayed-ack-timer']),
    initialAlpha,
    markAt: mark,
    sack: !values['no-sack'],
    tailLossProbe: values['tail-loss-probe'],
    prr: !values['no-prr'],
    minWindow: wholeNumber('min-window', values['min-window']),
    receiveBufferBytes: bytes('receive-buffer', values['receive-buffer']),
  }
}

function duration(option: string, text: string): number {
  const parsed = parseDuration(text, { positive: true })
  if (!parsed.ok) throw new UsageError(`--${option}: ${parsed.message}`)
  return parsed.value
}

function bytes(option: string, text: string): number {
  const parsed = parseSize(text, { positive: true })
  if (!parsed.ok) throw new UsageError(`--${option}: ${parsed.message}`)
  return parsed.value
}

function runTransport(
  benchmark: string,
  flows: readonly ListedFlow[],
  options: TransportWorkloadOptions,
  out: string | undefined,
): BenchmarkResult {
  const warmUp = new Meter()
  const before = new TransportWorkload(webSearch().slice(0, WARM_UP_FLOWS), options).run.sim
  warmUp.measure(() => before.run(HORIZON_PS))
  const workload = new TransportWorkload(flows, options)
  const meter = new Meter()
  meter.measure(() => workload.run.sim.run(HORIZON_PS))
  workload.run.network.ledger.assertConserved()
  const times = workload.times()
  if (out !== undefined) writeFlowTimes(out, flows, times)
  const counts = workload.counts()
  return {
    benchmark,
    control: options.control,
    ...counts,
    hopsPerCpuSecond: Math.round(counts.hops / meter.costs.cpuSeconds),
    slowdown: slowdownBins(flows, times),
    ...meter.costs,
    warmUpCpuSeconds: warmUp.costs.cpuSeconds,
  } as BenchmarkResult
}
