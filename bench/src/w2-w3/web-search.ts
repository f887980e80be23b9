import { EmpiricalCdf, exponential, randomStream } from '@weft/core'
import { publishedSizes } from '@weft/fabric'
import type { ListedFlow } from '../peers/flow-files.ts'

const HOSTS = 64
const LINK_RATE_BPS = 100e9
const LOAD = 0.5
const ARRIVALS_NS = 5_000_000

/** W3's traffic drawn anew: web search sizes, Poisson arrivals at 50 % load for 5 ms, any other host as receiver. */
export function webSearch(): ListedFlow[] {
  const sizes = new EmpiricalCdf(publishedSizes.WebSearch)
  const gapNs = exponential((8 * sizes.mean * 1e9) / (LOAD * LINK_RATE_BPS))
  const flows: Omit<ListedFlow, 'id'>[] = []
  for (let source = 0; source < HOSTS; source++) {
    const stream = randomStream('w3', `host-${source}`)
    for (let at = gapNs.sample(stream); at < ARRIVALS_NS; at += gapNs.sample(stream)) {
      const draw = stream.int(HOSTS - 1)
      const bytes = Math.max(1, Math.round(sizes.sample(stream)))
      flows.push({ startNs: Math.round(at), source, destination: draw >= source ? draw + 1 : draw, bytes })
    }
  }
  return flows
    .sort((a, b) => a.startNs - b.startNs || a.source - b.source)
    .map((flow, id) => ({ id, ...flow }))
}
