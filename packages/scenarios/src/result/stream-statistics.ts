import type { Delays } from '../run/running-clock.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { streamSpan } from '../run/stream-span.ts'
import type { StreamResult } from './result.ts'

/** What became of every traffic's datagrams. */
export function streamResults({ engine, clock, scenario, nowPs }: ScenarioRun): StreamResult[] {
  return engine.blueprint.traffic.flatMap(({ name, offered }, index) => {
    const totals = clock.streams.totals(index)
    if (offered.kind !== 'stream' || totals === undefined) return []
    const { streams, packetsSent, packetsReceived, packetsLost, payloadBytes, delayPs, jitterPs } = totals
    const { fromPs, toPs } = streamSpan(offered, scenario.run, nowPs)
    return {
      traffic: name,
      streams,
      packetsSent,
      packetsReceived,
      packetsLost,
      goodputBps: toPs > fromPs ? (payloadBytes * 8e12) / (toPs - fromPs) : 0,
      delayPs: delayResult(delayPs),
      jitterPs: jitterPs ?? null,
    }
  })
}

const delayResult = (delays: Delays): StreamResult['delayPs'] =>
  delays.count === 0
    ? null
    : { mean: delays.mean, p50: delays.quantile(0.5), p99: delays.quantile(0.99), max: delays.max }
