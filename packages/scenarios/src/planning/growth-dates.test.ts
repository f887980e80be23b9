import { describe, expect, it } from 'vitest'
import { parseGrowth } from './growth.ts'
import { dayAfter, yearsUntil } from './growth-dates.ts'

describe('years until a limit', () => {
  it.each<[string, number[], number[], number, number | null]>([
    ['1.4 times at 40 %', [100], [0.4], 140, 1],
    ['1.96 times at 40 %', [100], [0.4], 196, 2],
    ['doubling at 100 %', [1], [1], 1024, 10],
    ['no growth', [100], [0], 140, null],
    ['reached already', [100], [0.4], 100, 0],
    ['passed already', [100], [0.4], 90, 0],
    ['not within a century', [1], [0.01], 3, null],
    // 50 · 1.5² + 100 = 212.5
    ['a part that grows and one that does not', [50, 100], [0.5, 0], 212.5, 2],
    // 10 · 2³ + 8 · 1.5³ = 107
    ['two that grow differently', [10, 8], [1, 0.5], 107, 3],
  ])('%s', (_name, amounts, perYear, limit, years) => {
    const found = yearsUntil(amounts, perYear, limit)
    if (years === null) expect(found).toBeNull()
    else expect(found).toBeCloseTo(years, 10)
  })
})

describe('the day so many years after another', () => {
  it.each<[string, number, string]>([
    ['2026-01-31', 0, '2026-01-31'],
    ['2026-01-31', 1, '2027-01-31'],
    ['2026-01-01', 0.5, '2026-07-02'], // 182.5 days
    ['2024-01-01', 0.5, '2024-07-02'], // 183 days of a leap year
    ['2026-07-01', 2.25, '2028-09-30'], // 91.25 days after 2028-07-01
    ['2024-02-29', 1, '2025-03-01'],
    ['2026-01-31', 1.9999999999, '2028-01-31'],
    ['2026-12-31', 1 / 365, '2027-01-01'],
    ['2026-12-31', 0.999 / 365, '2026-12-31'],
  ])('%s and %f years', (from, years, day) => expect(dayAfter(from, years)).toBe(day))
})

describe('growth as people write it', () => {
  it.each<[string | number, number | string]>([
    ['3x', 3],
    ['1.5 x', 1.5],
    ['2×', 2],
    [2.5, 2.5],
    ['3', '"3" needs an x; did you mean 3x?'],
    ['200%', '"200%" is no growth; expected times today\'s demand, such as 3x'],
    ['0x', '"0x" is out of range; expected more than 0x and at most 1000000x'],
    [Number.NaN, 'null is out of range; expected more than 0x and at most 1000000x'],
    ['', '"" is no growth; expected times today\'s demand, such as 3x'],
  ])('%s', (text, expected) => expect(parseGrowth(text)).toBe(expected))
})
