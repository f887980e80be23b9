import { EmpiricalCdf, exponential, randomStream } from '@weft/core'
import { publishedSizes } from '@weft/fabric'
import type { ListedFlow } from '../peers/flow-files.ts'

const LINK_RATE_BPS = 100e9
const LOAD = 0.6

/** W4's traffic drawn anew: so many flows of web search sizes, Poisson arrivals at 60 % load, all pairs alike. */
export function poissonFlows(hosts: number, count: number): ListedFlow[] {
  const sizes = new EmpiricalCdf(publishedSizes.WebSearch)
  const gapNs = exponential((8 * sizes.mean * 1e9) / (LOAD * LINK_RATE_BPS * hosts))
  const stream = randomStream('w4', `${hosts} hosts`)
  let at = 0
  return Array.from({ length: count }, (_, id) => {
    at += gapNs.sample(stream)
    const source = stream.int(hosts)
    const draw = stream.int(hosts - 1)
    const bytes = Math.max(1, Math.round(sizes.sample(stream)))
    return { id, startNs: Math.round(at), source, destination: draw >= source ? draw + 1 : draw, bytes }
  })
}
