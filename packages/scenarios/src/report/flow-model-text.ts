import { printSize } from '@weft/core'
import type { FlowModelResult } from '../result/result.ts'

type Latency = NonNullable<FlowModelResult['latency']>

/** `max-min fairly, after a handshake and slow start`: what follows "flows share links". */
export function modelText({ sharing, startUp, latency }: FlowModelResult): string {
  if (latency === null) {
    return `max-min fairly, ${startUp === 'none' ? 'from their first instant' : 'after a handshake and slow start'}`
  }
  const { latencyFactor, bandwidthFactor, weightBytes, crossTraffic, duplex } = latency
  const parameters = [
    `latency × ${latencyFactor}`,
    `rates × ${bandwidthFactor}`,
    `weight-S ${printSize(weightBytes)}`,
    `TCP gamma ${gamma(latency)}`,
    `cross traffic ${crossTraffic}`,
    ...(duplex === 'half' ? ['half duplex'] : []),
  ]
  return `by latency, ${sharing.toUpperCase()}: ${parameters.join(', ')}`
}

const gamma = ({ windowBytes }: Latency): string =>
  windowBytes === null ? 'unlimited' : printSize(windowBytes)

/** What is assumed of flows' rates and beginnings, in sentences. */
export function modelAssumptions({ sharing, startUp, latency }: FlowModelResult): string[] {
  const until = 'from one arrival, completion, failure or new route to the next.'
  if (latency === null) {
    const start =
      startUp === 'none'
        ? 'a flow has its share from its first instant, without a handshake and slow start.'
        : 'a connection shakes hands and starts slowly before it drains.'
    return [
      `Flows share the links on their paths max-min fairly, ${until}`,
      `Headers, framing and acknowledgements take capacity; ${start}`,
      'Slowdowns are against the same flow alone, as under the packet clock; unfinished flows are counted apart.',
    ]
  }
  const { latencyFactor, bandwidthFactor, weightBytes, crossTraffic, duplex } = latency
  const perLink = weightBytes === 0 ? '' : ` plus ${printSize(weightBytes)} over the rate of each link`
  const cap = latency.windowBytes === null ? '' : `, at most ${gamma(latency)} per twice that latency,`
  const back = crossTraffic === 0 ? '' : `, and ${crossTraffic} of it on the way back too`
  return [
    `Flows share the links on their paths as in SimGrid's ${sharing.toUpperCase()}: in proportion to 1 over the latency of the path${perLink}${cap} ${until}`,
    `A flow waits for ${latencyFactor} times that latency, then drains; rates are ${bandwidthFactor} of what links and windows give.`,
    `Payload alone takes capacity${back}: no headers, acknowledgements, handshakes, slow start and buffers.`,
    ...(duplex === 'half'
      ? ['Both directions of a link share its rate; what flows carry there counts in the first.']
      : []),
    'Slowdowns are against the same flow alone under the packet clock, with headers: they may be below 1.',
  ]
}
