import type { NetworkBlueprint } from '@weft/fabric'
import { type ExpectInput, METRICS, type Metric } from '../schema/expect.ts'
import type { SizeRange } from '../schema/size-range.ts'
import { list, type Path, type Problems, quote, unknownName } from './problems.ts'
import { asList, patternOf } from './selectors.ts'

/** Absent: no restriction. */
export interface ExpectationFilter {
  readonly traffic?: string
  readonly sizes?: SizeRange
  readonly reason?: string
  /** Names of links, both directions. */
  readonly links?: readonly string[]
  /** Names of switches, whose transmit queues alone count. */
  readonly switches?: readonly string[]
}

export interface FilterContext {
  readonly network: NetworkBlueprint
  readonly traffic: readonly { readonly name: string; readonly isStream: boolean }[]
}

export function compileFilter(
  input: ExpectInput,
  context: FilterContext,
  path: Path,
  problems: Problems,
): ExpectationFilter {
  const { of, sizes, reason, tier, link, switch: switches } = input as FilterInput
  checkTraffic(input.metric, of, context, path, problems)
  const links = compileLinks(tier, link, context.network, path, problems)
  return {
    ...(of !== undefined && { traffic: of }),
    ...(sizes !== undefined && { sizes }),
    ...(reason !== undefined && { reason }),
    ...(links !== undefined && { links }),
    ...(switches !== undefined && {
      switches: selectNames('switch', switches, switchNames(context.network), [...path, 'switch'], problems),
    }),
  }
}

interface FilterInput {
  readonly of?: string
  readonly sizes?: SizeRange
  readonly reason?: string
  readonly tier?: string
  readonly link?: string | string[]
  readonly switch?: string | string[]
}

/** The traffic is there, and of the kind that the metric measures. */
function checkTraffic(
  metric: Metric,
  name: string | undefined,
  { traffic }: FilterContext,
  path: Path,
  problems: Problems,
): void {
  const at = [...path, 'of']
  const named = traffic.find((each) => each.name === name)
  if (name !== undefined && named === undefined) {
    const names = traffic.map((each) => each.name)
    const expected = names.length === 0 ? 'the scenario has no traffic' : `the traffic is ${list(names)}`
    problems.refuse(at, unknownName('traffic', name, names, expected))
  } else if (metric.startsWith('stream.') && !(named?.isStream ?? traffic.some(({ isStream }) => isStream))) {
    if (named === undefined) problems.refuse(path, `${metric} measures streams, and the scenario has none`)
    else
      problems.refuse(
        at,
        `${metric} measures streams, and ${quote(named.name)} is of flows; ${streamsIn(traffic)}`,
      )
  } else if (metric.startsWith('flow.') && named?.isStream === true) {
    problems.refuse(
      at,
      `${metric} measures flows, and ${quote(named.name)} is a stream; use ${list(STREAM_METRICS, 'or')}`,
    )
  }
}

function streamsIn(traffic: FilterContext['traffic']): string {
  const streams = traffic.filter(({ isStream }) => isStream).map(({ name }) => name)
  return streams.length === 0 ? 'the scenario has no stream' : `name ${list(streams, 'or')}`
}

const STREAM_METRICS = METRICS.filter((metric) => metric.startsWith('stream.'))

function compileLinks(
  tier: string | undefined,
  link: string | string[] | undefined,
  network: NetworkBlueprint,
  path: Path,
  problems: Problems,
): string[] | undefined {
  if (tier === undefined && link === undefined) return undefined
  const tiers = [...new Set(network.links.map((each) => each.tier))]
  if (tier !== undefined && !tiers.includes(tier)) {
    problems.refuse(
      [...path, 'tier'],
      unknownName('tier', tier, tiers, `links are of tier ${list(tiers, 'or')}`),
    )
  }
  const candidates = network.links
    .filter((each) => tier === undefined || each.tier === tier)
    .map((each) => each.name)
  return link === undefined ? candidates : selectNames('link', link, candidates, [...path, 'link'], problems)
}

const switchNames = (network: NetworkBlueprint) =>
  network.nodes.filter((node) => node.kind === 'switch').map((node) => node.name)

function selectNames(
  what: string,
  selector: string | readonly string[],
  names: readonly string[],
  path: Path,
  problems: Problems,
): string[] {
  const chosen = new Set<string>()
  asList(selector).forEach((term) => {
    const matching = names.filter(patternOf(term))
    for (const name of matching) chosen.add(name)
    if (matching.length > 0) return
    const example =
      names.length === 0 ? `there is no ${what} here` : `they are named as in ${quote(names[0]!)}`
    problems.refuse(path, unknownName(what, term, names, example))
  })
  return names.filter((name) => chosen.has(name))
}
