import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { naturalCompare, sortedByName } from './natural-order.ts'

describe('naturalCompare', () => {
  it.each([
    ['leaf-2', 'leaf-10'],
    ['ord1/leaf-1/host-9', 'ord1/leaf-10/host-0'],
    ['ord1/leaf-1', 'ord1/leaf-1/host-0'],
    ['ord1/leaf-9', 'ord1/spine-0'],
    ['a-1', 'a-1#2'],
    ['a-01', 'a-1'],
    ['a-1', 'a-02'],
    ['', 'a'],
    ['a9007199254740993', 'a9007199254740994'],
  ])('%s comes before %s', (before, after) => {
    expect(naturalCompare(before, after)).toBeLessThan(0)
    expect(naturalCompare(after, before)).toBeGreaterThan(0)
  })

  const name = fc.string({ unit: fc.constantFrom('a', '-', '0', '1', '9', '/'), maxLength: 8 })

  it('is a total order', () => {
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(naturalCompare(a, b) === 0).toBe(a === b)
        expect(Math.sign(naturalCompare(a, b)) + Math.sign(naturalCompare(b, a))).toBe(0)
        const [x, y, z] = [a, b, c].sort(naturalCompare) as [string, string, string]
        expect(naturalCompare(x, z)).toBeLessThanOrEqual(0)
        expect(naturalCompare(x, y)).toBeLessThanOrEqual(0)
        expect(naturalCompare(y, z)).toBeLessThanOrEqual(0)
      }),
    )
  })
})

describe('sortedByName', () => {
  it('leaves its input alone', () => {
    const given = [{ name: 'leaf-10' }, { name: 'leaf-2' }]
    expect(sortedByName(given).map((item) => item.name)).toEqual(['leaf-2', 'leaf-10'])
    expect(given[0]!.name).toBe('leaf-10')
  })
})
