import type { FlowRun } from '../../src/clocks/flow/flow-run.ts'
import type { PacketRun } from '../../src/clocks/packet/packet-run.ts'

/** What the first replica of the only controller does after `warmPs`: mean waits of requests and the share of time at work, by batches. */
export function replicaWork(
  run: PacketRun | FlowRun,
  { warmPs, stopPs, batches }: { readonly warmPs: number; readonly stopPs: number; readonly batches: number },
) {
  const queue = run.ingress!.controllers[0]!.queues[0]!
  const waitsPs: number[] = []
  const busy: number[] = []
  run.sim.run(warmPs)
  let before = queue.counts()
  const batchPs = (stopPs - warmPs) / batches
  for (let batch = 1; batch <= batches; batch++) {
    run.sim.run(warmPs + batch * batchPs)
    const counts = queue.counts()
    waitsPs.push((counts.waitedPs - before.waitedPs) / (counts.served - before.served))
    busy.push((counts.busyPs - before.busyPs) / batchPs / queue.workers)
    before = counts
  }
  return { waitsPs, busy }
}
