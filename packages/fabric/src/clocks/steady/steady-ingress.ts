import type { TrafficBlueprint } from '../../blueprint/traffic.ts'
import type { Network } from '../../build/network.ts'
import { askedAt } from '../../ingress/controller/asked-at.ts'
import { certificatesOf } from '../../ingress/controller/certificates-of.ts'
import type {
  AskedController,
  IngressControllerBlueprint,
} from '../../ingress/controller/controller-blueprint.ts'
import {
  type AdmittedRequests,
  type ComingRequests,
  type RequestFate,
  replicaLoad,
  routedShares,
} from '../../ingress/controller/expected-requests.ts'
import type { RequestCount } from '../../ingress/controller/ingress-books.ts'
import type { RunningController } from '../../ingress/controller/running-ingress.ts'
import { type PassedOnTraffic, passedOnBy } from '../../ingress/controller/upstream-traffic.ts'
import { IngressPoint } from '../../ingress/ingress-point.ts'
import { servicePort } from '../../traffic/traffic-flows.ts'
import { isBackendServed } from '../ingress-context.ts'
import type { SteadyRefusal } from './pools/admission.ts'
import { RatedReplica, RatedRequests } from './rated-requests.ts'
import type { AnsweredPart, AnswerKind } from './request-parts.ts'

/** Shares of requests by how they end. */
export type AnswerShares = Readonly<Record<AnswerKind, number>>

/** What controllers make of requests while demand stays as it is. */
export interface RequestAnswers {
  /** By part of the demand and entry of its matrix; absent: all get a whole answer, or go to no controller. */
  readonly byPart: ReadonlyMap<number, readonly (AnswerShares | undefined)[]>
  /** By traffic: of what is passed on if all requests get as far and backends serve, the share that is. */
  readonly passedOn: Float64Array
}

interface Controller extends RunningController {
  readonly books: RatedRequests
  readonly queues: readonly RatedReplica[]
  readonly point: IngressPoint
}

/** Requests of a traffic that come to a controller. */
interface Kind {
  readonly part: number
  readonly traffic: number
  readonly controller: number
  readonly asked: AskedController
  readonly entries: number[]
  /** Requests per second that are sent, and that come as far as this. */
  sentPerSecond: number
  perSecond: number
}

const ALL = 1
/** Shares below this are rounding. */
const DUST = 1e-12

/** Ingress controllers under the steady clock: their workers by M/M/c/K, certificates as they are now, rules by their weights. */
export class SteadyIngress {
  readonly controllers: readonly Controller[]
  readonly #network: Network
  readonly #traffic: readonly TrafficBlueprint[]
  readonly #passedOn: readonly PassedOnTraffic[]
  readonly #indexOf: ReadonlyMap<string, number>

  /** `traffic`: with what is passed on. `onCertificate` is told when clients are shown another. */
  constructor(
    network: Network,
    blueprints: readonly IngressControllerBlueprint[],
    traffic: readonly TrafficBlueprint[],
    onCertificate: () => void,
  ) {
    const { sim } = network
    this.#network = network
    this.#traffic = traffic
    this.controllers = blueprints.map((blueprint) => ({
      blueprint,
      certificates: certificatesOf(sim, blueprint),
      books: new RatedRequests(sim),
      queues: blueprint.replicas.map(() => new RatedReplica(sim, blueprint.capacity.workers)),
      point: new IngressPoint(blueprint.point),
    }))
    for (const { certificates } of this.controllers) certificates.onChange = onCertificate
    this.#indexOf = new Map(traffic.map(({ name }, index) => [name, index]))
    this.#passedOn = passedOnBy(traffic)
  }

  /** These parts, times their factors, hold from now on, but for what finds no place. */
  turn(
    parts: readonly AnsweredPart[],
    factors: Float64Array,
    refusals: readonly SteadyRefusal[],
  ): RequestAnswers {
    const kinds = this.#kindsOf(parts, factors, refusals)
    const byPart = new Map<number, (AnswerShares | undefined)[]>()
    const passedOn = new Float64Array(this.#traffic.length).fill(ALL)
    this.controllers.forEach((controller, index) => {
      const own = kinds.filter((kind) => kind.controller === index)
      const coming = own.map((kind) => this.#comingOf(kind, controller))
      const running = controller.blueprint.replicas.filter((host) => !this.#network.isStopped(host))
      const load = replicaLoad(controller.blueprint, Math.max(1, running.length), coming)
      controller.queues.forEach((queue, replica) => {
        if (this.#network.isStopped(controller.blueprint.replicas[replica]!)) queue.rest()
        else queue.turn(load)
      })
      const counts = own.flatMap((kind, i) => {
        const fares = load.requests[i]!
        const fates = this.#fatesOf(kind, controller)
        this.#answer(kind, fares, fates, byPart, parts[kind.part]!.demand.source.length)
        this.#passOn(kind, controller.blueprint.name, fares, fates, passedOn)
        return countsOf(kind, fares, fates, coming[i]!)
      })
      const { wholePerSecond, resumedPerSecond } = load
      controller.books.turn({ counts: together(counts), wholePerSecond, resumedPerSecond })
    })
    return { byPart, passedOn }
  }

  #kindsOf(
    parts: readonly AnsweredPart[],
    factors: Float64Array,
    refusals: readonly SteadyRefusal[],
  ): Kind[] {
    const lost = new Map<string, number>()
    for (const { part, entry, share } of refusals)
      lost.set(`${part}/${entry}`, (lost.get(`${part}/${entry}`) ?? 0) + share)
    const indexOf = new Map(this.controllers.map(({ blueprint }, index) => [blueprint.name, index]))
    return parts.flatMap(({ traffic, isBack, answer, demand }, part) => {
      const { request } = this.#traffic[traffic]!
      if (request === undefined || isBack || answer !== 'whole' || factors[part] === 0) return []
      const kinds = new Map<AskedController, Kind>()
      demand.connectionsPerSecond.forEach((rate, entry) => {
        const asked = askedAt(request, demand.classes[demand.classOf[entry]!]!.connections?.address)
        const controller = asked && indexOf.get(asked.controller)
        if (asked === undefined || controller === undefined) return
        let kind = kinds.get(asked)
        if (kind === undefined) {
          kind = { part, traffic, controller, asked, entries: [], sentPerSecond: 0, perSecond: 0 }
          kinds.set(asked, kind)
        }
        const sent = rate * factors[part]!
        kind.entries.push(entry)
        kind.sentPerSecond += sent
        kind.perSecond += sent * Math.max(0, 1 - (lost.get(`${part}/${entry}`) ?? 0))
      })
      return [...kinds.values()].filter(({ sentPerSecond }) => sentPerSecond > 0)
    })
  }

  #comingOf({ traffic, asked, perSecond }: Kind, { point, certificates }: Controller): ComingRequests {
    const blueprint = this.#traffic[traffic]!
    const isTls = asked.tls !== undefined
    const name = isTls
      ? point.certificateFor(servicePort(blueprint, traffic), blueprint.request!.request.host)
      : undefined
    const certificate = name === undefined ? 'none' : (certificates.stateOf(name) ?? 'valid')
    return { perSecond, isTls, certificate }
  }

  #fatesOf({ traffic }: Kind, { point, blueprint }: Controller): RequestFate[] {
    const network = this.#network
    const { request } = this.#traffic[traffic]!
    const replica = blueprint.replicas.find((host) => !network.isStopped(host)) ?? blueprint.replicas[0]!
    return routedShares(point, servicePort(this.#traffic[traffic]!, traffic), request!.request, {
      backends: new Map(blueprint.backends.map((backend) => [backend.name, backend])),
      isServed: ({ address, port }) =>
        isBackendServed(network, replica, network.addresses.intern(address), port),
    })
  }

  #answer(
    { part, entries }: Kind,
    { overloaded, reset, flawed, routed }: AdmittedRequests,
    fates: readonly RequestFate[],
    byPart: Map<number, (AnswerShares | undefined)[]>,
    size: number,
  ): void {
    const served = fates.reduce((sum, { outcome, share }) => sum + (outcome === 'served' ? share : 0), 0)
    const whole = routed * served
    if (whole > 1 - DUST) return
    const shares = { whole, own: overloaded + routed * (1 - served), none: reset + flawed }
    const all = byPart.get(part) ?? new Array<AnswerShares | undefined>(size).fill(undefined)
    byPart.set(part, all)
    for (const entry of entries) all[entry] = shares
  }

  #passOn(
    { traffic, perSecond, sentPerSecond }: Kind,
    controller: string,
    { routed }: AdmittedRequests,
    fates: readonly RequestFate[],
    passedOn: Float64Array,
  ): void {
    for (const { name, of, controller: by, backend } of this.#passedOn) {
      if (by !== controller || this.#indexOf.get(of) !== traffic) continue
      const isServed = fates.some((fate) => fate.backend === backend && fate.outcome === 'served')
      passedOn[this.#indexOf.get(name)!] = isServed ? (routed * perSecond) / sentPerSecond : 0
    }
  }
}

/** Requests per second of one kind, by what becomes of them. */
function countsOf(
  { sentPerSecond, perSecond }: Kind,
  { overloaded, reset, flawed, routed }: AdmittedRequests,
  fates: readonly RequestFate[],
  { certificate }: ComingRequests,
): RequestCount[] {
  const shown = certificate === 'none' ? 'certificate-missing' : 'certificate-expired'
  const counts: RequestCount[] = [
    ...fates.map(({ share, ...fate }) => ({ ...fate, requests: perSecond * routed * share })),
    { outcome: 'controller-overloaded', requests: perSecond * (overloaded + reset) },
    { outcome: shown, requests: perSecond * flawed },
    { outcome: 'connection-failed', requests: sentPerSecond - perSecond },
  ]
  return counts.filter(({ requests }) => requests > DUST * sentPerSecond)
}

/** Those that fare alike as one. */
function together(counts: readonly RequestCount[]): RequestCount[] {
  const all = new Map<string, RequestCount>()
  for (const each of counts) {
    const key = `${each.rule ?? ''}\n${each.backend ?? ''}\n${each.outcome}`
    all.set(key, { ...each, requests: each.requests + (all.get(key)?.requests ?? 0) })
  }
  return [...all.values()]
}
