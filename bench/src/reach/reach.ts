import { parseArgs } from 'node:util'
import {
  type Benchmark,
  type BenchmarkResult,
  type Costs,
  moduleBeside,
  runInFreshProcess,
  sumOfCosts,
  wholeNumber,
} from '../harness.ts'
import type { ManifestsSize } from './manifests.ts'

const FULL: ManifestsSize = { namespaces: 100, pods: 10_000, policies: 1000, replicas: 10 }
const SMOKE: ManifestsSize = { namespaces: 5, pods: 100, policies: 20, replicas: 4 }

const argsOf = (size: ManifestsSize): string[] =>
  Object.entries(size).flatMap(([name, value]) => [`--${name}`, String(value)])

interface PartResult extends Costs {
  readonly workloads: number
  readonly classes: number
  readonly bytes: number
}

export const reach: Benchmark = {
  name: 'reach',
  summary:
    'who may connect to whom in a cluster, from manifests to JSON, by workload, by pod, and where half of it is open by class',
  smokeArgs: argsOf(SMOKE),
  fullArgs: argsOf(FULL),
  options: [
    '--namespaces N       namespaces',
    '--pods N             pods, spread over them',
    '--policies N         network policies, spread over them',
    '--replicas N         pods of each Deployment',
  ].join('\n'),
  run: (args) => {
    const option = (value: number) => ({ type: 'string', default: String(value) }) as const
    const { values } = parseArgs({
      args: [...args],
      options: {
        namespaces: option(SMOKE.namespaces),
        pods: option(SMOKE.pods),
        policies: option(SMOKE.policies),
        replicas: option(SMOKE.replicas),
      },
    })
    return runReach({
      namespaces: wholeNumber('namespaces', values.namespaces),
      pods: wholeNumber('pods', values.pods),
      policies: wholeNumber('policies', values.policies),
      replicas: wholeNumber('replicas', values.replicas),
    })
  },
}

function runReach(size: ManifestsSize): BenchmarkResult {
  const module = moduleBeside(import.meta.url, 'reach-part')
  const part = (per: 'workload' | 'pod', document: 'pairs' | 'classes') =>
    runInFreshProcess<PartResult>(module, { ...size, per, document })
  const perWorkload = part('workload', 'pairs')
  const perPod = part('pod', 'pairs')
  const halfOpen = part('workload', 'classes')
  const sum = sumOfCosts([perWorkload, perPod, halfOpen])
  return { benchmark: 'reach', ...size, perWorkload, perPod, halfOpen, ...sum } as BenchmarkResult
}
