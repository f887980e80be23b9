import { parseArgs } from 'node:util'
import {
  type Benchmark,
  type BenchmarkResult,
  moduleBeside,
  runInFreshProcess,
  wholeNumber,
} from '../harness.ts'
import type { AllocationResult } from './measure-allocation.ts'

/** New space of half a gigabyte: nothing is collected while it is measured, so growth of the heap is allocation. */
const NODE_FLAGS = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256']

export const allocation: Benchmark = {
  name: 'allocation',
  summary: 'bytes allocated per packet-hop once W1 is warm',
  smokeArgs: ['--hops', '2000000'],
  fullArgs: ['--hops', '10000000'],
  options: '--hops N     packet-hops to count over, after a warm-up (10000000)',
  run: (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: { hops: { type: 'string', default: '10000000' } },
    })
    return measureAllocation(wholeNumber('hops', values.hops))
  },
}

export function measureAllocation(hops: number): AllocationResult & BenchmarkResult {
  const result = runInFreshProcess<AllocationResult & BenchmarkResult>(
    moduleBeside(import.meta.url, 'measure-allocation'),
    { hops },
    NODE_FLAGS,
  )
  return result
}
