import { type NetworkBlueprint, naturalCompare } from '@weft/fabric'
import type { RisksInput } from '../../schema/risks.ts'
import { NameScan } from '../selectors/name-scan.ts'
import type { Problems } from '../problems.ts'
import { asList, isPattern, spellingsOf } from '../selectors/selectors.ts'

/** Links and nodes that fail together, by name; each list in natural order. */
export interface Risk {
  readonly name: string
  readonly links: readonly string[]
  readonly nodes: readonly string[]
}

/** Groups in natural order of their names. Refuses members that are not there. */
export function compileRisks(input: RisksInput, network: NetworkBlueprint, problems: Problems): Risk[] {
  const names = Object.keys(input).sort(naturalCompare)
  if (names.length === 0) return []
  const links = new Set(network.links.map(({ name }) => name))
  const nodes = new Set(network.nodes.map(({ name }) => name))
  const all = [...nodes, ...links]
  const scan = new NameScan(all)
  return names.map((name) => {
    const members = new Set<string>()
    asList(input[name]!).forEach((term, index) => {
      const found = isPattern(term)
        ? scan.select(term)
        : spellingsOf(term).filter((each) => links.has(each) || nodes.has(each))
      for (const member of found) members.add(member)
      if (found.length > 0) return
      const path = typeof input[name] === 'string' ? ['risks', name] : ['risks', name, index]
      const example = 'names look like "ord1/spine-0" or "ord1/leaf-0:ord1/spine-0"'
      problems.refuse(path, problems.unknownName('link, switch or host', term, all, example))
    })
    const sorted = [...members].sort(naturalCompare)
    return {
      name,
      links: sorted.filter((member) => links.has(member)),
      nodes: sorted.filter((member) => nodes.has(member)),
    }
  })
}
