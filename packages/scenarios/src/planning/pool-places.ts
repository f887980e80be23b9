import { type PoolDemand, poolLoad, poolRoom, poolSizeFor } from '@weft/fabric'
import { dayAfter, yearsUntil } from './growth-dates.ts'
import type { PoolPlan, PoolQuestion } from './pools.ts'

/** What is asked of so many places. */
export interface PlacesDemand {
  readonly size: number
  /** By group of demands that grow alike. */
  readonly groups: readonly (readonly PoolDemand[])[]
  /** Places that are held all the time, however demands grow. */
  readonly standing: number
}

export type PlacesPlan = Pick<
  PoolPlan,
  | 'offeredErlangs'
  | 'utilization'
  | 'blocking'
  | 'standing'
  | 'headroomErlangs'
  | 'growth'
  | 'years'
  | 'date'
  | 'needed'
>

/** How full places are, and when they pass their limit. */
export function planPlaces(
  { size, groups, standing }: PlacesDemand,
  perYear: readonly number[],
  { growth, from, limit }: PoolQuestion,
): PlacesPlan {
  const demands = groups.flat()
  const { offeredErlangs, blocking, standingLost } = poolLoad(size, demands, standing)
  // who stays for ever fits or does not, however little else comes
  const room = standingLost > limit ? 0 : poolRoom(size, demands, limit, standing)
  const parts = groups.map((group) => 1 / poolRoom(size, group, limit, standing))
  const years = room === Infinity ? null : room === 0 ? 0 : yearsUntil(parts, perYear, 1)
  return {
    offeredErlangs,
    utilization: offeredErlangs / size,
    blocking: Math.max(blocking, standingLost),
    standing,
    headroomErlangs:
      room === Infinity
        ? null
        : standingLost > 0
          ? size - standing
          : (room - 1) * (offeredErlangs - standing),
    growth: room === Infinity ? null : room,
    years,
    date: years === null || from === undefined ? null : dayAfter(from, years),
    needed: poolSizeFor(times(demands, growth), limit, standing),
  }
}

const times = (demands: readonly PoolDemand[], factor: number): PoolDemand[] =>
  demands.map(({ erlangs, retries }) => ({ erlangs: factor * erlangs, retries }))
