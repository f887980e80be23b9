/** What becomes of a workload while a network runs, as nodes on the way see it: one byte. A host that is none RUNS. */
export type WorkloadState = typeof RUNS | typeof GONE | typeof STARTS

export const RUNS = 0
/** It has no interface: what comes for it is lost. */
export const GONE = 1
/** Its address is there, and nobody listens: its kernel refuses what comes. Nothing of its own is sent. */
export const STARTS = 2
