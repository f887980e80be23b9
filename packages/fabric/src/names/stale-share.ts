/** How long answers are kept. */
export interface KeepingTimes {
  /** By the resolver, so that none of its clients has one for longer, but for `keptPs`. */
  readonly ttlPs: number
  /** By clients whatever their resolver said, from when they asked. */
  readonly keptPs: number
}

/**
 * The share of lookups that are answered with old records between two instants after they changed, where each resolver had
 * an answer when they did and its age was uniform: at time t after the change 1 - t/T, on the average of the interval.
 * Clients that keep answers for F after they asked draw from T and F both: P(U(0, T) + U(0, F) > t).
 */
export function staleShare({ ttlPs, keptPs }: KeepingTimes, fromPs: number, toPs: number): number {
  if (fromPs >= ttlPs + keptPs) return 0
  if (toPs <= fromPs) return aliveAfter(ttlPs, keptPs, fromPs)
  return (excess(ttlPs, keptPs, fromPs) - excess(ttlPs, keptPs, toPs)) / (toPs - fromPs)
}

const positive = (value: number): number => Math.max(0, value)

/** P(U(0, T) + U(0, F) > t). */
function aliveAfter(a: number, b: number, t: number): number {
  if (a === 0 || b === 0) return a + b === 0 ? 0 : Math.min(1, positive(a + b - t) / (a + b))
  const square = (x: number) => positive(x) ** 2
  return (square(a + b - t) - square(a - t) - square(b - t) + square(-t)) / (2 * a * b)
}

/** E[(U(0, T) + U(0, F) - t)+], the integral of `aliveAfter` from t on. */
function excess(a: number, b: number, t: number): number {
  const longest = a + b
  if (a === 0 || b === 0)
    return longest === 0 ? 0 : (positive(longest - t) ** 2 - positive(-t) ** 2) / (2 * longest)
  const cube = (x: number) => positive(x) ** 3
  return (cube(longest - t) - cube(a - t) - cube(b - t) + cube(-t)) / (6 * a * b)
}
