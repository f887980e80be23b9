import { erlangB, SECOND } from '@weft/core'
import { expect, it } from 'vitest'
import { natLoad } from './nat-load.ts'

const demand = (connectionsPerS: number, holdS: number) => ({ connectionsPerS, holdPs: holdS * SECOND })

it('shares ports between all destinations, or has them for each where they are overloaded', () => {
  const demands = [demand(10, 5), demand(3, 20)]
  const shared = natLoad({ ports: 100 }, demands)
  expect(shared.offeredErlangs).toBe(110)
  expect(shared.blocking).toBeCloseTo(erlangB(110, 100), 12)
  expect(shared.occupancy).toBeCloseTo(110 * (1 - erlangB(110, 100)), 9)
  const each = natLoad({ ports: 100, overloading: true }, demands)
  expect(each.refusedPerS).toBeCloseTo(10 * erlangB(50, 100) + 3 * erlangB(60, 100), 12)
  expect(each.blocking).toBeCloseTo(each.refusedPerS / 13, 12)
  expect(natLoad({ ports: 5 }, [])).toEqual({ offeredErlangs: 0, blocking: 0, occupancy: 0, refusedPerS: 0 })
})

it('loses more in parts than in one, by the sizes that the parts have', () => {
  const one = natLoad({ ports: 103 }, [demand(90, 1)]).blocking
  const parts = natLoad({ ports: 103, parts: 10 }, [demand(90, 1)])
  expect(parts.blocking).toBeCloseTo((7 * erlangB(9, 10) + 3 * erlangB(9, 11)) / 10, 12)
  expect(parts.blocking).toBeGreaterThan(one)
  expect(() => natLoad({ ports: 3, parts: 4 }, [])).toThrow('3 ports in 4 parts')
})
