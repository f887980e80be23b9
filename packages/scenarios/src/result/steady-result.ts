import { printDuration, SECOND } from '@weft/core'
import type { LinkImbalance } from '@weft/fabric'
import type { ScenarioRun } from '../run/scenario-run.ts'
import type { PartSums } from '../run/steady-clock/steady-books.ts'
import type { SteadyRecords } from '../run/steady-clock/steady-records.ts'
import type { SteadyLink, SteadyResult, SteadyTraffic } from './steady.ts'
import { HASH_CONFIDENCE, steadyHashing, whyNoInterval } from './steady-hashing.ts'

/** Null under other clocks. */
export function steadyResult(run: ScenarioRun): SteadyResult | null {
  const { steady } = run.clock
  if (steady === undefined) return null
  return {
    assumptions: assumptionsOf(run, steady),
    traffic: run.scenario.blueprint.traffic.map(({ name }, index) => trafficOf(name, index, run, steady)),
    intervals: steady.intervals.results(run.nowPs),
    highestLoad: steady.intervals.highestLoad(run.nowPs),
  }
}

/** By direction; null under other clocks. */
export function steadyLinks(run: ScenarioRun): readonly SteadyLink[] | null {
  const { steady } = run.clock
  if (steady === undefined) return null
  const { warmupPs, forPs } = run.scenario.run
  const untilPs = Math.min(forPs, run.nowPs)
  const { rateBps } = steady.run.mix
  const peaks = steady.books.peakOfferedBps(run.nowPs)
  const hashing = steadyHashing(run, steady)
  const seconds = (untilPs - warmupPs) / SECOND
  return run.links.directions.map((_, direction) => {
    const between = (key: 'offeredBits' | 'packets' | 'connections' | 'waitedPs' | 'fullSeconds') =>
      seconds > 0 ? steady.books.between(key, direction, warmupPs, untilPs) : 0
    const packets = between('packets')
    const rate = rateBps[direction]!
    return {
      offered: {
        mean: seconds > 0 ? between('offeredBits') / (rate * seconds) : 0,
        max: peaks[direction]! / rate,
      },
      packetsPerSecond: seconds > 0 ? packets / seconds : 0,
      connectionsPerSecond: seconds > 0 ? between('connections') / seconds : 0,
      waitPs: packets > 0 && between('fullSeconds') === 0 ? between('waitedPs') / packets : null,
      hashed: hashedOf(hashing, direction, rate),
    }
  })
}

function hashedOf(
  hashing: LinkImbalance | undefined,
  direction: number,
  rateBps: number,
): SteadyLink['hashed'] {
  if (hashing === undefined) return null
  const { confidence, lowBps, highBps } = hashing
  return { confidence, low: lowBps[direction]! / rateBps, high: highBps[direction]! / rateBps }
}

function trafficOf(name: string, traffic: number, run: ScenarioRun, steady: SteadyRecords): SteadyTraffic {
  const { warmupPs, forPs } = run.scenario.run
  const untilPs = Math.min(forPs, run.nowPs)
  const seconds = (untilPs - warmupPs) / SECOND
  const sum = (key: keyof PartSums) =>
    steady.run.parts.reduce((total, part, index) => {
      if (part.traffic !== traffic || seconds <= 0) return total
      return total + steady.books.between(key, index, warmupPs, untilPs)
    }, 0)
  const [sentBits, deliveredBits] = [sum('sentBits'), sum('deliveredBits')]
  const [sent, delivered] = [sum('sentPackets'), sum('deliveredPackets')]
  return {
    traffic: name,
    demandBps: seconds > 0 ? sentBits / seconds : 0,
    deliveredBps: seconds > 0 ? Math.min(sentBits, deliveredBits) / seconds : 0,
    packetsSent: Math.round(sent),
    packetsLost: Math.round(Math.max(0, sent - delivered)),
    connectionsPerSecond: seconds > 0 ? sum('openedConnections') / seconds : 0,
    refusedPerSecond: seconds > 0 ? sum('refusedConnections') / seconds : 0,
  }
}

const TABLES =
  "Tables of connections are filled by Erlang's loss formula too: a connection has its entry for as long as it would last alone at the rate of its " +
  "host's link, and then for TIME_WAIT, a stream as long as it lasts; what one table refuses counts at the others. SYNs without an answer have one too. " +
  'Tables begin empty.'

const AFFINITY =
  'Tables of session affinity have an entry of each client that has opened a connection within the timeout of the service, by the chance of that where ' +
  'connections come at random; once a table is full, whoever called longest ago gives way. Tables begin empty.'

const NAT =
  "Where regions translate, ports and tables are filled by Erlang's loss formula too: a connection has its port for as long as it would last alone at " +
  'the rates of its ends, or is held, then for TIME_WAIT, and hold-down; a stream as long as it lasts. Ports are all free at the beginning. Packets lost there are SYNs and those of streams.'

const INGRESS =
  'Workers of ingress controllers refuse what finds no room to wait (M/M/c/K); requests that are not served load links with a short answer, or none, ' +
  'and are not passed on.'

const POOLS =
  "Hosts' limits on connections are filled by Erlang's loss formula: connections come at random (Poisson) and last as long as was " +
  'said on the mean, however distributed; those that ask again count as further random arrivals. Links carry what all connections would send.'

/** What the numbers rest on, as far as it matters to this scenario. */
function assumptionsOf(run: ScenarioRun, steady: SteadyRecords): string[] {
  const { turns, blueprint } = steady.run
  const kinds = new Set(blueprint.traffic.map(({ offered }) => offered.kind))
  const { detectionPs, convergencePs } = blueprint.network.routing
  const { stepPs } = turns
  const lines = [
    'Loads are expected ones: what traffic sends on the mean, with headers, acknowledgements and framing, split over ECMP members by weight, as if flows were many and small.',
    'After every change the new loads hold at once: no queue fills up or empties, and nothing is under way.',
    'Nothing slows down or is sent again: of what exceeds a link, all that comes to it loses the same share there, and what is lost loads nothing behind it.',
    'Waits are those of M/G/1: packets come at random (Poisson), queues have no end; no wait is told where a link is full.',
  ]
  if (kinds.has('list') || kinds.has('burst'))
    lines.push('Bursts and lists of flows count as their average over the whole run.')
  if (stepPs !== undefined)
    lines.push(`Rates that follow profiles count with their mean over steps of ${printDuration(stepPs)}.`)
  const { pools } = run.clock.pools
  if (pools.some(({ kind }) => kind === 'connections')) lines.push(POOLS)
  if (pools.some(({ kind }) => kind === 'connection-tracking')) lines.push(TABLES)
  if (pools.some(({ kind }) => kind === 'nat-connections')) lines.push(NAT)
  if (pools.some(({ kind }) => kind === 'session-affinity')) lines.push(AFFINITY)
  if (blueprint.traffic.some(({ request }) => request !== undefined)) lines.push(INGRESS)
  if (run.engine.failures.changes.length > 0) {
    const after = printDuration(detectionPs + convergencePs)
    lines.push(
      `From a failure until routes reckon with it, ${after} later, what is sent over the dead part is lost; then loads are those of the new routes.`,
    )
  }
  lines.push(
    whyNoInterval(run, steady) ??
      `Hashed loads: between these in ${HASH_CONFIDENCE * 100} of 100 cases, each direction by itself, when each expected flow takes one path, with everything up.`,
  )
  return lines
}
