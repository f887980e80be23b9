import type { Issue } from '@weft/core'

/** External ports, or identifiers, from the first to the last of them. */
export type PortRange = readonly [from: number, to: number]

export const PORT_MAX = 65_535

/** What is wrong with a list of ranges, each issue's path beginning with `path`. */
export function portRangesIssues(
  ranges: readonly PortRange[],
  path: readonly (string | number)[],
): readonly Issue[] {
  return ranges.flatMap(([from, to], i) => {
    const isPort = (port: number) => Number.isInteger(port) && port >= 0 && port <= PORT_MAX
    if (isPort(from) && isPort(to) && from <= to) return []
    const message = `got the ports ${from} to ${to}, expected whole numbers from 0 to ${PORT_MAX}, the lower one first`
    return [{ path: [...path, i], message }]
  })
}

/** The same ports in order, in as few ranges as will do, without those that are reserved. */
export function usablePorts(
  ranges: readonly PortRange[],
  reserved: readonly PortRange[] = [],
): readonly PortRange[] {
  const usable: [number, number][] = []
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = usable.at(-1)
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else usable.push([from, to])
  }
  return reserved.reduce<readonly PortRange[]>(without, usable)
}

/** How many ports these are; the ranges must not overlap. */
export function portCount(ranges: readonly PortRange[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)
}

function without(ranges: readonly PortRange[], [cutFrom, cutTo]: PortRange): readonly PortRange[] {
  return ranges.flatMap(([from, to]): readonly PortRange[] => {
    if (cutTo < from || cutFrom > to) return [[from, to]]
    const left: PortRange[] = cutFrom > from ? [[from, cutFrom - 1]] : []
    return cutTo < to ? [...left, [cutTo + 1, to]] : left
  })
}
