/** What the command line and `.run()` may set over the scenario's own words; texts as in the file. */
export interface Overrides {
  readonly clock?: string
  readonly seed?: string
  readonly for?: string
}

/** The data with the overrides in place, not yet checked. Data that is no map is left for the schema to refuse. */
export function withOverrides(data: unknown, { clock, seed, for: length }: Overrides): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data
  const { run } = data as { run?: unknown }
  const changes = { ...(clock !== undefined && { clock }), ...(length !== undefined && { for: length }) }
  const isMap = typeof run === 'object' && run !== null && !Array.isArray(run)
  const newRun =
    Object.keys(changes).length === 0
      ? {}
      : { run: run === undefined || isMap ? { ...run, ...changes } : run }
  return { ...data, ...(seed !== undefined && { seed }), ...newRun }
}
