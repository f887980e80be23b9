import type { RunningController, WorkerCounts } from '@weft/fabric'
import { InstantLog } from './instant-log.ts'

/** What became of the requests to one controller in a time, and what its replicas did. */
export interface IngressCounts {
  /** That ended. */
  readonly requests: number
  /** Of these, with an answer of a backend, or one that the rules give. */
  readonly answered: number
  /** By replica. */
  readonly workers: readonly WorkerCounts[]
}

/** The ingress controllers of a run, and what they counted between marked instants. */
export class IngressRecords {
  readonly controllers: readonly RunningController[]
  readonly #log = new InstantLog<readonly IngressCounts[]>()

  constructor(controllers: readonly RunningController[]) {
    this.controllers = controllers
  }

  markInstant(atPs: number): void {
    const counts = this.controllers.map(({ books, queues }) => ({
      requests: books.total(),
      answered: books.total('served') + books.total('answered'),
      workers: queues.map((queue) => queue.counts()),
    }))
    this.#log.mark(atPs, counts)
  }

  between(controller: number, fromPs: number, toPs: number): IngressCounts {
    const [before, after] = [this.#log.at(fromPs)![controller]!, this.#log.at(toPs)![controller]!]
    return {
      requests: after.requests - before.requests,
      answered: after.answered - before.answered,
      workers: after.workers.map((counts, replica) => since(counts, before.workers[replica]!)),
    }
  }
}

const since = (after: WorkerCounts, before: WorkerCounts): WorkerCounts => ({
  served: after.served - before.served,
  refused: after.refused - before.refused,
  busyPs: after.busyPs - before.busyPs,
  waitedPs: after.waitedPs - before.waitedPs,
})
