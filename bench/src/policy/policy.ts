import { parseArgs } from 'node:util'
import { isEmptyPortSet, PolicyEngine, PolicyReach, type PolicySet, type PortSet } from '@weft/fabric'
import { type Benchmark, type BenchmarkResult, type Costs, Meter, UsageError } from '../harness.ts'
import { type ClusterSize, clusterOf } from './cluster.ts'

/** Verdicts between few pairs, whose rows stay in the processor's cache, and between random ones. */
const FEW_PAIRS = 64
const RANDOM_PAIRS = 1 << 20
const PORTS = [8080, 8081, 9100, 443, 53]
const PROTOCOL_TCP = 6

const FULL: ClusterSize = { namespaces: 100, workloads: 10_000, policies: 1000 }
const SMOKE: ClusterSize = { namespaces: 10, workloads: 200, policies: 40 }

const argsOf = (size: ClusterSize, verdicts: number): string[] => [
  ...Object.entries(size).flatMap(([name, value]) => [`--${name}`, String(value)]),
  '--verdicts',
  String(verdicts),
]

export const policy: Benchmark = {
  name: 'policy',
  summary: 'policies of a cluster: compiling, verdicts, and all pairs with their ports',
  smokeArgs: argsOf(SMOKE, 100_000),
  fullArgs: argsOf(FULL, 10_000_000),
  options: [
    '--namespaces N       namespaces',
    '--workloads N        workloads, spread over them',
    '--policies N         network policies, spread over them',
    '--verdicts N         verdicts to time, each way',
  ].join('\n'),
  run: (args) => {
    const option = (value: number) => ({ type: 'string', default: String(value) }) as const
    const { values } = parseArgs({
      args: [...args],
      options: {
        namespaces: option(SMOKE.namespaces),
        workloads: option(SMOKE.workloads),
        policies: option(SMOKE.policies),
        verdicts: option(100_000),
      },
    })
    const [namespaces, workloads, policies, verdicts] = (
      ['namespaces', 'workloads', 'policies', 'verdicts'] as const
    ).map((name) => count(name, values[name])) as [number, number, number, number]
    return runPolicy({ namespaces, workloads, policies }, verdicts)
  },
}

function count(name: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new UsageError(`--${name} is ${text}; expected a whole number of at least 1`)
}

function runPolicy(size: ClusterSize, verdicts: number): BenchmarkResult {
  const set = clusterOf(size)
  const compile = new Meter()
  const engine = compile.measure(() => {
    const made = new PolicyEngine(set)
    made.settled()
    return made
  })
  const few = timeVerdicts(engine, set, FEW_PAIRS, verdicts)
  const random = timeVerdicts(engine, set, RANDOM_PAIRS, verdicts)
  const reach = new Meter()
  const { pairs, connected } = reach.measure(() => reachAll(engine))
  const change = timeChanges(engine, set)
  const nanoseconds = (spent: Costs) => (spent.cpuSeconds / verdicts) * 1e9
  const relabelCpuSeconds = change.cpuSeconds / RELABELS
  const parts = [compile.costs, few, random, reach.costs, change]
  return {
    benchmark: 'policy',
    ...size,
    identities: engine.identities.size,
    compileCpuSeconds: compile.costs.cpuSeconds,
    nanosecondsPerVerdict: nanoseconds(few),
    nanosecondsPerRandomVerdict: nanoseconds(random),
    reachPairs: pairs,
    reachConnected: connected,
    reachCpuSeconds: reach.costs.cpuSeconds,
    relabelCpuSeconds,
    cpuSeconds: parts.reduce((sum, part) => sum + part.cpuSeconds, 0),
    wallSeconds: parts.reduce((sum, part) => sum + part.wallSeconds, 0),
    peakRssBytes: Math.max(...parts.map((part) => part.peakRssBytes)),
  } as BenchmarkResult
}

/** Both addresses are looked up for each verdict; pairs are asked once before, so that all are compiled. */
function timeVerdicts(engine: PolicyEngine, set: PolicySet, pairs: number, verdicts: number): Costs {
  const ids = set.workloads.map(({ addresses }) => engine.addresses.intern(addresses[0]!))
  const [sources, destinations] = [new Int32Array(pairs), new Int32Array(pairs)]
  let state = 1
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let i = 0; i < pairs; i++) {
    sources[i] = ids[next(ids.length)]!
    destinations[i] = ids[next(ids.length)]!
  }
  const ask = (times: number): number => {
    let denied = 0
    for (let i = 0; i < times; i++) {
      const pair = i & (pairs - 1)
      const port = PORTS[pair % PORTS.length]!
      denied += engine.verdictOf(sources[pair]!, destinations[pair]!, PROTOCOL_TCP, port)
    }
    return denied
  }
  ask(Math.max(pairs, 100_000))
  const meter = new Meter()
  meter.measure(() => ask(verdicts))
  return meter.costs
}

/** All pairs of classes of workloads, and of blocks of addresses with them. */
function reachAll(engine: PolicyEngine) {
  const reach = new PolicyReach(engine)
  let pairs = 0
  let connected = 0
  const ask = (ports: PortSet) => {
    pairs++
    if (!isEmptyPortSet(ports)) connected++
  }
  for (const from of reach.classes) {
    for (const to of reach.classes) ask(reach.between(from, to))
    for (const block of reach.blocks) {
      ask(reach.between(from, block))
      ask(reach.between(block, from))
    }
  }
  return { pairs, connected }
}

const RELABELS = 100

/** One workload after another gets other labels, and somebody asks at once. */
function timeChanges(engine: PolicyEngine, set: PolicySet): Costs {
  const meter = new Meter()
  meter.measure(() => {
    for (let i = 0; i < RELABELS; i++) {
      const { name } = set.workloads[i % set.workloads.length]!
      engine.setWorkloadLabels(name, { app: 'app3', tier: 'front' })
      engine.identityOf(engine.endsOfWorkload(name)[0]!)
    }
  })
  return meter.costs
}
