import type { ScenarioRun } from '../run/scenario-run.ts'
import { streamSpan } from '../run/stream-span.ts'
import type { StreamResult } from './result.ts'

/** What became of every traffic's datagrams. */
export function streamResults({ packetRun, scenario, nowPs }: ScenarioRun): StreamResult[] {
  return packetRun.blueprint.traffic.flatMap(({ name, offered }, index) => {
    const sink = packetRun.sinks[index]
    if (offered.kind !== 'stream' || sink === undefined) return []
    const { flows } = packetRun
    const rows = streamRows(packetRun.flows.size, (flow) => flows.traffic[flow] === index)
    const sum = (column: Float64Array) => rows.reduce((total, flow) => total + column[flow]!, 0)
    const { fromPs, toPs } = streamSpan(offered, scenario.run, nowPs)
    const { delayPs } = sink
    return {
      traffic: name,
      streams: rows.length,
      packetsSent: sum(flows.packetsOriginated),
      packetsReceived: sink.received,
      packetsLost: sum(flows.packetsDropped),
      goodputBps: toPs > fromPs ? (sink.payloadBytes * 8e12) / (toPs - fromPs) : 0,
      delayPs:
        sink.received === 0
          ? null
          : { mean: delayPs.mean, p50: delayPs.quantile(0.5), p99: delayPs.quantile(0.99), max: delayPs.max },
      jitterPs: rows.reduce((total, flow) => total + sink.jitterPsOf(flow), 0) / Math.max(1, rows.length),
    }
  })
}

function streamRows(size: number, belongs: (flow: number) => boolean): number[] {
  return Array.from({ length: size }, (_, flow) => flow).filter(belongs)
}
