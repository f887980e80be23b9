import { MS } from '@weft/core'
import { Meter } from '../harness.ts'
import { OpenLoop, W1 } from '../w1/open-loop.ts'

export interface AllocationResult {
  readonly hops: number
  /** Growth of the heap, nothing having been collected. */
  readonly bytesAllocated: number
  readonly bytesPerHop: number
  /** What of it was still reachable at the end. */
  readonly bytesRetained: number
}

/** Time for code to be compiled and tables to reach their size. */
const WARMUP_MS = 2
const HOPS_PER_MS = 1_332_000

const { hops: wanted } = JSON.parse(process.argv[2]!) as { hops: number }
const endMs = WARMUP_MS + Math.ceil(wanted / HOPS_PER_MS)
const workload = new OpenLoop({ ...W1, ms: endMs + 1 })
const meter = new Meter()
meter.measure(() => workload.sim.run(WARMUP_MS * MS))
globalThis.gc!()
const before = { heap: process.memoryUsage().heapUsed, hops: workload.hops }
meter.measure(() => workload.sim.run(endMs * MS))
const bytesAllocated = process.memoryUsage().heapUsed - before.heap
const hops = workload.hops - before.hops
globalThis.gc!()
const bytesRetained = process.memoryUsage().heapUsed - before.heap
const result = {
  benchmark: 'allocation',
  hops,
  bytesAllocated,
  bytesPerHop: bytesAllocated / hops,
  bytesRetained,
}
process.stdout.write(JSON.stringify({ ...result, ...meter.costs }))
