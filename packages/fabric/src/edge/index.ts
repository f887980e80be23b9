export {
  type AttachedBlueprint,
  type EdgeBlueprint,
  type EdgeNatBlueprint,
  EDGE_PLACES,
  type EdgePlace,
  type InsideServicesBlueprint,
  type PublicServiceBlueprint,
} from './edge-blueprint.ts'
export { edgeIssues } from './edge-issues.ts'
export type { Edges } from './edges.ts'
export { INTERNET_TIER } from './internet-tier.ts'
export type { RegionEdge } from './region-edge.ts'
export type { Translator } from './translator.ts'
