import { ConfigError, type RandomStream, randomStream, shuffle, Simulation } from '@weft/core'
import {
  type Blueprint,
  type DemandMatrix,
  hotSpotDemand,
  Network,
  permutationDemand,
  uniformDemand,
} from '@weft/fabric'
import { sizeRefusal } from '../demands/packet-sizes.ts'
import type { MeasuredFile } from '../measured/measure.ts'
import type { ExchangeDemand } from '../network.ts'
import { readSource } from '../source.ts'
import { gravityOf } from './gravity-of.ts'
import { linkMasses } from './link-masses.ts'
import { hostsAmong } from './participants.ts'
import { MASSES_BYTES_MAX, readMasses } from './read-masses.ts'

export const demandPatterns = ['uniform', 'gravity', 'hot-spots', 'permutation'] as const

export type DemandPattern = (typeof demandPatterns)[number]

interface CommonOptions {
  /** IP bit/s of all demands together, above 0. */
  readonly rateBps: number
  /** Mean IP bytes of packets; absent: nothing is said, which readers take for 1500. */
  readonly packetBytes?: number
}

interface AmongOptions extends CommonOptions {
  /** Who takes part: hosts, or switches, pods and regions for all hosts below them; absent: all. */
  readonly among?: readonly string[]
}

interface DrawnOptions extends AmongOptions {
  /** Default the scenario's. */
  readonly seed?: string
}

/** How many hosts are hot, or which share of them, one at least. */
export type HotReceivers = { readonly count: number } | { readonly share: number }

export type PatternDemandOptions =
  | ({ readonly pattern: 'uniform' } & AmongOptions)
  /** By the rates at which hosts send. */
  | ({ readonly pattern: 'gravity'; readonly masses?: never } & AmongOptions)
  /** By a table, see `readMasses`; whom it does not name takes no part. */
  | ({ readonly pattern: 'gravity'; readonly masses: MeasuredFile } & CommonOptions)
  /** `hotShare`: of what every host sends, the part to hot ones; default 0.5. Which ones are hot, is drawn. */
  | ({
      readonly pattern: 'hot-spots'
      readonly hot: HotReceivers
      readonly hotShare?: number
    } & DrawnOptions)
  | ({ readonly pattern: 'permutation' } & DrawnOptions)

export interface PatternDemands {
  /** Names in full; pairs that send nothing are left out. */
  readonly demands: readonly ExchangeDemand[]
  /** How many take part. */
  readonly hosts: number
  /** The hot ones, in the network's order; empty for other patterns. */
  readonly hot: readonly string[]
}

const HOT_SHARE_DEFAULT = 0.5

/**
 * Demands between hosts of one region that follow a pattern and come to one rate in all: of `uniform`, `hot-spots` and
 * `permutation` every host sends the same. Throws a ConfigError whose paths begin with the option, and a ScenarioFileError
 * with all that is wrong with a table of masses.
 */
export function patternDemands(
  { network: blueprint, seed }: Blueprint,
  options: PatternDemandOptions,
): PatternDemands {
  const { rateBps, packetBytes } = options
  if (!(rateBps > 0 && rateBps < Infinity)) refuse('rate', `is ${rateBps}, expected more than 0`)
  const size = packetBytes === undefined ? undefined : sizeRefusal(packetBytes)
  if (size !== undefined) refuse('packet', size)
  const network = new Network(blueprint, { sim: new Simulation({ seed }) })
  const { matrix, hosts, hot = [] } = matrixOf(network, seed, options)
  return { demands: listOf(network, matrix, packetBytes), hosts, hot }
}

interface Patterned {
  readonly matrix: DemandMatrix
  readonly hosts: number
  readonly hot?: readonly string[]
}

function matrixOf(network: Network, seed: string, options: PatternDemandOptions): Patterned {
  const { pattern, rateBps } = options
  if (pattern === 'gravity' && options.masses !== undefined) {
    const { file, bytes } = options.masses
    const source = readSource(file, bytes, MASSES_BYTES_MAX, 'table of masses')
    return gravityOf(network, readMasses(source, network.blueprint), rateBps, (message) =>
      source.fail(1, message),
    )
  }
  const names = hostsAmong(network.blueprint, options.among, pattern)
  if (pattern === 'gravity')
    return gravityOf(network, linkMasses(network, names), rateBps, (message) =>
      refuse('pattern', `gravity by the rates of hosts: ${message}; give masses`),
    )
  const nodes = names.map((name) => network.topology.nodeIndex(name))
  const hosts = names.length
  const each = rateBps / hosts
  if (pattern === 'uniform') return { matrix: uniformDemand(nodes, each), hosts }
  const stream = randomStream(options.seed ?? seed, `demands/${pattern}`)
  if (pattern === 'permutation') return { matrix: permutationDemand(nodes, each, stream), hosts }
  const { hotShare = HOT_SHARE_DEFAULT } = options
  const isHot = new Set(drawHot(nodes, options.hot, stream))
  const matrix = hotSpotDemand(nodes, [...isHot], hotShare, each)
  return { matrix, hosts, hot: names.filter((_, i) => isHot.has(nodes[i]!)) }
}

function drawHot(nodes: readonly number[], hot: HotReceivers, stream: RandomStream): number[] {
  const count = 'count' in hot ? hot.count : Math.max(1, Math.round(hot.share * nodes.length))
  if (!(Number.isInteger(count) && count >= 1 && count < nodes.length))
    refuse('hot', `comes to ${count} of ${nodes.length} hosts; expected 1 to ${nodes.length - 1} of them`)
  return shuffle(stream, [...nodes]).slice(0, count)
}

function listOf(
  { topology }: Network,
  { source, destination, ipBps }: DemandMatrix,
  packetBytes: number | undefined,
): ExchangeDemand[] {
  const demands: ExchangeDemand[] = []
  ipBps.forEach((rateBps, i) => {
    if (rateBps === 0) return
    demands.push({
      from: topology.nodes[source[i]!]!.name,
      to: topology.nodes[destination[i]!]!.name,
      rateBps,
      ...(packetBytes !== undefined && { packetsPerSecond: rateBps / 8 / packetBytes }),
    })
  })
  return demands
}

function refuse(option: string, message: string): never {
  throw new ConfigError([{ path: [option], message }])
}
