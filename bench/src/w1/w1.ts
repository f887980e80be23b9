import { parseArgs } from 'node:util'
import { type Benchmark, type BenchmarkResult, Meter, UsageError, wholeNumber } from '../harness.ts'
import { OpenLoop, type OpenLoopCounts, type OpenLoopOptions, W1 } from './open-loop.ts'

const OPTIONS = {
  path: { type: 'string', default: W1.path },
  ms: { type: 'string', default: String(W1.ms) },
  offset: { type: 'string', default: String(W1.offset) },
  bytes: { type: 'string', default: String(W1.bytes) },
  queue: { type: 'string', default: String(W1.queuePackets) },
  load: { type: 'string', default: String(W1.load) },
  leaves: { type: 'string', default: String(W1.leaves) },
  spines: { type: 'string', default: String(W1.spines) },
  'hosts-per-leaf': { type: 'string', default: String(W1.hostsPerLeaf) },
  policies: { type: 'string', default: String(W1.policies) },
} as const

export const w1: Benchmark = {
  name: 'w1',
  summary: 'open loop: constant-rate UDP over a leaf/spine fabric, counts equal to five other simulators',
  smokeArgs: ['--path', 'hash', '--ms', '1'],
  fullArgs: ['--path', 'hash', '--ms', '10'],
  options: [
    '--path perm|hash     spine of a flow: source mod spines (no contention), or by hash (collisions)',
    '--ms N               packets are sent for this many simulated milliseconds (may be a fraction)',
    '--offset N           host i sends to host i + N (8)',
    '--bytes N            IP bytes of a packet (1500)',
    '--queue N            packets that wait behind the one in service (256)',
    '--load F             IP bit rate of a sender over its link rate (0.8)',
    '--leaves, --spines, --hosts-per-leaf N   size of the fabric (8 each)',
    '--policies N         network policies that judge every packet at both its ends (0)',
  ].join('\n'),
  run: (args) => runW1(optionsFrom(args)),
}

function optionsFrom(args: readonly string[]): OpenLoopOptions {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  if (values.path !== 'perm' && values.path !== 'hash') {
    throw new UsageError(`--path is ${values.path}; expected perm or hash`)
  }
  return {
    path: values.path,
    ms: positive('ms', values.ms),
    offset: wholeNumber('offset', values.offset),
    bytes: wholeNumber('bytes', values.bytes),
    queuePackets: wholeNumber('queue', values.queue),
    load: positive('load', values.load),
    leaves: wholeNumber('leaves', values.leaves),
    spines: wholeNumber('spines', values.spines),
    hostsPerLeaf: wholeNumber('hosts-per-leaf', values['hosts-per-leaf']),
    policies: wholeNumber('policies', values.policies, 0),
  }
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value)))
    throw new UsageError(`--${option} is ${text}; expected a number above 0`)
  return value
}

export interface W1Result extends BenchmarkResult {
  readonly events: number
  readonly digest: string
  readonly hosts: number
  readonly hops: number
  readonly hopsPerCpuSecond: number
  readonly buildSeconds: number
}

/** Simulated before the run that is measured, on a small fabric of its own, so that the compiler has settled by then. */
const WARM_UP = { ...W1, ms: 1 }
/** On several: what was compiled for a first network alone is compiled anew for any. */
const WARM_UP_NETWORKS = 3

export function runW1(options: OpenLoopOptions): W1Result & OpenLoopCounts {
  for (let network = 0; network < WARM_UP_NETWORKS; network++)
    new OpenLoop({ ...WARM_UP, path: options.path, policies: options.policies }).sim.run()
  const workload = new OpenLoop(options)
  const meter = new Meter()
  const events = meter.measure(() => workload.sim.run())
  workload.network.ledger.assertConserved()
  if (workload.denied > 0) throw new Error(`policies denied ${workload.denied} packets; expected none`)
  const counts = workload.counts()
  return {
    benchmark: 'w1',
    hosts: options.leaves * options.hostsPerLeaf,
    ...counts,
    events,
    digest: workload.sim.digest.toString(),
    hopsPerCpuSecond: Math.round(counts.hops / meter.costs.cpuSeconds),
    buildSeconds: workload.buildSeconds,
    ...meter.costs,
  }
}
