import { SECOND } from '@weft/core'
import type { SteadyLoads } from './steady-loads.ts'

const FULL = 1 - 1e-9

/**
 * Mean time that a packet waits at each direction before its transmission begins, in picoseconds, by Pollaczek and
 * Khinchine's formula λ E[S²] / (2 (1 - ρ)) for M/G/1; Infinity where a direction is full. It assumes that packets arrive
 * at random (Poisson) and independently, that sizes are independent, and that no queue is short of room. Traffic of
 * windows and bursts waits longer; traffic that links upstream of the same rate have spaced out waits less. Second moments
 * are those of the classes' packet sizes.
 */
export function queueingDelaysPs({ arrivingBps, arrivingSquaredBits, rateBps }: SteadyLoads): Float64Array {
  return rateBps.map((rate, direction) => {
    const utilization = arrivingBps[direction]! / rate
    // what full directions upstream let through fills one of the same rate but for roundings
    if (utilization >= FULL) return Infinity
    // λ E[S²], with S the bits of a packet over the rate
    const work = arrivingSquaredBits[direction]! / (rate * rate)
    return (work / (2 * (1 - utilization))) * SECOND
  })
}
