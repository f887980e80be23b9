import {
  assignAddresses,
  type FabricParts,
  mergedByName,
  type NodeBlueprint,
  overlaps,
  type Prefix,
  parsePrefix,
} from '@weft/fabric'
import type { RegionInput } from '../../schema/region.ts'
import { DEFAULTS } from '../defaults.ts'
import { type Path, type Problems, quote } from '../problems.ts'
import { asList } from '../selectors/selectors.ts'

/** Regions that take their addresses from the same prefixes. */
interface Pool {
  readonly prefixes: readonly Prefix[]
  readonly path: Path
  readonly regions: string[]
}

/** The nodes of all regions, hosts with their addresses, sorted by name; undefined where prefixes do not do. */
export function addressHosts(
  fabrics: ReadonlyMap<string, FabricParts>,
  regions: Readonly<Record<string, RegionInput>>,
  problems: Problems,
): readonly NodeBlueprint[] | undefined {
  const before = problems.issues.length
  const nodes: NodeBlueprint[][] = []
  for (const { prefixes, path, regions: names } of poolsOf(fabrics, regions, problems)) {
    const own = mergedByName(names.map((name) => fabrics.get(name)!.nodes))
    const addressed = assignAddresses(own, prefixes)
    if (addressed.ok) nodes.push(addressed.nodes)
    else problems.refuse(path, addressed.message)
  }
  return problems.issues.length > before ? undefined : mergedByName(nodes)
}

function poolsOf(
  fabrics: ReadonlyMap<string, FabricParts>,
  regions: Readonly<Record<string, RegionInput>>,
  problems: Problems,
): Pool[] {
  const pools: Pool[] = []
  for (const name of fabrics.keys()) {
    const path = ['regions', name, 'addresses', 'hosts']
    const prefixes = prefixesOf(asList(regions[name]!.addresses?.hosts ?? DEFAULTS.hosts), path, problems)
    const text = prefixes.map((prefix) => prefix.text).join()
    const shared = pools.find((pool) => pool.prefixes.map((prefix) => prefix.text).join() === text)
    if (shared !== undefined) {
      shared.regions.push(name)
      continue
    }
    const clash = pools.find((pool) => pool.prefixes.some((a) => prefixes.some((b) => overlaps(a, b))))
    if (clash !== undefined) refuseOverlap(name, clash.regions[0]!, regions, path, problems)
    pools.push({ prefixes, path, regions: [name] })
  }
  return pools
}

function prefixesOf(texts: readonly string[], path: Path, problems: Problems): Prefix[] {
  const prefixes: Prefix[] = []
  for (const text of texts) {
    const parsed = parsePrefix(text)
    if (!parsed.ok) problems.refuse(path, parsed.message)
    else if (prefixes.some(({ family }) => family === parsed.prefix.family)) {
      problems.refuse(
        path,
        `${quote(text)} is a second ${parsed.prefix.family} prefix; give at most one of each family`,
      )
    } else prefixes.push(parsed.prefix)
  }
  return prefixes
}

function refuseOverlap(
  name: string,
  other: string,
  regions: Readonly<Record<string, RegionInput>>,
  path: Path,
  problems: Problems,
): void {
  const unset = [name, other].find((each) => regions[each]!.addresses?.hosts === undefined)
  const remedy =
    unset === undefined
      ? 'give both regions the same ones, or disjoint ones'
      : `${unset} has the default ${DEFAULTS.hosts}; give it "addresses" of its own`
  problems.refuse(path, `the prefixes overlap with those of ${other}; ${remedy}`)
}
