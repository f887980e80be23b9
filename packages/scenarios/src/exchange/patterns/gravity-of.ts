import { ConfigError, printPercent } from '@weft/core'
import { type DemandMatrix, gravityDemand, type Network } from '@weft/fabric'
import type { Mass } from './masses.ts'

/** The gravity model of masses, which comes to one rate in all. `refuse` throws. */
export function gravityOf(
  { topology }: Network,
  masses: readonly Mass[],
  rateBps: number,
  refuse: (message: string) => never,
): { readonly matrix: DemandMatrix; readonly hosts: number } {
  const sent = scaled(masses, ({ sent: mass }) => mass, rateBps)
  const received = scaled(masses, ({ received: mass }) => mass, rateBps)
  const nodes = masses.map(({ host }) => topology.nodeIndex(host))
  try {
    return { matrix: gravityDemand(nodes, sent, received), hosts: masses.length }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    // the totals are sound, so that one host alone is too much of them
    const both = sent.map((bps, i) => bps + received[i]!)
    const most = both.indexOf(both.reduce((a, b) => Math.max(a, b)))
    const [share, back] = [sent, received].map((bps) => printPercent(bps[most]! / rateBps, { digits: 3 }))
    return refuse(
      `${masses[most]!.host} would send ${share} and receive ${back} of all; together that can be 100% at most, since it sends itself nothing`,
    )
  }
}

function scaled(masses: readonly Mass[], of: (mass: Mass) => number, rateBps: number): number[] {
  const sum = masses.reduce((all, mass) => all + of(mass), 0)
  return masses.map((mass) => (of(mass) / sum) * rateBps)
}
