import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_ROW } from './expiry-lists.ts'
import { StateTable } from './state-table.ts'
import { NaiveStateTable } from './state-table.oracle.ts'
import { NO_KEY } from './tuple-index.ts'

const TIMEOUTS_PS = [3, 10, 25, Infinity]
const timeoutClass = fc.nat({ max: TIMEOUTS_PS.length - 1 })
const tuple = fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.constantFrom(-1, 7), fc.constant(6))

const operation = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ps: fc.nat({ max: 6 }) }),
  fc.record({ kind: fc.constant('insert' as const), tuples: fc.tuple(tuple, tuple), timeoutClass }),
  fc.record({ kind: fc.constant('refresh' as const), tuple, timeoutClass }),
  fc.record({ kind: fc.constant('remove' as const), tuple }),
)

describe('StateTable', () => {
  it('answers like a list of rows after any history, at every instant', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(operation, { minLength: 20, maxLength: 200 }),
        (capacity, operations) => {
          const clock = { now: 0 }
          const table = new StateTable(clock, { capacity, timeoutsPs: TIMEOUTS_PS, tuplesPerRow: 2 })
          const oracle = new NaiveStateTable(capacity, TIMEOUTS_PS)
          for (const step of operations) {
            if (step.kind === 'wait') {
              clock.now += step.ps
              oracle.advance(clock.now)
              continue
            }
            if (step.kind === 'insert') {
              const [one, other] = step.tuples
              const isTaken = [one, other].some((words) => table.find(...words) !== NO_KEY)
              expect(isTaken).toBe([one, other].some((words) => oracle.find(words.join()) !== undefined))
              if (isTaken || one.join() === other.join()) continue
              const row = table.insert(step.timeoutClass)
              const isIn = oracle.insert(row, [one.join(), other.join()], clock.now, step.timeoutClass)
              expect(row !== NO_ROW).toBe(isIn)
              if (!isIn) continue
              table.setTuple(row, 0, ...one)
              table.setTuple(row, 1, ...other)
              continue
            }
            const key = table.find(...step.tuple)
            const name = oracle.find(step.tuple.join())
            expect(key === NO_KEY ? undefined : key >> 1).toBe(name)
            if (name === undefined) continue
            if (step.kind === 'refresh') {
              table.refresh(name, step.timeoutClass)
              oracle.refresh(name, clock.now, step.timeoutClass)
            } else {
              table.remove(name)
              oracle.remove(name, clock.now)
            }
          }
          const { size, peak, inserted, expired, removed, refused, mean } = table.counts()
          expect({ size, peak, inserted, expired, removed, refused }).toEqual({
            size: oracle.rows.length,
            peak: oracle.peak,
            inserted: oracle.inserted,
            expired: oracle.expired,
            removed: oracle.removed,
            refused: oracle.refused,
          })
          expect(mean).toBeCloseTo(clock.now === 0 ? size : oracle.rowPs(clock.now) / clock.now, 9)
          const rows: number[] = []
          table.forEach((row) => void rows.push(row))
          expect(rows).toEqual(oracle.rows.map(({ name }) => name).sort((a, b) => a - b))
          for (const row of rows)
            expect(table.expiryOf(row)).toBe(oracle.rows.find((r) => r.name === row)!.expiryPs)
        },
      ),
      { numRuns: 1000 },
    )
  })
})
