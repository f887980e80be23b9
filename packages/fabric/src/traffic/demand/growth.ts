import { ConfigError, exp, ln } from '@weft/core'
import type { DemandMatrix } from './demand-matrix.ts'

/** Growth as parts per year: 0.3 is 30 % more each year, -0.1 is 10 % less. Above -1. */
export interface Growth {
  /** Of demands that no other entry names. */
  readonly perYear: number
  /** By the name of their class, instead. */
  readonly byClass?: Readonly<Record<string, number>>
  /** By pair of hosts, instead of either. */
  readonly byPair?: readonly {
    readonly source: number
    readonly destination: number
    readonly perYear: number
  }[]
}

/** Demands after this many years, fractions allowed: bits, packets and connections alike times (1 + growth) to that power. */
export function grownDemand(demands: DemandMatrix, growth: Growth, years: number): DemandMatrix {
  checkGrowth(demands, growth, years)
  const factorOf = (perYear: number) => exp(years * ln(1 + perYear))
  const byClass = demands.classes.map(({ name }) => factorOf(growth.byClass?.[name] ?? growth.perYear))
  const byPair = new Map(
    growth.byPair?.map(({ source, destination, perYear }) => [`${source}/${destination}`, factorOf(perYear)]),
  )
  const factors = Float64Array.from(demands.source, (source, i) => {
    const own = byPair.size === 0 ? undefined : byPair.get(`${source}/${demands.destination[i]}`)
    return own ?? byClass[demands.classOf[i]!]!
  })
  return scaledDemand(demands, factors)
}

/** Every entry times its factor, or all times one. */
export function scaledDemand(demands: DemandMatrix, factor: number | Float64Array): DemandMatrix {
  const scaled = (column: Float64Array) =>
    column.map((value, i) => value * (typeof factor === 'number' ? factor : factor[i]!))
  return {
    ...demands,
    ipBps: scaled(demands.ipBps),
    packetsPerSecond: scaled(demands.packetsPerSecond),
    connectionsPerSecond: scaled(demands.connectionsPerSecond),
  }
}

function checkGrowth({ classes }: DemandMatrix, growth: Growth, years: number): void {
  const issues: { path: (string | number)[]; message: string }[] = []
  const check = (path: (string | number)[], perYear: number) => {
    if (!(perYear > -1 && perYear < Infinity))
      issues.push({ path, message: `is ${perYear}, expected parts per year above -1, such as 0.3 for 30 %` })
  }
  check(['perYear'], growth.perYear)
  for (const [name, perYear] of Object.entries(growth.byClass ?? {})) {
    check(['byClass', name], perYear)
    if (!classes.some((each) => each.name === name)) {
      const known = classes.map((each) => each.name).join(', ')
      issues.push({ path: ['byClass', name], message: `unknown class "${name}"; the demands have ${known}` })
    }
  }
  for (const [i, { perYear }] of (growth.byPair ?? []).entries()) check(['byPair', i, 'perYear'], perYear)
  if (!(Math.abs(years) < Infinity))
    issues.push({ path: ['years'], message: `is ${years}, expected a number` })
  if (issues.length > 0) throw new ConfigError(issues)
}
