import type { RandomStream } from '@weft/core'

const MEAN_PS = 1e9

/** By how much later each new event is, in picoseconds; the name says what makes it hard for a calendar. */
export const distributions: Readonly<Record<string, (random: RandomStream) => number>> = {
  exponential,
  uniform: (random) => random.next() * 2 * MEAN_PS,
  /** Everything at one instant, then everything at the next. */
  equal: () => MEAN_PS,
  /** Many events at few distinct instants. */
  instants: (random) => (1 + random.int(5)) * MEAN_PS,
  /** A dense head, and a dense cluster far ahead of it. */
  bimodal: (random) => (random.next() < 0.9 ? random.next() * 1e6 : 100 * MEAN_PS + random.next() * MEAN_PS),
  /** A sparse head, and nearly everything in a cluster far ahead. */
  'far-cluster': (random) =>
    random.next() < 0.1 ? random.next() * 1e6 : 100 * MEAN_PS + random.next() * MEAN_PS,
  /** Pareto with index 1.1: no width fits all. */
  skewed: (random) => 1e6 * Math.min(1e6, (1 - random.next()) ** (-1 / 1.1)),
  /** Dense clusters with long gaps between. */
  clustered: (random) => (1 + random.int(10)) * MEAN_PS + random.next() * 1e4,
  /** Ten decades, all as frequent. */
  'log-uniform': (random) => 10 ** (2 + random.next() * 10),
  /** Packet hops of 0.1 to 5 us with many ties, and a few timers of milliseconds to a second. */
  network: (random) =>
    random.next() < 0.97
      ? (1 + random.int(50)) * 1e5
      : random.next() < 0.8
        ? 1e9 * (1 + random.next())
        : 1e12,
}

function exponential(random: RandomStream): number {
  return -Math.log(1 - random.next()) * MEAN_PS
}
