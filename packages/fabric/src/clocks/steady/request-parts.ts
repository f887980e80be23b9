import type { OfferedBlueprint, TrafficBlueprint } from '../../blueprint/traffic.ts'
import type { Network } from '../../build/network.ts'
import { OWN_ANSWER_BYTES } from '../../ingress/controller/server-side.ts'
import { demandOfTraffic } from '../../traffic/demand/from-traffic.ts'
import { splitByTraffic, type TrafficPart } from './traffic-parts.ts'

/** How a request ends, by what it loads links with: a backend's answer, one of the controller's own, or none. */
export type AnswerKind = 'whole' | 'own' | 'none'

/** A part of the demand, of requests as they would be if all ended like this. */
export interface AnsweredPart extends TrafficPart {
  readonly answer: AnswerKind
}

/** What requests to ingress controllers send where they are not served, entry by entry as they do where they are. */
export function unservedParts(
  network: Network,
  traffic: readonly TrafficBlueprint[],
  forPs: number,
): AnsweredPart[] {
  return (['own', 'none'] as const).flatMap((answer) => {
    const asking = traffic.flatMap((each, index) =>
      each.request === undefined ? [] : [{ index, as: endingIn(answer, each) }],
    )
    if (asking.length === 0) return []
    const requests = asking.map(({ as }) => as)
    const demand = demandOfTraffic(network, requests, { forPs })
    return splitByTraffic(demand, requests, forPs).map((part) => ({
      ...part,
      traffic: asking[part.traffic]!.index,
      answer,
    }))
  })
}

/** What is passed on is traffic of its own, and not asked for here. */
function endingIn(answer: 'own' | 'none', { request, offered, ...rest }: TrafficBlueprint): TrafficBlueprint {
  const controllers = request!.controllers.map((each) => ({ ...each, upstream: [] }))
  return { ...rest, offered: answeredBy(answer, offered), request: { ...request!, controllers } }
}

function answeredBy(answer: 'own' | 'none', offered: OfferedBlueprint): OfferedBlueprint {
  if (offered.kind !== 'flows') return offered
  if (answer === 'own') return { ...offered, response: { kind: 'constant', bytes: OWN_ANSWER_BYTES } }
  const { response: _, hold: __, ...rest } = offered
  // a share of a link's rate is as many requests as it was
  return 'load' in offered.rate ? rest : { ...rest, sizes: { kind: 'constant', bytes: 1 } }
}
