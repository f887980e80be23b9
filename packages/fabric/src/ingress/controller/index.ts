export { askedAt } from './asked-at.ts'
export type * from './controller-blueprint.ts'
export type { Exchange as RequestExchange, RequestOutcome } from './exchange.ts'
export * from './controller-load.ts'
export { IngressBooks, type RequestCount } from './ingress-books.ts'
export { certificatesOf } from './certificates-of.ts'
export * from './expected-requests.ts'
export { type FiniteQueueLoad, finiteQueueLoad } from './finite-queue.ts'
export { PacketIngress } from './packet-ingress.ts'
export {
  type ReplicaBooks,
  type RequestBooks,
  type RunningController,
  RunningIngress,
} from './running-ingress.ts'
export { OWN_ANSWER_BYTES } from './server-side.ts'
export { originOfTraffic, passedOnBy, withUpstream } from './upstream-traffic.ts'
export { type WorkerCounts, WorkerQueue } from './worker-queue.ts'
