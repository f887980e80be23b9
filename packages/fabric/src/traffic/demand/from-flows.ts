import { exactQuantile, refuse, SECOND } from '@weft/core'
import {
  DEFAULT_DEMAND_CLASS,
  type Demand,
  type DemandClass,
  type DemandMatrix,
  demandMatrix,
  meanPacketBytes,
} from './demand-matrix.ts'

/** One flow of a list. */
export interface ListedFlow {
  readonly startPs: number
  /** Node indices of hosts. */
  readonly source: number
  readonly destination: number
  /** Payload bytes. */
  readonly bytes: number
}

export interface FlowDemandOptions {
  /** The list stands for this span of time, from 0 on. */
  readonly spanPs: number
  /**
   * `mean`: bits over the span. A probability, such as 0.95: what each pair's rate stays at or below in that part of the
   * bins, as bills go by. Pairs do not peak together, so that such a matrix offers more than there ever was.
   */
  readonly statistic?: 'mean' | number
  /** Length of the bins that quantiles are taken over; a flow's bytes count where it starts. Absent: 5 minutes. */
  readonly binPs?: number
  /** Header bytes of a packet, which payload is carried in; absent: 40, of IPv4 and TCP without options. */
  readonly headerBytes?: number
  readonly class?: DemandClass
}

const BIN_PS = 300 * SECOND
const HEADER_BYTES = 40

/** Demands from a list of flows: each pair's rate, packets of the class's mean size, and its flows as new connections. */
export function flowListDemand(flows: readonly ListedFlow[], options: FlowDemandOptions): DemandMatrix {
  const { spanPs, statistic = 'mean', binPs = BIN_PS, class: of = DEFAULT_DEMAND_CLASS } = options
  if (!(spanPs > 0 && spanPs < Infinity)) refuse('spanPs', `is ${spanPs}, expected a time above 0`)
  if (!(binPs > 0)) refuse('binPs', `is ${binPs}, expected a time above 0`)
  if (statistic !== 'mean' && !(statistic > 0 && statistic < 1))
    refuse('statistic', `is ${statistic}, expected "mean" or a probability above 0 and below 1`)
  const headerBytes = options.headerBytes ?? HEADER_BYTES
  const packetBytes = meanPacketBytes(of)
  if (!(packetBytes > headerBytes))
    refuse('headerBytes', `is ${headerBytes}, expected less than the class's packets of ${packetBytes} bytes`)
  const ipBytesPerByte = packetBytes / (packetBytes - headerBytes)
  const demands: Demand[] = []
  for (const listed of byPair(flows, spanPs).values()) {
    const { source, destination } = listed[0]!
    const bytes = statistic === 'mean' ? total(listed) : quantileBytes(listed, statistic, binPs, spanPs)
    const periodPs = statistic === 'mean' ? spanPs : Math.min(binPs, spanPs)
    const ipBps = (8 * bytes * ipBytesPerByte * SECOND) / periodPs
    demands.push({ source, destination, ipBps, connectionsPerSecond: (listed.length * SECOND) / spanPs })
  }
  return demandMatrix(demands, [of])
}

function byPair(flows: readonly ListedFlow[], spanPs: number): Map<string, ListedFlow[]> {
  const pairs = new Map<string, ListedFlow[]>()
  flows.forEach((flow, i) => {
    if (!(flow.startPs >= 0 && flow.startPs < spanPs))
      refuse('flows', `flow ${i} starts at ${flow.startPs} ps, outside of the span of ${spanPs} ps`)
    if (!(flow.bytes >= 0 && flow.bytes < Infinity))
      refuse('flows', `flow ${i} has ${flow.bytes} bytes, expected 0 or more`)
    const key = `${flow.source}/${flow.destination}`
    const known = pairs.get(key)
    if (known === undefined) pairs.set(key, [flow])
    else known.push(flow)
  })
  return pairs
}

const total = (flows: readonly ListedFlow[]): number => flows.reduce((sum, { bytes }) => sum + bytes, 0)

function quantileBytes(
  flows: readonly ListedFlow[],
  probability: number,
  binPs: number,
  spanPs: number,
): number {
  const bins = new Float64Array(Math.ceil(spanPs / binPs))
  for (const { startPs, bytes } of flows) bins[Math.floor(startPs / binPs)]! += bytes
  return exactQuantile(bins.sort(), probability)
}
