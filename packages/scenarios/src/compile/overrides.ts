import type { ScenarioData } from '../schema/scenario.ts'

type RunData = NonNullable<ScenarioData['run']>

/** What the command line and `.run()` may set over the scenario's own words: the seed, and all of `run`. */
export type Overrides = {
  readonly seed?: string | number | undefined
  readonly flow?: RunData['flow']
} & {
  readonly [Key in Exclude<keyof RunData, 'flow'>]?: string | undefined
}

/**
 * The data with the overrides in place, not yet checked: unknown keys are the schema's to refuse, and so is data
 * that is no map.
 */
export function withOverrides(data: unknown, { seed, ...run }: Overrides): unknown {
  if (!isMap(data)) return data
  const given = Object.entries(run).filter(([, value]) => value !== undefined)
  const own = data['run']
  const changesRun = given.length > 0 && (own === undefined || isMap(own))
  return {
    ...data,
    ...(seed !== undefined && { seed }),
    ...(changesRun && { run: { ...own, ...Object.fromEntries(given) } }),
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
