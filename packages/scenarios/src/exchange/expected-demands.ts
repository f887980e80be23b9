import { Simulation } from '@weft/core'
import { type DemandMatrix, demandOfTraffic, Network, type TrafficBlueprint } from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import { countedProfiles, parseRates, profilesText, type RatesOptions } from '../planning/profile-rates.ts'
import type { ExchangeDemand } from './network.ts'
import type { Notes } from './notes.ts'

/**
 * What part of a scenario's traffic is expected to send, as plans go by: an entry for each pair of hosts and direction in
 * the order of their first traffic, with bits, packets and new connections per second. Names are in full.
 */
export function expectedDemands(
  { blueprint, run }: CompiledScenario,
  traffic: readonly TrafficBlueprint[],
  options: RatesOptions,
  notes: Notes,
): ExchangeDemand[] {
  const rates = parseRates(options)
  if (traffic.length === 0) return []
  // what is drawn depends on the seed
  const network = new Network(blueprint.network, { sim: new Simulation({ seed: blueprint.seed }) })
  for (const each of traffic) noteExpectation(each, options, notes)
  return byPair(network, demandOfTraffic(network, traffic, { forPs: run.forPs, rates }))
}

/** A list tells neither kinds of packets nor ports; what flows send and what comes back to them is one demand. */
function byPair({ topology }: Network, demand: DemandMatrix): ExchangeDemand[] {
  const nodes = topology.nodes.length
  const pairs = new Map<number, [ipBps: number, packets: number, connections: number]>()
  demand.source.forEach((source, i) => {
    const key = source * nodes + demand.destination[i]!
    let sums = pairs.get(key)
    if (sums === undefined) {
      sums = [0, 0, 0]
      pairs.set(key, sums)
    }
    sums[0] += demand.ipBps[i]!
    sums[1] += demand.packetsPerSecond[i]!
    sums[2] += demand.connectionsPerSecond[i]!
  })
  const isSilent = demand.connectionsPerSecond.every((connections) => connections === 0)
  return [...pairs]
    .filter(([, [rateBps]]) => rateBps > 0)
    .map(([key, [rateBps, packetsPerSecond, connectionsPerSecond]]) => ({
      from: topology.nodes[Math.floor(key / nodes)]!.name,
      to: topology.nodes[key % nodes]!.name,
      rateBps,
      packetsPerSecond,
      ...(!isSilent && { connectionsPerSecond }),
    }))
}

function noteExpectation(traffic: TrafficBlueprint, options: RatesOptions, notes: Notes): void {
  const isStream = traffic.offered.kind === 'stream'
  const what = isStream ? 'streams to receivers that are drawn' : 'flows, which no list of demands holds'
  const how = isStream ? "those of the scenario's seed" : flowsText(traffic, options)
  const instead = `its expected demand stands for it, as in weft plan: ${how}`
  notes.add('traffic', { name: traffic.name }, what, instead)
}

function flowsText(traffic: TrafficBlueprint, options: RatesOptions): string {
  const counted = 'headers, handshakes and acknowledgements counted, nothing lost or sent again'
  if (traffic.offered.kind !== 'flows') return `the mean over the run; ${counted}`
  const profiles = countedProfiles([traffic], options)
  return profiles === null ? counted : `${profilesText(profiles)}; ${counted}`
}
