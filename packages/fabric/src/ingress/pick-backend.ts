import type { RandomStream } from '@weft/core'
import type { WeightedBackend } from './ingress-blueprint.ts'

/** Sum of weights: what a draw for `backendAt` is less than. 0 where no backend takes any request. */
export const weightSum = (backends: readonly WeightedBackend[]): number =>
  backends.reduce((sum, { weight }) => sum + weight, 0)

/** The backend at a place of the weights laid end to end, from 0 to less than their sum. */
export function backendAt(backends: readonly WeightedBackend[], place: number): string | undefined {
  let end = 0
  for (const { backend, weight } of backends) {
    end += weight
    if (place < end) return backend
  }
  return undefined
}

/** One backend in proportion to weights; undefined for one that does not exist. No draw where all weigh nothing. */
export function pickBackend(backends: readonly WeightedBackend[], stream: RandomStream): string | undefined {
  const sum = weightSum(backends)
  return sum === 0 ? undefined : backendAt(backends, stream.int(sum))
}
