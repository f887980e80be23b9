import { printRate, printSize } from '@weft/core'
import type { ScenarioData } from '../../schema/scenario.ts'
import { FLAT_NAMES, Namer } from '../names.ts'
import { demandText, type ExchangeDemand } from '../network.ts'
import type { Notes } from '../notes.ts'
import { fitRateBps } from './link-rate.ts'

type TrafficData = NonNullable<ScenarioData['traffic']>[number]

const PACKET_BYTES = 1500
/** UDP over IPv4 without payload. */
const PACKET_BYTES_MIN = 28

/** Each demand between hosts as a stream of its mean rate and packets: what a demand is to all clocks. */
export function demandStreams(demands: readonly ExchangeDemand[], notes: Notes): TrafficData[] {
  const namer = new Namer(FLAT_NAMES)
  const streams: TrafficData[] = []
  for (const demand of demands) {
    const { from, to, rateBps, name, line } = demand
    const element = { name: demandText(demand), ...(line !== undefined && { line }) }
    const fit = fitRateBps(rateBps)
    if (rateBps === 0 || fit === undefined) {
      notes.add('demand', element, rateBps === 0 ? 'zero' : 'no rate that can be sent', 'left out')
      continue
    }
    if (fit !== rateBps) notes.add('demand', element, 'no whole number of bit/s', 'rounded')
    const { bytes, words } = packetOf(demand)
    notes.add('demand', element, 'a mean rate', `a UDP stream of ${words} at even distances`)
    if (demand.connectionsPerSecond! > 0)
      notes.add('demand', element, 'new connections per second', 'left out: a stream opens none')
    streams.push({
      name: namer.name(name ?? `demand-${streams.length + 1}`, 'demand'),
      from,
      to,
      stream: { packet: printSize(bytes), rate: printRate(fit) },
    })
  }
  return streams
}

/** Of the size that its packets have on the mean, in whole bytes, where that is known. */
function packetOf({ rateBps, packetsPerSecond }: ExchangeDemand): { bytes: number; words: string } {
  if (packetsPerSecond === undefined) return { bytes: PACKET_BYTES, words: `${PACKET_BYTES}B packets` }
  const bytes = Math.max(PACKET_BYTES_MIN, Math.round(rateBps / 8 / packetsPerSecond))
  return { bytes, words: 'packets of their mean size in whole bytes' }
}

/** The demands with the hosts that they begin and end at; those without are noted and left out. */
export function demandsOfHosts(
  demands: readonly ExchangeDemand[],
  hosts: ReadonlyMap<string, string>,
  notes: Notes,
): ExchangeDemand[] {
  return demands.flatMap((demand) => {
    const element = { name: demandText(demand), ...(demand.line !== undefined && { line: demand.line }) }
    const [from, to] = [hosts.get(demand.from), hosts.get(demand.to)]
    if (demand.from === demand.to) notes.add('demand', element, 'from a node to itself', 'left out')
    else if (from === undefined || to === undefined)
      notes.add('demand', element, 'an end without a host', 'left out')
    else return [{ ...demand, from, to }]
    return []
  })
}
