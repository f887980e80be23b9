import { fallibleParts, forwards, type NetworkBlueprint, naturalCompare } from '@weft/fabric'
import type { FallibleInput } from '../schema/fallible.ts'
import { list, type Path, type Problems, quote } from './problems.ts'
import type { Risk } from './questions/risks.ts'
import { asList, isPattern, patternOf, spellingsOf } from './selectors/selectors.ts'

interface Component {
  readonly name: string
  readonly kind: NonNullable<FallibleInput['of']>
  readonly tier?: string
  /** Not what is in a server, and not who is on the internet: these are meant by name alone. */
  readonly failsByItself: boolean
}

/** An entry of a list that speaks of some parts. */
export interface Chosen<Value> {
  readonly name: string
  readonly value: Value
  /** Of the entry in its list. */
  readonly index: number
}

/** What entries about failures are called, and what is said of parts that two of them speak of. */
export interface EntryWords {
  /** The list that they stand in. */
  readonly section: string
  /** `an availability`. */
  readonly entry: string
}

/** Links, switches, hosts and groups of risks, for entries that choose among them. */
export class FallibleParts {
  readonly #components: readonly Component[]
  readonly #problems: Problems

  constructor(network: NetworkBlueprint, risks: readonly Risk[], problems: Problems) {
    const { isServer, isSwitch, isLink } = fallibleParts(network)
    this.#components = [
      ...network.nodes.map((node): Component => {
        const { name } = node
        return forwards(node)
          ? { kind: 'switch', name, tier: node.tier, failsByItself: isSwitch(node) }
          : { kind: 'host', name, failsByItself: isServer(node) }
      }),
      ...network.links.map((link): Component => {
        const { name, tier } = link
        return { kind: 'link', name, tier, failsByItself: isLink(link) }
      }),
      ...risks.map(({ name }): Component => ({ kind: 'risk', name, failsByItself: true })),
    ]
    this.#problems = problems
  }

  /** What every part has, in natural order of names; refuses parts that two entries speak of. */
  assign<Input extends FallibleInput, Value>(
    inputs: readonly Input[],
    { section, entry }: EntryWords,
    read: (input: Input, path: Path) => Value,
  ): Chosen<Value>[] {
    const known = new Map<string, Chosen<Value>>()
    inputs.forEach((input, index) => {
      const path = [section, index]
      const value = read(input, path)
      const chosen = this.#choose(input, entry, path)
      const twice = chosen.find(({ name }) => known.has(name))
      if (twice !== undefined)
        this.#problems.refuse(path, `${quote(twice.name)} has ${entry} already; each part has one`)
      for (const { name } of chosen) known.set(name, { name, value, index })
    })
    return [...known.values()].sort((a, b) => naturalCompare(a.name, b.name))
  }

  #choose({ of, tier, name }: FallibleInput, entry: string, path: Path): Component[] {
    const problems = this.#problems
    if ((of === undefined) === (name === undefined)) {
      const found = of === undefined ? 'it has neither' : 'it has both'
      problems.refuse(path, `${entry} takes exactly one of ${list(['of', 'name'])}; ${found}`)
      return []
    }
    if (name !== undefined) {
      if (tier !== undefined) problems.refuseKey([...path, 'tier'], '"tier" goes with "of", not with "name"')
      return asList(name).flatMap((term) => this.#namedBy(term, [...path, 'name']))
    }
    const ofKind = this.#components.filter(({ kind, failsByItself }) => kind === of && failsByItself)
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

  #namedBy(term: string, path: Path): Component[] {
    const spellings = spellingsOf(term)
    const matches = isPattern(term) ? patternOf(term) : (name: string) => spellings.includes(name)
    const found = this.#components.filter(({ name }) => matches(name))
    if (found.length === 0) {
      const names = this.#components.map(({ name }) => name)
      this.#problems.refuse(
        path,
        this.#problems.unknownName('link, switch, host or risk', term, names, 'name a part of the network'),
      )
    }
    return found
  }
}
