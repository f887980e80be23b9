import type { PoolKind } from '@weft/fabric'
import { type ExpectInput, METRICS, type Metric } from '../../schema/expect.ts'
import type { SizeRange } from '../../schema/size-range.ts'
import type { NetworkNames } from '../selectors/network-names.ts'
import { list, type Path, type Problems, quote } from '../problems.ts'
import type { RunPlan } from '../run.ts'

/** Absent: no restriction. */
export interface ExpectationFilter {
  readonly traffic?: string
  readonly sizes?: SizeRange
  readonly reason?: string
  /** Names of links, both directions. */
  readonly links?: readonly string[]
  /** Names of switches, whose transmit queues alone count. */
  readonly switches?: readonly string[]
  /** Names of hosts that have pools; absent: those of a region. */
  readonly hosts?: readonly string[]
  /** Absent: of every kind. */
  readonly pool?: PoolKind
}

export interface FilterContext {
  readonly run: RunPlan
  readonly names: NetworkNames
  readonly traffic: readonly { readonly name: string; readonly isStream: boolean }[]
}

export function compileFilter(
  input: ExpectInput,
  context: FilterContext,
  path: Path,
  problems: Problems,
): ExpectationFilter {
  const { of, sizes, reason, tier, link, switch: switches, host, pool } = input as FilterInput
  checkTraffic(input.metric, of, context, path, problems)
  const links = compileLinks(tier, link, context.names, path, problems)
  return {
    ...(of !== undefined && { traffic: of }),
    ...(sizes !== undefined && { sizes }),
    ...(reason !== undefined && { reason }),
    ...(links !== undefined && { links }),
    ...(switches !== undefined && {
      switches: context.names.switches.select(switches, [...path, 'switch'], problems),
    }),
    ...(input.metric === 'pool.evicted' && compileRemembering(host, context, path, problems)),
    ...(input.metric === 'pool.refused' &&
      (pool?.startsWith('nat-')
        ? checkNat(host, context, path, problems)
        : { hosts: compileHosts(host, pool, context, path, problems) })),
    ...(pool !== undefined && { pool }),
  }
}

interface FilterInput {
  readonly of?: string
  readonly sizes?: SizeRange
  readonly reason?: string
  readonly tier?: string
  readonly link?: string | string[]
  readonly switch?: string | string[]
  readonly host?: string | string[]
  readonly pool?: PoolKind
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
    problems.refuse(at, problems.unknownName('traffic', name, names, expected))
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

/** NAT is a region's. */
function checkNat(
  host: string | string[] | undefined,
  { names }: FilterContext,
  path: Path,
  problems: Problems,
): Record<never, never> {
  if (host !== undefined)
    problems.refuse([...path, 'host'], 'NAT is of a region, not of hosts; remove "host"')
  if (!names.hasNat) problems.refuse([...path, 'pool'], 'no region translates addresses; give one "nat"')
  return {}
}

/** Hosts whose tables of session affinity count; absent: every place's. */
function compileRemembering(
  host: string | string[] | undefined,
  { names }: FilterContext,
  path: Path,
  problems: Problems,
): Pick<ExpectationFilter, 'hosts' | 'pool'> {
  if (!names.remembersClients)
    problems.refuse(
      [...path, 'metric'],
      'no service has sessionAffinity: ClientIP in its manifest, so that no table of its clients is kept',
    )
  const pool = 'session-affinity'
  return host === undefined
    ? { pool }
    : { pool, hosts: names.hosts.select(host, [...path, 'host'], problems) }
}

/** Hosts whose pools count; those without one have nothing to measure. */
function compileHosts(
  host: string | string[] | undefined,
  pool: PoolKind | undefined,
  { names, run }: FilterContext,
  path: Path,
  problems: Problems,
): readonly string[] {
  const at = host === undefined ? path : [...path, 'host']
  const { hosts, limits, tables } = names
  const chosen = host === undefined ? hosts.names : hosts.select(host, at, problems)
  const limited = pool === 'connection-tracking' ? [] : chosen.filter((name) => limits.has(name))
  const having = pool === 'connections' ? [] : chosen.filter((name) => tables.has(name))
  if (limited.length + having.length === 0 && chosen.length > 0) {
    const none = host === undefined ? 'no host' : 'none of these hosts'
    const message =
      pool === 'connection-tracking'
        ? `${none} keeps a table of connections; hosts do that workloads of "kubernetes" run on`
        : `${none} limits the connections that it accepts; give "connections" to the fabric`
    problems.refuse(at, message)
  }
  const unknown = limited.find((name) => limits.get(name)!.holdingPs === undefined)
  if (run.clock === 'steady' && unknown !== undefined) {
    problems.refuse(
      at,
      `how long connections of ${unknown} last is not said, and the steady clock cannot tell; give "holding" to its "connections"`,
    )
  }
  return [...new Set([...limited, ...having])]
}

function compileLinks(
  tier: string | undefined,
  link: string | string[] | undefined,
  names: NetworkNames,
  path: Path,
  problems: Problems,
): readonly string[] | undefined {
  if (tier === undefined && link === undefined) return undefined
  const { tiers } = names
  if (tier !== undefined && !tiers.includes(tier)) {
    problems.refuse(
      [...path, 'tier'],
      problems.unknownName('tier', tier, tiers, `links are of tier ${list(tiers, 'or')}`),
    )
  }
  const candidates = names.links(tier)
  return link === undefined ? candidates.names : candidates.select(link, [...path, 'link'], problems)
}
