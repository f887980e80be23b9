import { ConfigError, nearest } from '@weft/core'
import { Network, type NetworkBlueprint, NetworkSymmetry, type Topology } from '@weft/fabric'
import type { Risk } from '../compile/questions/risks.ts'
import { patternOf } from '../compile/selectors/selectors.ts'
import { type FailureSet, failureSets, groupSets, setsOf } from './failure-sets.ts'
import { hoseLabel, hoseLimits, type HoseOptions } from './hose.ts'
import { PackingSolver } from './packing.ts'
import type { Coverage, WorstCase, WorstDirection } from './result.ts'
import { type Found, WorstCaseSearch } from './search.ts'

export interface WorstCaseOptions extends HoseOptions {
  /** Names or patterns of links; absent: all links. */
  readonly links?: readonly string[]
  /**
   * Up to how many parts may have failed, and of which kind: `link`, `switch`, `host`, `risk`, or one tier of a kind, such as
   * `link/fabric`. Absent: none.
   */
  readonly any?: { readonly count: number; readonly of: string }
  /** Links and nodes that fail together, for `any: { of: 'risk' }`. */
  readonly risks?: readonly Risk[]
  /** IP bytes of all packets, which decide what framing adds; absent: 1500. */
  readonly packetBytes?: number
  /** Ends the search at the next failure set; the answer is then partial. */
  readonly signal?: AbortSignal
  /** Called after every failure set. */
  readonly onProgress?: (progress: { readonly done: number; readonly sets: number }) => void
}

const FAILURES_MAX = 4
const RISK = 'risk'
/** Wall time after which others get a turn: for progress and for Ctrl-C. */
const SLICE_MS = 50

/**
 * Of all traffic that keeps every host's and site's limits, that which loads each link most, exactly: a linear programme
 * per class of directions that symmetry tells apart, and per failure set. Routing has converged on what is up.
 * Throws ConfigError on names that select nothing, and on more failure sets than can be looked at.
 */
export async function worstCase(
  blueprint: NetworkBlueprint,
  options: WorstCaseOptions = {},
): Promise<WorstCase> {
  const { packetBytes = 1500, any = { count: 0, of: 'link' }, risks = [] } = options
  checkNumbers(packetBytes, any.count)
  const network = new Network(blueprint)
  const { topology } = network
  const family = familyOf(network)
  const hose = hoseLimits(network, family, packetBytes, options)
  const links = linksOf(topology, options.links)
  const groups = any.count > 0 && any.of === RISK ? risks : undefined
  const symmetry = symmetryOf(topology, (node) => hoseLabel(hose, node), links, groups ?? [])
  const { candidates, sets } =
    groups === undefined
      ? setsOfParts(topology, symmetry, any)
      : setsOfRisks(topology, symmetry, groups, any.count)
  const solver = await PackingSolver.load()
  try {
    const input = { network, symmetry, links, hose, family, packetBytes, solver }
    const search = new WorstCaseSearch(input, sets[0]!.least)
    const setsRouted = await visitAll(search, sets, options)
    const covered: Coverage = {
      hosts: topology.nodes.filter(({ kind }) => kind === 'host').length,
      links: topology.links.length,
      directions: 2 * links.length,
      failures: any.count,
      of: any.of,
      sets: setsOf(candidates, any.count),
      setsRouted,
      solved: solver.solved,
      bounded: search.bounded,
    }
    const assumptions = assumptionsOf(family, packetBytes)
    return { ...answerOf(topology, search, covered, setsRouted < sets.length), assumptions, packetBytes }
  } finally {
    solver.free()
  }
}

/** How many parts may fail, and the sets of them to look at. */
interface Failing {
  readonly candidates: number
  readonly sets: readonly FailureSet[]
}

function setsOfParts(
  topology: Topology,
  symmetry: NetworkSymmetry,
  { count, of }: { readonly count: number; readonly of: string },
): Failing {
  const candidates = count === 0 ? [] : candidatesOf(topology, symmetry, of)
  return { candidates: candidates.length, sets: failureSets(symmetry, candidates, count) }
}

/** Groups are told apart by name, so that every symmetry keeps each as a whole. */
function setsOfRisks(
  topology: Topology,
  symmetry: NetworkSymmetry,
  risks: readonly Risk[],
  count: number,
): Failing {
  if (risks.length === 0) {
    const message = 'there are no risks; name groups of links and nodes that fail together under "risks"'
    throw new ConfigError([{ path: ['of'], message }])
  }
  const groups = risks.map(({ name, links, nodes }) => ({
    name,
    members: [
      ...links.map((link) => symmetry.vertexOfLink(topology.linkIndex(link))),
      ...nodes.map((node) => symmetry.vertexOfNode(topology.nodeIndex(node))),
    ],
  }))
  return { candidates: groups.length, sets: groupSets(symmetry, groups, count) }
}

/** Vertices of the parts that may fail. */
function candidatesOf(topology: Topology, symmetry: NetworkSymmetry, of: string): number[] {
  const [kind, tier] = of.split('/') as [string, string?]
  const parts =
    kind === 'link'
      ? topology.links.map(({ tier: own }, link) => ({ own, vertex: symmetry.vertexOfLink(link) }))
      : topology.nodes.flatMap((node, index) => {
          const own = node.kind === 'switch' ? node.tier : undefined
          return node.kind === kind ? [{ own, vertex: symmetry.vertexOfNode(index) }] : []
        })
  const chosen = parts.filter(({ own }) => tier === undefined || own === tier)
  if (chosen.length > 0) return chosen.map(({ vertex }) => vertex)
  const tiers = [...new Set(parts.flatMap(({ own }) => own ?? []))]
  const message = !['link', 'switch', 'host'].includes(kind)
    ? `unknown kind "${kind}"; expected link, switch, host or risk, or a tier of one, such as link/fabric`
    : tiers.length > 0
      ? `there is no ${kind} of tier "${tier}"; tiers are ${tiers.join(', ')}`
      : `there is no ${of}`
  throw new ConfigError([{ path: ['of'], message }])
}

/** How many it came to before the signal; the first, with everything up, is always looked at. */
async function visitAll(
  search: WorstCaseSearch,
  sets: readonly FailureSet[],
  { signal, onProgress }: WorstCaseOptions,
): Promise<number> {
  let sinceMs = performance.now()
  for (const [done, set] of sets.entries()) {
    if (done > 0 && signal?.aborted === true) return done
    search.visit(set)
    onProgress?.({ done: done + 1, sets: sets.length })
    if (performance.now() - sinceMs < SLICE_MS) continue
    await new Promise((resolve) => setTimeout(resolve, 0))
    sinceMs = performance.now()
  }
  return sets.length
}

function checkNumbers(packetBytes: number, count: number): void {
  if (!(packetBytes >= 1 && packetBytes <= 65_535)) {
    const message = `is ${packetBytes}, expected 1 to 65535 bytes`
    throw new ConfigError([{ path: ['packetBytes'], message }])
  }
  if (!(Number.isInteger(count) && count >= 0 && count <= FAILURES_MAX)) {
    const message = `is ${count}, expected how many may fail at a time, 0 to ${FAILURES_MAX}`
    throw new ConfigError([{ path: ['any'], message }])
  }
}

/** The family in which every host has an address, IPv4 first. */
function familyOf(network: Network): 'ipv4' | 'ipv6' {
  const hosts = network.topology.nodes.filter(({ kind }) => kind === 'host')
  const family = (['ipv4', 'ipv6'] as const).find((each) =>
    hosts.every(({ name }) => network.addressOf(name, each) !== undefined),
  )
  if (family !== undefined && hosts.length >= 2) return family
  const message =
    hosts.length < 2
      ? `there are ${hosts.length}, expected 2 or more`
      : 'have no family of addresses in common; give all an IPv4 or all an IPv6 address'
  throw new ConfigError([{ path: ['hosts'], message }])
}

function linksOf({ links }: Topology, patterns: readonly string[] | undefined): number[] {
  if (patterns === undefined) return links.map((_, link) => link)
  const chosen = patterns.flatMap((pattern) => {
    const matches = patternOf(pattern)
    const found = links.flatMap(({ name }, link) => (matches(name) ? [link] : []))
    if (found.length > 0) return found
    const names = links.map(({ name }) => name)
    const hint = nearest(pattern, names)
    const help = hint === undefined ? `links are named as in "${names[0]}"` : `did you mean "${hint}"?`
    throw new ConfigError([{ path: ['link'], message: `unknown link "${pattern}"; ${help}` }])
  })
  return [...new Set(chosen)].sort((a, b) => a - b)
}

/** Links that are asked about stand for each other alone, and so do members of the same risks. */
function symmetryOf(
  topology: Topology,
  labelOfHost: (node: number) => string,
  chosen: readonly number[],
  risks: readonly Risk[],
): NetworkSymmetry {
  const risksOf = new Map<string, string>()
  for (const { name, links, nodes } of risks)
    for (const member of [...links, ...nodes])
      risksOf.set(member, `${risksOf.get(member) ?? ''} risk ${name}`)
  const asked = new Set(chosen.map((link) => topology.links[link]!.name))
  const labelOf = (name: string) =>
    topology.hasNode(name) ? labelOfHost(topology.nodeIndex(name)) : asked.has(name) ? 'asked' : ''
  return new NetworkSymmetry(topology, {
    labelOf: (name) => `${labelOf(name)}${risksOf.get(name) ?? ''}`,
  })
}

function answerOf(
  topology: Topology,
  search: WorstCaseSearch,
  covered: Coverage,
  partial: boolean,
): Omit<WorstCase, 'assumptions' | 'packetBytes'> {
  const rateOf = ({ direction }: Found) => topology.links[direction >> 1]!.rateBps
  const found = [...search.found.values()].sort((a, b) => b.loadBps / rateOf(b) - a.loadBps / rateOf(a))
  const name = (node: number) => topology.nodes[node]!.name
  const witness = (found[0]?.witness ?? []).map(({ source, destination, ipBps }) => ({
    from: name(source),
    to: name(destination),
    rateBps: ipBps,
  }))
  return {
    schema: 1,
    clock: 'steady',
    directions: found.map((each) => directionOf(topology, each)),
    witness,
    covered,
    partial,
  }
}

function directionOf(topology: Topology, found: Found): WorstDirection {
  const { direction, of, loadBps, boundBps, failed, witness } = found
  const { name, tier, rateBps } = topology.links[direction >> 1]!
  const nameOf = (vertex: number) =>
    vertex < topology.nodes.length
      ? topology.nodes[vertex]!.name
      : topology.links[vertex - topology.nodes.length]!.name
  return {
    direction: topology.directionName(direction >> 1, (direction & 1) as 0 | 1),
    link: name,
    tier,
    alike: of.count,
    rateBps,
    loadBps,
    boundBps,
    utilization: loadBps / rateBps,
    failed: failed.names ?? failed.members.map(nameOf),
    senders: new Set(witness.map(({ source }) => source)).size,
    receivers: new Set(witness.map(({ destination }) => destination)).size,
  }
}

const assumptionsOf = (family: 'ipv4' | 'ipv6', packetBytes: number): string[] => [
  'Steady clock: expected load, split over ECMP members by weight, nothing lost on the way.',
  "Routing has converged on what is up; the scenario's events and traffic are left out.",
  `Packets of ${packetBytes} bytes from and to first ${family === 'ipv4' ? 'IPv4' : 'IPv6'} addresses.`,
]
