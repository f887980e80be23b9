import { describe, expect, test } from 'vitest'
import type { DemandWays } from '../../pictures/demand-ways.ts'
import { bullet } from './bullet.ts'
import { type HeatMap, heatMap } from './heat-map.ts'
import { linePlot } from './line-plot.ts'
import { sankey } from './sankey.ts'
import { sankeyLayout } from './sankey-layout.ts'
import { shortened } from './text.ts'
import { type StripBar, utilizationStrip } from './utilization-strip.ts'

const HOSTILE = '"\'><script>alert(1)</script><img src=x onerror=alert(1)>&'
const KILOBYTE = 1024

const map = (more: Partial<HeatMap>): HeatMap => ({
  id: 'map',
  title: 'a → b',
  rows: ['r0', 'r1'],
  columns: ['c0', 'c1', 'c2'],
  values: [0, 0.05, 0.95, null, 1, 7],
  kind: 'share',
  rowTitle: 'a',
  columnTitle: 'b',
  ...more,
})

/** How many rectangles each step of the ramp has. */
const cellsOf = (text: string): Record<string, number> =>
  Object.fromEntries(
    [...text.matchAll(/<path class="f(\d)" d="([^"]*)"/g)].map(([, step, d]) => [
      step,
      d!.split('M').length - 1,
    ]),
  )

describe('a heat map', () => {
  test('has a cell for every value in the colour of its tenth; beyond the end the last one', () => {
    const { html, reading } = heatMap(map({}))
    expect(cellsOf(html.text)).toEqual({ 0: 2, 9: 3 })
    expect(reading).toMatchObject({ values: [0, 0.05, 0.95, null, 1, 7], rows: ['r0', 'r1'] })
    expect(html.text).toContain('blank: none')
    expect(html.text).toContain('100% and more')
    expect(html.text).toContain('highest 700% at r1, c2')
  })

  test('of rates is coloured up to the highest', () => {
    const { html } = heatMap(map({ kind: 'rate', values: [0, 1e9, 2e9, 3e9, 4e9, 5e9] }))
    expect(cellsOf(html.text)).toEqual({ 0: 1, 2: 1, 4: 1, 6: 1, 8: 1, 9: 1 })
    expect(html.text).toContain('5Gbps')
  })

  test('of nothing says so', () => {
    for (const values of [[], [null]]) {
      const { html, reading } = heatMap(map({ rows: [], columns: [], values }))
      expect(html.text).toContain('Nothing to show.')
      expect(reading).toBeNull()
    }
  })

  test('escapes names', () => {
    const names = { title: HOSTILE, note: HOSTILE, rowTitle: HOSTILE, columnTitle: HOSTILE, flag: HOSTILE }
    const { html } = heatMap(map({ ...names, rows: [HOSTILE, HOSTILE], columns: [HOSTILE, 'b', HOSTILE] }))
    expect(html.text).not.toMatch(/<script|<img/)
  })

  test('of 64 by 64 cells is small', () => {
    const names = Array.from({ length: 64 }, (_, i) => `switch-${i}`)
    const values = Array.from({ length: 64 * 64 }, (_, i) => (i % 97) / 97)
    const { html, reading } = heatMap(map({ rows: names, columns: names, values }))
    expect(Object.values(cellsOf(html.text)).reduce((a, b) => a + b)).toBe(64 * 64)
    expect(html.text.length + JSON.stringify(reading).length).toBeLessThan(150 * KILOBYTE)
  })
})

const ways = (label: string): DemandWays => {
  const station = (bps: number, isLost = false) => ({ label, members: 1, bps, isLost })
  return {
    totalBps: 10,
    shownBps: 10,
    pairs: 2,
    pairsShown: 2,
    columns: [
      { title: 'from', stations: [station(6), station(4)] },
      { title: 'via', stations: [station(5), station(2)] },
      { title: 'to', stations: [station(9), station(1, true)] },
    ],
    ribbons: [
      { from: [0, 0], to: [1, 0], bps: 5 },
      { from: [0, 0], to: [2, 1], bps: 1 },
      { from: [0, 1], to: [1, 1], bps: 2 },
      { from: [0, 1], to: [2, 0], bps: 2 },
      { from: [1, 0], to: [2, 0], bps: 5 },
      { from: [1, 1], to: [2, 0], bps: 2 },
    ],
  }
}

describe('ribbons of demand', () => {
  const frame = { width: 500, flowHeight: 100, gap: 10, left: 50, right: 50, top: 20, bar: 10 }
  const layout = sankeyLayout(ways('x'), frame)

  test('stations are as high as what goes through them, and do not overlap', () => {
    const heights = layout.stations.map(({ height }) => height)
    expect(heights).toEqual([60, 40, 50, 20, 90, 10])
    for (const column of [0, 1, 2]) {
      const [first, second] = layout.stations.filter((station) => station.column === column)
      expect(second!.y).toBeGreaterThanOrEqual(first!.y + first!.height + frame.gap)
    }
    for (const { y, height } of layout.stations) expect(y + height).toBeLessThanOrEqual(layout.height)
  })

  test('ribbons fill each side of a station without overlapping', () => {
    const { ribbons } = ways('x')
    for (const { column, index, y, height } of layout.stations) {
      for (const [end, at] of [
        ['from', 0],
        ['to', -1],
      ] as const) {
        const own = layout.ribbons
          .filter((ribbon) => ribbons[ribbon.index]![end].join() === [column, index].join())
          .map(({ points, thickness }) => [points.at(at)!.y, points.at(at)!.y + thickness] as const)
          .sort((a, b) => a[0] - b[0])
        if (own.length === 0) continue
        expect(own[0]![0]).toBeCloseTo(y, 9)
        expect(own.at(-1)![1]).toBeCloseTo(y + height, 9)
        for (const [i, [start]] of own.slice(1).entries()) expect(start).toBeCloseTo(own[i]![1], 9)
      }
    }
  })

  test('a ribbon passes a column that it does not stop at between its stations', () => {
    const passing = layout.ribbons.filter(({ points }) => points.length === 3)
    expect(passing).toHaveLength(2)
    const between = layout.stations.filter(({ column }) => column === 1)
    for (const { points, thickness } of passing)
      for (const { y, height } of between)
        expect(points[1]!.y + thickness <= y || points[1]!.y >= y + height).toBe(true)
  })

  test('escape names, and say when there is nothing', () => {
    expect(sankey(ways(HOSTILE), HOSTILE).text).not.toMatch(/<script|<img/)
    const nothing = { totalBps: 0, shownBps: 0, pairs: 0, pairsShown: 0, columns: [], ribbons: [] }
    expect(sankey(nothing, 'x').text).toContain('No demand to follow.')
  })
})

describe('the strip of utilisations', () => {
  const bar = (utilization: number, more: Partial<StripBar> = {}): StripBar => ({
    name: HOSTILE,
    alike: 1,
    utilization,
    worst: null,
    ...more,
  })
  const limits = [{ text: HOSTILE, at: 0.8, isDashed: false }]
  const wideOf = (text: string) =>
    text.slice(text.indexOf('viewBox="0 0 1100'), text.indexOf('viewBox="0 0 348'))
  const heightsOf = (text: string) =>
    [...wideOf(text).matchAll(/<rect class="f\d"[^>]*height="([\d.]+)"/g)].map(([, height]) => Number(height))

  test('a bar for each, the fullest first, as high as its utilisation on an axis to 100 %', () => {
    const { text } = utilizationStrip({ bars: [bar(0.25), bar(0.5)], limits })
    const [first, second] = heightsOf(text)
    expect(first! / second!).toBeCloseTo(2, 2)
    expect(text).not.toMatch(/<script|<img/)
  })

  test('those that are alike are as wide as they are many, and a worse failure is marked', () => {
    const bars = [bar(0.5, { alike: 30, worst: 0.9 }), bar(0.25, { alike: 10, worst: 0.25 })]
    const wide = wideOf(utilizationStrip({ bars, limits }).text)
    expect(wide.match(/class="worst"/g)).toHaveLength(30)
    expect(heightsOf(utilizationStrip({ bars, limits }).text)).toHaveLength(40)
  })

  test('an axis ends above the highest', () => {
    expect(utilizationStrip({ bars: [bar(2.3)], limits }).text).toContain('250%')
  })

  test('without links says so', () =>
    expect(utilizationStrip({ bars: [], limits }).text).toContain('no links'))

  test('of 10,000 resources is small, and its fullest bar is the fullest resource', () => {
    const bars = Array.from({ length: 10_000 }, (_, i) =>
      bar(((i * 7919) % 10_000) / 10_000, { worst: 0.99 }),
    )
    const { text } = utilizationStrip({ bars, limits })
    expect(Math.max(...heightsOf(text)) / (260 - 16 - 30)).toBeCloseTo(0.9999, 2)
    expect(text.length).toBeLessThan(150 * KILOBYTE)
  })
})

describe('bars in cells', () => {
  test.each([
    [{ value: 0.5, max: 1 }, 'width:50.0%'],
    [{ value: 3, max: 1.5 }, 'width:100.0%'],
    [{ value: -1, max: 1 }, 'width:0.0%'],
    [{ value: 0.2, behind: 0.6, max: 1 }, 'width:60.0%'],
    [{ value: 0.9, limits: [0.8], max: 1 }, 'class="over"'],
    [{ value: 0.9, limits: [0.8], max: 1 }, 'left:80.0%'],
  ])('%j', (options, text) => expect(bullet(options).text).toContain(text))
})

test('lines escape what they are called', () => {
  const axis = { min: 0, max: 1, print: (value: number) => String(value) }
  const { text } = linePlot({
    id: 'plot',
    title: HOSTILE,
    summary: HOSTILE,
    note: HOSTILE,
    lines: [
      {
        name: HOSTILE,
        points: [
          [0, 0],
          [1, 1],
        ],
        colour: 0,
      },
    ],
    limits: [{ at: 0.5, text: HOSTILE }],
    points: [{ at: [0.5, 0.5], text: HOSTILE, colour: 0 }],
    x: { ...axis, name: HOSTILE },
    y: axis,
  })
  expect(text).not.toMatch(/<script|<img/)
})

test.each([
  ['short', 10, 'short'],
  ['ord1/leaf-0/host-17', 10, 'ord…ost-17'],
  ['', 4, ''],
])('a name cut short keeps its end: %s', (name, most, cut) => {
  expect(shortened(name, most)).toBe(cut)
  expect([...shortened(name, most)].length).toBeLessThanOrEqual(Math.max(most, cut.length))
})
