import { EmpiricalCdf, exponential, randomStream } from '@weft/core'
import { publishedSizes } from '@weft/fabric'
import type { ListedFlow } from '../peers/flow-files.ts'

const LINK_RATE_BPS = 100e9
const LOAD = 0.6

export interface DrawnTraffic {
  /** Only so many hosts receive, the first ones; default: all. */
  readonly receivers?: number
  /** Offered to receivers' links, in parts of their rate; default 0.6. */
  readonly load?: number
}

/** W4's traffic drawn anew: so many flows of web search sizes, Poisson arrivals, all pairs alike. */
export function poissonFlows(
  hosts: number,
  count: number,
  { receivers = hosts, load = LOAD }: DrawnTraffic = {},
): ListedFlow[] {
  const sizes = new EmpiricalCdf(publishedSizes.WebSearch)
  const gapNs = exponential((8 * sizes.mean * 1e9) / (load * LINK_RATE_BPS * receivers))
  const stream = randomStream('w4', `${hosts} hosts`)
  let at = 0
  return Array.from({ length: count }, (_, id) => {
    at += gapNs.sample(stream)
    const first = stream.int(receivers)
    const draw = stream.int(hosts - 1)
    const second = draw >= first ? draw + 1 : draw
    // the list of a fabric where all receive is as it ever was: who sends is drawn first
    const [source, destination] = receivers === hosts ? [first, second] : [second, first]
    const bytes = Math.max(1, Math.round(sizes.sample(stream)))
    return { id, startNs: Math.round(at), source, destination, bytes }
  })
}
