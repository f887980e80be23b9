import { parseArgs } from 'node:util'
import {
  type Benchmark,
  type BenchmarkResult,
  moduleBeside,
  runInFreshProcess,
  sumOfCosts,
  UsageError,
} from '../harness.ts'
import { type OpenLoopOptions, W1 } from '../w1/open-loop.ts'
import type { W1Result } from '../w1/w1.ts'

/** Fabrics of one shape; every host sends to one on the next leaf, so that every packet takes four hops. */
const SIZES: Readonly<Record<string, Pick<OpenLoopOptions, 'leaves' | 'spines' | 'hostsPerLeaf'>>> = {
  64: { leaves: 8, spines: 8, hostsPerLeaf: 8 },
  256: { leaves: 16, spines: 16, hostsPerLeaf: 16 },
  1024: { leaves: 32, spines: 32, hostsPerLeaf: 32 },
}

/** Packet-hops per run, about: longer where the fabric is smaller, so that warm-up weighs the same. */
const HOST_MILLISECONDS = 256

export const scale: Benchmark = {
  name: 'scale',
  summary: 'cost per packet-hop, build time and memory of W1 from 64 to 1,024 hosts',
  smokeArgs: ['--sizes', '64,1024', '--milliseconds', '32'],
  fullArgs: ['--sizes', '64,256,1024', '--milliseconds', String(HOST_MILLISECONDS)],
  options: [
    `--sizes LIST         hosts, of ${Object.keys(SIZES).join(', ')}`,
    '--milliseconds N     host-milliseconds of traffic: each fabric simulates N / hosts ms',
  ].join('\n'),
  run: (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        sizes: { type: 'string', default: '64,1024' },
        milliseconds: { type: 'string', default: '32' },
      },
    })
    const budget = Number(values.milliseconds)
    if (!(budget > 0))
      throw new UsageError(`--milliseconds is ${values.milliseconds}; expected a number above 0`)
    return runScale(values.sizes.split(','), budget)
  },
}

function runScale(sizes: readonly string[], hostMilliseconds: number): BenchmarkResult {
  const runs = sizes.map((size) => {
    const shape = SIZES[size]
    if (shape === undefined)
      throw new UsageError(`--sizes has ${size}; expected ${Object.keys(SIZES).join(', ')}`)
    const options = {
      ...W1,
      ...shape,
      offset: shape.hostsPerLeaf,
      ms: hostMilliseconds / Number(size),
      path: 'perm',
    }
    return runInFreshProcess<W1Result>(moduleBeside(import.meta.url, 'measure-scale'), options)
  })
  const slowest = Math.min(...runs.map((run) => run.hopsPerCpuSecond))
  const fastest = Math.max(...runs.map((run) => run.hopsPerCpuSecond))
  return {
    benchmark: 'scale',
    costSpread: fastest / slowest,
    results: runs,
    ...sumOfCosts(runs),
  } as BenchmarkResult
}
