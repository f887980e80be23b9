import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fewLinesOf, linesOf, type WayTable } from './lines.ts'

const tables = fc.integer({ min: 1, max: 6 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    cells: fc.array(fc.constantFrom('', '', 'a', 'b'), {
      minLength: count * count,
      maxLength: count * count,
    }),
    selfless: fc.array(fc.boolean(), { minLength: count, maxLength: count }),
  }),
)

const tableOf = ({ count, cells, selfless }: { count: number; cells: string[]; selfless: boolean[] }) => {
  const way = (from: number, to: number) =>
    cells[from * count + to] === '' || (from === to && selfless[from]) ? undefined : cells[from * count + to]
  return { count, way, isSelfless: (member) => selfless[member]! } satisfies WayTable<string>
}

describe('lines of a table', () => {
  it('say of each pair what the table says', () => {
    fc.assert(
      fc.property(tables, (given) => {
        const table = tableOf(given)
        const said = new Map<string, string>()
        for (const { from, to, way } of linesOf(table)) {
          for (const each of from) {
            for (const other of to) {
              if (each === other && given.selfless[each]) continue
              expect(said.has(`${each} ${other}`)).toBe(false)
              said.set(`${each} ${other}`, way)
            }
          }
        }
        for (let from = 0; from < table.count; from++) {
          for (let to = 0; to < table.count; to++) expect(said.get(`${from} ${to}`)).toBe(table.way(from, to))
        }
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  it('are one where all have the same way to all others', () => {
    const table = { count: 3, way: (from: number, to: number) => (from === to ? undefined : 'all') }
    expect(linesOf(table)).toHaveLength(3)
    expect(linesOf({ ...table, isSelfless: () => true })).toEqual([
      { from: [0, 1, 2], to: [0, 1, 2], way: 'all' },
    ])
  })

  it('have no member that reaches others of its own alone on both sides', () => {
    const way = (from: number, to: number) => (from === 0 && to === 1 ? 'up' : undefined)
    expect(linesOf({ count: 2, way, isSelfless: () => true })).toEqual([{ from: [0], to: [1], way: 'up' }])
  })

  it('are not told where there are more than asked for', () => {
    const table = { count: 4, way: (from: number, to: number) => (from === to ? 'self' : undefined) }
    expect(fewLinesOf(table, 3)).toBeUndefined()
    expect(fewLinesOf(table, 4)).toHaveLength(4)
  })
})
