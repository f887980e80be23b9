import { randomStream } from '@weft/core'
import type { ListedFlow } from '../peers/flow-files.ts'

const JITTER_NS = 100

/**
 * The same flows, each begun up to 100 ns later: a change that nobody would call another workload. What it moves in a
 * percentile is how far chance reaches.
 */
export function jittered(flows: readonly ListedFlow[], seed: string): ListedFlow[] {
  const stream = randomStream(seed, 'jitter')
  return flows.map((flow) => ({ ...flow, startNs: flow.startNs + stream.int(JITTER_NS + 1) }))
}
