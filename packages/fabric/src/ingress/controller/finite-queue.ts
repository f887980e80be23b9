import { erlangB } from '@weft/core'

/** Workers behind a queue that has an end, in the long run. */
export interface FiniteQueueLoad {
  /** Share of jobs that find the queue full. */
  readonly refused: number
  /** Workers that are busy, and jobs that wait, on the mean. */
  readonly busy: number
  readonly waiting: number
}

/** Shares of a sum below this do not change it. */
const TINY = 1e-17

/**
 * Jobs that come at random (Poisson) and last exponentially, to workers behind a queue of so many places (M/M/c/K, K = c + places): with the
 * state in which all workers are busy and nobody waits taken as 1, those below add up to 1/B, with B of Erlang, and each one that waits takes
 * another factor of load over workers. Source: L. Kleinrock, Queueing Systems I, 1975, §3.6.
 */
export function finiteQueueLoad(erlangs: number, workers: number, waitingMax: number): FiniteQueueLoad {
  if (erlangs === 0) return { refused: 0, busy: 0, waiting: 0 }
  const ratio = erlangs / workers
  const below = 1 / erlangB(erlangs, workers)
  // counted from the likelier end, so that no term overflows
  const isOver = ratio > 1
  const step = isOver ? 1 / ratio : ratio
  let [term, sum, weighted, steps] = [1, 0, 0, 0]
  for (; steps <= waitingMax && term > TINY * sum; steps++) {
    sum += term
    weighted += steps * term
    term *= step
  }
  const full = isOver ? 1 : step ** waitingMax
  const idle = (below - 1) * (isOver ? step ** waitingMax : 1)
  const all = idle + sum
  const waiting = (isOver ? waitingMax * sum - weighted : weighted) / all
  const refused = full / all
  return { refused, busy: erlangs * (1 - refused), waiting }
}
