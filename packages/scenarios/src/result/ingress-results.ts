import type { RunningController } from '@weft/fabric'
import type { IngressRecords } from '../run/ingress-records.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import type { IngressResult, ReplicaResult } from './ingress.ts'

const EVENTS_MAX = 1000

export function ingressResults(run: ScenarioRun): IngressResult[] {
  const { ingress } = run.clock
  return ingress?.controllers.map((each, index) => ingressResult(each, index, ingress, run)) ?? []
}

function ingressResult(
  controller: RunningController,
  index: number,
  records: IngressRecords,
  run: ScenarioRun,
): IngressResult {
  const { blueprint, books, certificates } = controller
  const all = records.between(index, 0, run.nowPs)
  return {
    controller: blueprint.name,
    requests: {
      ended: Math.round(all.requests),
      answered: Math.round(all.answered),
      counts: books.counts().map(({ rule = null, backend = null, outcome, requests }) => ({
        rule,
        backend,
        outcome,
        requests: Math.round(requests),
      })),
    },
    handshakes: { whole: Math.round(books.wholeHandshakes), resumed: Math.round(books.resumedHandshakes) },
    replicas: controller.queues.map((_, replica) => replicaResult(controller, replica, index, records, run)),
    certificates: {
      ...certificates.counts(),
      events: certificates.events.slice(0, EVENTS_MAX),
      eventsOmitted: Math.max(0, certificates.events.length - EVENTS_MAX),
    },
  }
}

function replicaResult(
  { blueprint, queues }: RunningController,
  replica: number,
  controller: number,
  records: IngressRecords,
  { scenario, nowPs, clock }: ScenarioRun,
): ReplicaResult {
  const { warmupPs, forPs } = scenario.run
  const spanPs = Math.min(forPs, nowPs) - warmupPs
  const { workers, waitingPeak } = queues[replica]!
  const { served, refused, waitedPs } = records.between(controller, 0, nowPs).workers[replica]!
  const { busyPs } = records.between(controller, warmupPs, Math.max(warmupPs, forPs)).workers[replica]!
  return {
    name: blueprint.replicas[replica]!,
    workers,
    utilization: spanPs > 0 ? busyPs / (spanPs * workers) : null,
    served: Math.round(served),
    refused: Math.round(refused),
    waitMeanPs: served > 0 ? waitedPs / served : null,
    waitingPeak: clock.steady === undefined ? waitingPeak : null,
  }
}
