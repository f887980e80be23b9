import { ConfigError, nearest } from '@weft/core'
import { bareFabric, type Blueprint } from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import type { RatesOptions } from '../planning/profile-rates.ts'
import { writeDemandsCsv } from './demands/write-csv.ts'
import { expectedDemands } from './expected-demands.ts'
import { type NetworkFormat, networkFormats } from './formats.ts'
import { isDemand, networkOfBlueprint, pairsHosts, streamDemands, trafficWithin } from './from-blueprint.ts'
import { type Note, Notes } from './notes.ts'

/** `rates` is about demands as CSV. */
export interface ExportOptions extends RatesOptions {
  /** `csv`: the demands alone, those that traffic is expected to come to among them. */
  readonly format: NetworkFormat | 'csv'
  /** Which region; needed where there are several. */
  readonly region?: string
  /** What notes call the scenario. Default its name. */
  readonly file?: string
}

export interface ExportedNetwork {
  readonly text: string
  /** What the file does not hold. */
  readonly notes: readonly Note[]
}

/** A checked scenario's network in a format of others. Throws a ConfigError where there is no one region to export. */
export function exportNetwork(scenario: CompiledScenario, options: ExportOptions): ExportedNetwork {
  const { blueprint } = scenario
  const notes = new Notes(options.file ?? blueprint.name)
  const region = regionOf(blueprint, options.region)
  if (options.format === 'csv') return exportDemands(scenario, region, options, notes)
  if (options.rates !== undefined)
    throw new ConfigError([
      { path: ['rates'], message: 'goes with the demands of format csv alone; leave it out' },
    ])
  const network = networkOfBlueprint({ ...blueprint, network: bareFabric(blueprint.network) }, region, notes)
  noteGuests(blueprint, notes)
  noteRest(scenario, notes)
  return { text: networkFormats[options.format].write(network, notes), notes: notes.all }
}

/** Of a network this format holds nothing, which is no loss to anybody who asks for it. */
function exportDemands(
  scenario: CompiledScenario,
  region: string,
  options: ExportOptions,
  notes: Notes,
): ExportedNetwork {
  const traffic = trafficWithin(scenario.blueprint.traffic, region)
  const streams = traffic.filter(isDemand).flatMap((each) => streamDemands(each, (name) => name, notes))
  const others = traffic.filter((each) => !isDemand(each))
  const demands = [...streams, ...expectedDemands(scenario, others, options, notes)]
  return { text: writeDemandsCsv(demands), notes: notes.all }
}

function regionOf({ network }: Blueprint, asked: string | undefined): string {
  const regions = [...new Set(bareFabric(network).nodes.map(({ name }) => name.slice(0, name.indexOf('/'))))]
  const known = regions.map((name) => JSON.stringify(name)).join(', ')
  const refuse = (message: string): never => {
    throw new ConfigError([{ path: ['region'], message }])
  }
  if (asked === undefined) {
    const [region, ...others] = regions
    return others.length === 0
      ? region!
      : refuse(`there are several and they are not connected; choose one of ${known}`)
  }
  if (regions.includes(asked)) return asked
  const meant = nearest(asked, regions)
  return refuse(
    `unknown region ${JSON.stringify(asked)}; ${meant === undefined ? `expected one of ${known}` : `did you mean ${JSON.stringify(meant)}?`}`,
  )
}

/** What runs on servers, and what is on the internet, is no part of a network's file. */
function noteGuests({ network, traffic }: Blueprint, notes: Notes): void {
  const left = network.nodes.length - bareFabric(network).nodes.length
  if (left > 0)
    notes.add('section', { name: 'kubernetes, internet' }, 'not of the fabric', `${left} nodes are left out`)
  const regions = new Set(bareFabric(network).nodes.map(({ name }) => name.slice(0, name.indexOf('/'))))
  const isOfFabric = (name: string) => regions.has(name.slice(0, name.indexOf('/')))
  for (const { name, pairs } of traffic)
    if (!pairsHosts(pairs).every(isOfFabric))
      notes.add('traffic', { name }, 'of workloads, or of the internet', 'left out')
}

function noteRest(compiled: CompiledScenario, notes: Notes): void {
  const { blueprint, expectations, reach, risks, availability } = compiled
  for (const { target, action } of blueprint.events)
    notes.add('event', { name: `${action} ${target}` }, 'no part of a network', 'left out')
  const comesFrom = (section: 'availability' | 'reliability') =>
    availability.some(({ from }) => from === section)
  for (const [name, isThere] of [
    ['expect', expectations.length + reach.length > 0],
    ['reliability', comesFrom('reliability')],
    ['availability', comesFrom('availability')],
    ['risks', risks.length > 0],
    ['routing', true],
    ['addresses', true],
    ['run', true],
  ] as const)
    if (isThere) notes.add('section', { name }, 'no part of a network', 'left out')
}
