/**
 * What recorders read the time from: a Simulation is one. Times in a field do not get boxed as parameters do.
 */
export interface Clock {
  readonly now: number
}
