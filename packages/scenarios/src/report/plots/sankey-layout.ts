import type { DemandWays } from '../../pictures/demand-ways.ts'
import type { Ribbon } from '../../pictures/station-fold.ts'

export interface PlacedStation {
  readonly column: number
  readonly index: number
  readonly x: number
  readonly y: number
  readonly height: number
}

/** A band from bar to bar; where it passes a column without stopping, through a gap between the stations. */
export interface PlacedRibbon {
  /** Of `ways.ribbons`. */
  readonly index: number
  readonly thickness: number
  /** Upper edges: from x to x, straight within a point and curved between points. */
  readonly points: readonly { readonly left: number; readonly right: number; readonly y: number }[]
}

export interface SankeyLayout {
  readonly stations: readonly PlacedStation[]
  readonly ribbons: readonly PlacedRibbon[]
  readonly width: number
  readonly height: number
}

export interface SankeyFrame {
  readonly width: number
  /** Of all that goes through a column, without the gaps. */
  readonly flowHeight: number
  readonly gap: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bar: number
}

/** A station of a column, or the gap through which a ribbon passes it. */
interface Slot {
  readonly key: string
  readonly size: number
  /** From 0, at the top, to 1. */
  readonly rank: number
  readonly isGap: boolean
}

/** A station is as high as what goes through it; a ribbon is as thick as what it carries. */
export function sankeyLayout(ways: DemandWays, frame: SankeyFrame): SankeyLayout {
  const { columns, ribbons, shownBps } = ways
  const scale = shownBps === 0 ? 0 : frame.flowHeight / shownBps
  const slots = columns.map((_, column) => slotsOf(ways, column, scale))
  const heights = slots.map((own) => heightOf(own, frame.gap))
  const tallest = Math.max(0, ...heights)
  const top = new Map<string, number>()
  slots.forEach((own, column) => {
    let y = frame.top + (tallest - heights[column]!) / 2
    own.forEach(({ key, size }, index) => {
      top.set(key, y)
      y += size + spaceAfter(own, index, frame.gap)
    })
  })
  const step =
    columns.length > 1 ? (frame.width - frame.left - frame.right - frame.bar) / (columns.length - 1) : 0
  const x = (column: number) => frame.left + column * step
  const stations = columns.flatMap((own, column) =>
    own.stations.map(({ bps }, index) => ({
      column,
      index,
      x: x(column),
      y: top.get(stationKey([column, index]))!,
      height: bps * scale,
    })),
  )
  const ends = new RibbonEnds(ribbons, top, scale)
  const drawn = ribbons.map((ribbon, index): PlacedRibbon => {
    const between = Array.from(
      { length: ribbon.to[0] - ribbon.from[0] - 1 },
      (_, i) => ribbon.from[0] + 1 + i,
    )
    return {
      index,
      thickness: ribbon.bps * scale,
      points: [
        {
          left: x(ribbon.from[0]) + frame.bar,
          right: x(ribbon.from[0]) + frame.bar,
          y: ends.leaving[index]!,
        },
        ...between.map((column) => ({
          left: x(column),
          right: x(column) + frame.bar,
          y: top.get(gapKey(column, index))!,
        })),
        { left: x(ribbon.to[0]), right: x(ribbon.to[0]), y: ends.entering[index]! },
      ],
    }
  })
  return { stations, ribbons: drawn, width: frame.width, height: frame.top + tallest + 6 }
}

const stationKey = ([column, index]: readonly [number, number]) => `${column}/${index}`
const gapKey = (column: number, ribbon: number) => `${column}/past ${ribbon}`

/** Stations in their order, and between them the gaps, each about as far down as its ribbon is on the way. */
function slotsOf({ columns, ribbons }: DemandWays, column: number, scale: number): Slot[] {
  const { stations } = columns[column]!
  const own = stations.map(
    ({ bps }, index): Slot => ({
      key: stationKey([column, index]),
      size: bps * scale,
      rank: (index + 0.5) / stations.length,
      isGap: false,
    }),
  )
  const past = ribbons.flatMap(({ from, to, bps }, index): Slot[] => {
    if (from[0] >= column || to[0] <= column) return []
    const rankOf = ([at, station]: readonly [number, number]) =>
      (station + 0.5) / columns[at]!.stations.length
    const along = (column - from[0]) / (to[0] - from[0])
    const rank = (1 - along) * rankOf(from) + along * rankOf(to)
    return [{ key: gapKey(column, index), size: bps * scale, rank, isGap: true }]
  })
  return [...own, ...past].sort((a, b) => a.rank - b.rank)
}

/** Ribbons that pass side by side lie close together. */
function spaceAfter(slots: readonly Slot[], index: number, gap: number): number {
  const next = slots[index + 1]
  if (next === undefined) return 0
  return slots[index]!.isGap && next.isGap ? 1.5 : gap
}

const heightOf = (slots: readonly Slot[], gap: number): number =>
  slots.reduce((sum, { size }, index) => sum + size + spaceAfter(slots, index, gap), 0)

/** Ribbons leave a station in order of where they go, and enter one in order of where they come from: they cross least then. */
class RibbonEnds {
  readonly leaving: readonly number[]
  readonly entering: readonly number[]

  constructor(ribbons: readonly Ribbon[], top: ReadonlyMap<string, number>, scale: number) {
    const next = (index: number) => {
      const { from, to } = ribbons[index]!
      return top.get(to[0] === from[0] + 1 ? stationKey(to) : gapKey(from[0] + 1, index))!
    }
    const last = (index: number) => {
      const { from, to } = ribbons[index]!
      return top.get(to[0] === from[0] + 1 ? stationKey(from) : gapKey(to[0] - 1, index))!
    }
    const stack = (
      endOf: (ribbon: Ribbon) => readonly [number, number],
      along: (index: number) => number,
    ) => {
      const cursor = new Map<string, number>()
      const at = new Array<number>(ribbons.length).fill(0)
      const order = ribbons.map((_, index) => index).sort((a, b) => along(a) - along(b) || a - b)
      for (const index of order) {
        const key = stationKey(endOf(ribbons[index]!))
        at[index] = cursor.get(key) ?? top.get(key)!
        cursor.set(key, at[index] + ribbons[index]!.bps * scale)
      }
      return at
    }
    this.leaving = stack(({ from }) => from, next)
    this.entering = stack(({ to }) => to, last)
  }
}
