import type { ScenarioData } from '../schema/scenario.ts'

type RegionData = ScenarioData['regions'][string]
type FabricData = RegionData['fabric']
type Overrides = NonNullable<FabricData['overrides']>

/** A region: its fabric, routing and addresses, as in the scenario file. */
export const region = (data: RegionData): RegionData => data

/** Two tiers, every leaf linked to every spine. Overrides make some links different. */
export function leafSpine(options: NonNullable<FabricData['leafSpine']>, overrides?: Overrides): FabricData {
  return withOverrides({ leafSpine: options }, overrides)
}

/** The three-tier fat-tree of k-port switches. */
export function fatTree(options: NonNullable<FabricData['fatTree']>, overrides?: Overrides): FabricData {
  return withOverrides({ fatTree: options }, overrides)
}

/** Any graph, link by link. */
export function graph(options: NonNullable<FabricData['graph']>, overrides?: Overrides): FabricData {
  return withOverrides({ graph: options }, overrides)
}

const withOverrides = (fabric: FabricData, overrides: Overrides | undefined): FabricData =>
  overrides === undefined ? fabric : { ...fabric, overrides }
