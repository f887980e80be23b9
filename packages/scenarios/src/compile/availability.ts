import { type NetworkBlueprint, naturalCompare } from '@weft/fabric'
import type { AvailabilityInput } from '../schema/availability.ts'
import { list, type Path, type Problems, quote } from './problems.ts'
import type { Risk } from './risks.ts'
import { asList, isPattern, patternOf, spellingsOf } from './selectors.ts'

/** How often one part of the network is down. */
export interface ComponentAvailability {
  /** Of a link, a switch, a host or a group of `risks`. */
  readonly name: string
  /** Share of time, 0 to 1, in which it is down. */
  readonly unavailability: number
}

interface Component {
  readonly name: string
  readonly kind: NonNullable<AvailabilityInput['of']>
  readonly tier?: string
}

/** One entry per part, in natural order; refuses parts that two entries speak of. */
export function compileAvailability(
  inputs: readonly AvailabilityInput[],
  network: NetworkBlueprint,
  risks: readonly Risk[],
  problems: Problems,
): ComponentAvailability[] {
  if (inputs.length === 0) return []
  const components = componentsOf(network, risks)
  const known = new Map<string, number>()
  inputs.forEach((input, index) => {
    const path = ['availability', index]
    const unavailability = unavailabilityOf(input, path, problems)
    const chosen = choose(input, components, path, problems)
    const twice = chosen.find(({ name }) => known.has(name))
    if (twice !== undefined)
      problems.refuse(path, `${quote(twice.name)} has an availability already; each part has one`)
    for (const { name } of chosen) known.set(name, unavailability)
  })
  return [...known]
    .map(([name, unavailability]) => ({ name, unavailability }))
    .sort((a, b) => naturalCompare(a.name, b.name))
}

function componentsOf({ nodes, links }: NetworkBlueprint, risks: readonly Risk[]): Component[] {
  return [
    ...nodes.map((node): Component => {
      const { kind, name } = node
      return node.kind === 'switch' ? { kind, name, tier: node.tier } : { kind, name }
    }),
    ...links.map(({ name, tier }): Component => ({ kind: 'link', name, tier })),
    ...risks.map(({ name }): Component => ({ kind: 'risk', name })),
  ]
}

function unavailabilityOf({ mtbf, mttr, up }: AvailabilityInput, path: Path, problems: Problems): number {
  if (up !== undefined && mtbf === undefined && mttr === undefined) return 1 - up
  if (up === undefined && mtbf !== undefined && mttr !== undefined) return mttr / (mtbf + mttr)
  problems.refuse(path, 'an availability takes "mtbf" and "mttr" together, or "up" alone')
  return 0
}

function choose(
  { of, tier, name }: AvailabilityInput,
  components: readonly Component[],
  path: Path,
  problems: Problems,
): Component[] {
  if ((of === undefined) === (name === undefined)) {
    const found = of === undefined ? 'it has neither' : 'it has both'
    problems.refuse(path, `an availability takes exactly one of ${list(['of', 'name'])}; ${found}`)
    return []
  }
  if (name !== undefined) {
    if (tier !== undefined) problems.refuseKey([...path, 'tier'], '"tier" goes with "of", not with "name"')
    return asList(name).flatMap((term) => namedBy(term, components, [...path, 'name'], problems))
  }
  const ofKind = components.filter(({ kind }) => kind === of)
  const chosen = tier === undefined ? ofKind : ofKind.filter((each) => each.tier === tier)
  if (chosen.length > 0) return chosen
  const tiers = [...new Set(ofKind.flatMap((each) => each.tier ?? []))]
  if (tier === undefined || tiers.length === 0) {
    const where = tier === undefined ? [...path, 'of'] : [...path, 'tier']
    problems.refuse(where, tier === undefined ? `there is no ${of} here` : `a ${of} has no tier; remove it`)
  } else
    problems.refuse(
      [...path, 'tier'],
      problems.unknownName('tier', tier, tiers, `it is ${list(tiers, 'or')}`),
    )
  return []
}

function namedBy(
  term: string,
  components: readonly Component[],
  path: Path,
  problems: Problems,
): Component[] {
  const spellings = spellingsOf(term)
  const matches = isPattern(term) ? patternOf(term) : (name: string) => spellings.includes(name)
  const found = components.filter(({ name }) => matches(name))
  if (found.length === 0) {
    const names = components.map(({ name }) => name)
    problems.refuse(
      path,
      problems.unknownName('link, switch, host or risk', term, names, 'name a part of the network'),
    )
  }
  return found
}
