import { SECOND } from '@weft/core'
import type { OfferedBlueprint, PairsBlueprint, TrafficBlueprint } from '../../blueprint/traffic.ts'
import type { AskedController, UpstreamShare } from './controller-blueprint.ts'

const PASSED_ON = ' → '

/** The traffic of which a traffic of `withUpstream` is passed on; else itself. */
export const originOfTraffic = (name: string): string => name.split(PASSED_ON, 1)[0]!

type Flows = Extract<OfferedBlueprint, { kind: 'flows' }>

/**
 * A blueprint's traffic with what controllers send to backends as traffic of its own, for clocks that follow no single request: flows as
 * large and as often as the requests that rules pass on, from all replicas alike. Lists and bursts of requests are averaged over `forPs`.
 */
export function withUpstream(traffic: readonly TrafficBlueprint[], forPs: number): TrafficBlueprint[] {
  const names = new Set(traffic.map(({ name }) => name))
  const added = traffic.flatMap((each) =>
    (each.request?.controllers ?? []).flatMap((asked) =>
      asked.upstream.map((upstream) => upstreamOf(each, asked, upstream, forPs)),
    ),
  )
  return [...traffic, ...added.filter(({ name }) => !names.has(name))]
}

/** What is passed on: its name, and the traffic and the controller by which it is, to which backend. */
export interface PassedOnTraffic {
  readonly name: string
  readonly backend: string
  readonly of: string
  readonly controller: string
}

/** Of all that `withUpstream` adds. */
export const passedOnBy = (traffic: readonly TrafficBlueprint[]): PassedOnTraffic[] =>
  traffic.flatMap((each) =>
    (each.request?.controllers ?? []).flatMap((asked) =>
      asked.upstream.map((upstream) => ({
        name: nameOf(each, asked, upstream),
        backend: upstream.backend,
        of: each.name,
        controller: asked.controller,
      })),
    ),
  )

/** One backend may be several controllers'. */
function nameOf(
  { name, request }: TrafficBlueprint,
  { controller }: AskedController,
  { backend }: UpstreamShare,
): string {
  const by = request!.controllers.length > 1 ? `${PASSED_ON}${controller}` : ''
  return `${name}${by}${PASSED_ON}${backend}`
}

function upstreamOf(
  traffic: TrafficBlueprint,
  asked: AskedController,
  upstream: UpstreamShare,
  forPs: number,
): TrafficBlueprint {
  const { request: _, name: __, ...rest } = traffic
  const { replicas, addresses } = asked
  const { address, port, share, family } = upstream
  const isPart = traffic.pairs.kind === 'to-name' && addresses !== undefined
  return {
    ...rest,
    family,
    name: nameOf(traffic, asked, upstream),
    pairs: { kind: 'to-address', from: replicas, address },
    port,
    offered: passedOn(traffic, share, forPs),
    ...(isPart && { passedOn: { of: traffic, addresses } }),
  }
}

/** As many of the requests, in all, as a backend gets. */
function passedOn({ offered, pairs }: TrafficBlueprint, share: number, forPs: number): Flows {
  const senders = sendersOf(pairs)
  if (offered.kind === 'flows' && !('load' in offered.rate)) {
    const { rate } = offered
    const all = 'totalPerSecond' in rate ? rate.totalPerSecond : rate.flowsPerSecond * senders
    return { ...offered, rate: { totalPerSecond: all * share } }
  }
  const flows = flowsOf(offered, pairs)
  const bytes = flows.length === 0 ? 1 : flows.reduce((sum, each) => sum + each, 0) / flows.length
  const totalPerSecond = (flows.length * share * SECOND) / forPs
  return { kind: 'flows', sizes: { kind: 'constant', bytes }, rate: { totalPerSecond }, startPs: 0 }
}

/** Bytes of each. */
function flowsOf(offered: OfferedBlueprint, pairs: PairsBlueprint): number[] {
  if (offered.kind === 'list') return offered.flows.map(({ bytes }) => bytes)
  if (offered.kind !== 'burst') return []
  const receivers = pairs.kind === 'from-to' ? pairs.to.length : 1
  return new Array<number>(sendersOf(pairs) * receivers).fill(offered.bytes)
}

const sendersOf = (pairs: PairsBlueprint): number => ('from' in pairs ? pairs.from : pairs.hosts).length
