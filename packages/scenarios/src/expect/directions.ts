import type { Expectation } from '../compile/questions/expect.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'

/** Indices of the directions that the filter lets through: of these links, sent by these switches. */
export function directionsOf({ filter }: Expectation, run: ScenarioRun): number[] {
  const { links } = run.engine.network.topology
  const allowedLinks = filter.links === undefined ? undefined : new Set(filter.links)
  const allowedSwitches = filter.switches === undefined ? undefined : new Set(filter.switches)
  return run.links.directions.flatMap(({ link, from }, index) => {
    const fits = (allowedLinks?.has(links[link]!.name) ?? true) && (allowedSwitches?.has(from) ?? true)
    return fits ? [index] : []
  })
}
