/** Requests per second of every pair in traffic that is made up, unless it is said otherwise. */
export const PAIR_RATE_DEFAULT = 100
