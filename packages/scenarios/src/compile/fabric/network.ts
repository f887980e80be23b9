import { type FabricParts, mergedByName, type NetworkBlueprint, naturalCompare } from '@weft/fabric'
import type { RegionInput } from '../../schema/region.ts'
import { addressHosts } from './addresses.ts'
import { limitConnections } from './connections.ts'
import { checkConnected } from './connectivity.ts'
import { DEFAULTS, LIMITS } from '../defaults.ts'
import { compileFabric } from './fabric.ts'
import { counted, type Problems } from '../problems.ts'
import { checkWeights } from './weights.ts'

/** All regions as one network; undefined where any was refused. */
export function compileNetwork(
  regions: Readonly<Record<string, RegionInput>>,
  problems: Problems,
): NetworkBlueprint | undefined {
  const names = Object.keys(regions).sort(naturalCompare)
  if (names.length === 0) problems.refuse(['regions'], 'there is no region; a scenario needs at least one')
  const before = problems.issues.length
  const fabrics = new Map<string, FabricParts>()
  let links = 0
  for (const name of names) {
    const path = ['regions', name, 'fabric']
    const parts = compileFabric(name, regions[name]!.fabric, path, problems)
    if (parts === undefined) continue
    // the other generators make connected fabrics alone
    if (regions[name]!.fabric.graph !== undefined) checkConnected(parts, path, problems)
    checkWeights(parts, path, problems)
    fabrics.set(name, parts)
    links += parts.links.length
    if (links > LIMITS.links) {
      problems.refuse(
        path,
        `with this region there are ${counted(links)} links in all; at most ${counted(LIMITS.links)} fit`,
      )
      return undefined
    }
  }
  const routing = commonRouting(regions, names, problems)
  if (problems.issues.length > before) return undefined
  const nodes = addressHosts(fabrics, regions, problems)
  if (nodes === undefined) return undefined
  const network = { nodes, links: mergedByName([...fabrics.values()].map((parts) => parts.links)), routing }
  return { ...network, nodes: limitConnections(network, regions, problems) }
}

/** One routing for all regions, as they make one network. */
function commonRouting(
  regions: Readonly<Record<string, RegionInput>>,
  names: readonly string[],
  problems: Problems,
) {
  const routings = names.map((name) => {
    const { detection, convergence } = regions[name]!.routing ?? {}
    return {
      detectionPs: detection ?? DEFAULTS.routing.detectionPs,
      convergencePs: convergence ?? DEFAULTS.routing.convergencePs,
    }
  })
  const [first = DEFAULTS.routing] = routings
  routings.forEach(({ detectionPs, convergencePs }, index) => {
    if (detectionPs === first.detectionPs && convergencePs === first.convergencePs) return
    const path = ['regions', names[index]!, 'routing']
    problems.refuse(
      path,
      `the routing differs from ${names[0]}'s; regions with routing of their own are not available yet`,
    )
  })
  return first
}
