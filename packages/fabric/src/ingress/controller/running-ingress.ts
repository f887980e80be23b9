import { bool, InvariantError, type RandomStream, type Simulation } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { AddressTable } from '../../model/address-table.ts'
import type { FlowIndex, FlowTable } from '../../transport/flow-table.ts'
import { resolveTcpOptions } from '../../transport/tcp/options.ts'
import type { CertificateManager } from '../certificates/certificate-manager.ts'
import { delayDistribution } from '../certificates/certificate-options.ts'
import { IngressPoint } from '../ingress-point.ts'
import { askedAt } from './asked-at.ts'
import { BackendServer } from './backend-server.ts'
import type { Connect, IngressApplication } from './connect.ts'
import type {
  AskedController,
  ControllerBackend,
  IngressControllerBlueprint,
  RequestBlueprint,
} from './controller-blueprint.ts'
import { ControllerReplica } from './controller-replica.ts'
import { Exchange, type RequestOutcome } from './exchange.ts'
import { IngressBooks } from './ingress-books.ts'
import { certificatesOf } from './certificates-of.ts'
import { RequestClient } from './request-client.ts'
import { OWN_ANSWER_BYTES } from './server-side.ts'
import { type Underway, UpstreamPool } from './upstream.ts'
import { WorkerQueue } from './worker-queue.ts'

/** The run that controllers are part of. */
export interface IngressContext {
  readonly sim: Simulation
  readonly addresses: AddressTable
  readonly flows: FlowTable
  /** The node that has an address. */
  readonly hostOf: (address: number) => number | undefined
  readonly nodeOf: (host: string) => number
  readonly addressOf: (host: string, family: 'ipv4' | 'ipv6') => number | undefined
  /** How this host opens connections. */
  readonly connectFrom: (host: string) => Connect
  /** Whether anything answers connections from a host to this address and port. */
  readonly isServed: (host: string, address: number, port: number) => boolean
}

/** How a client reaches a controller. */
export interface ClientConnection {
  /** The client's host. */
  readonly from: string
  readonly flow: FlowIndex
  readonly destinationPort: number
  readonly options: TcpOptions
  readonly dscp: number
  readonly priority: number
}

/** A controller in a run: what its replicas and certificates came to. */
export interface RunningController {
  readonly blueprint: IngressControllerBlueprint
  readonly certificates: CertificateManager
  readonly books: RequestBooks
  /** By replica, in the order of the blueprint. */
  readonly queues: readonly ReplicaBooks[]
}

/** Requests that have ended, and handshakes; under clocks that follow none, expected numbers. */
export type RequestBooks = Pick<IngressBooks, 'counts' | 'total' | 'wholeHandshakes' | 'resumedHandshakes'>

/** What a replica's workers did; `waitingPeak` is 0 where nobody counts. */
export type ReplicaBooks = Pick<WorkerQueue, 'workers' | 'waitingPeak' | 'counts'>

interface Running extends RunningController {
  readonly books: IngressBooks
  readonly queues: readonly WorkerQueue[]
  readonly point: IngressPoint
  /** By node. */
  readonly replicas: ReadonlyMap<number, ControllerReplica>
  readonly resumption: RandomStream
}

/** Ingress controllers as applications on the hosts of a run, and the clients that ask them, under any clock that follows them. */
export class RunningIngress {
  readonly controllers: readonly RunningController[]
  /** Of replicas and backends. */
  readonly options = resolveTcpOptions({})
  /** Told of every request that has ended. */
  onEnd: (exchange: Exchange, outcome: RequestOutcome) => void = () => {}
  readonly #context: IngressContext
  readonly #byName: ReadonlyMap<string, Running>
  readonly #exchanges = new Map<FlowIndex, { readonly exchange: Exchange; readonly running: Running }>()
  /** Whose flows are requests, where they go to a controller. */
  readonly #traffic = new Map<number, RequestBlueprint>()
  /** By address that was called: whom requests of a traffic meet there. */
  readonly #asked = new Map<RequestBlueprint, Map<number, AskedController | undefined>>()
  readonly #underway: Underway = new Map()
  readonly #server = new BackendServer(this.#underway)

  constructor(blueprints: readonly IngressControllerBlueprint[], context: IngressContext) {
    this.#context = context
    const controllers = blueprints.map((each) => this.#run(each))
    this.controllers = controllers
    this.#byName = new Map(controllers.map((each) => [each.blueprint.name, each]))
  }

  /**
   * A client sends a request, on a flow that has been entered. One without an answer's bytes gets headers alone. False, and nothing is
   * sent, where the flow goes to no controller.
   */
  start(request: RequestBlueprint, client: ClientConnection): boolean {
    const { from, flow, destinationPort, options, dscp, priority } = client
    const { flows, sim } = this.#context
    const [source, destination] = [flows.source[flow]!, flows.destination[flow]!]
    const asked = this.#askedAt(request, destination)
    if (asked === undefined) return false
    const running = this.#byName.get(asked.controller)
    if (running === undefined) throw new InvariantError(`there is no ingress controller ${asked.controller}`)
    const { tls } = running.blueprint
    const exchange = new Exchange({
      flow,
      port: destinationPort,
      request: request.request,
      requestBytes: flows.requestBytes(flow),
      responseBytes: flows.responseBytes[flow]! || OWN_ANSWER_BYTES,
      ...(request.scheme === 'https' && {
        tls: { blueprint: tls, isResumed: bool(running.resumption, tls.resumed) },
      }),
    })
    this.#traffic.set(flows.traffic[flow]!, request)
    this.#exchanges.set(flow, { exchange, running })
    const application = new RequestClient(sim, exchange, (_, failure) =>
      this.#end(exchange, running, failure),
    )
    const { connectFrom } = this.#context
    const call = { flow, source, destination, destinationPort, options, application, dscp, priority }
    if (connectFrom(from)(call) === undefined) application.onClosed(undefined, 'ports-exhausted')
    return true
  }

  /** Whether a flow is a request, or one of its packets may still be on its way. */
  isRequest(flow: FlowIndex): boolean {
    const { flows } = this.#context
    const request = this.#traffic.get(flows.traffic[flow]!)
    return request !== undefined && this.#askedAt(request, flows.destination[flow]!) !== undefined
  }

  /** Who takes a flow's connection to this address: a replica, or a backend; undefined where nobody listens, or any more. */
  acceptorOf(flow: FlowIndex, address: number): IngressApplication | undefined {
    if (this.#underway.has(flow)) return this.#server
    const found = this.#exchanges.get(flow)
    if (found?.running.point.listening.includes(found.exchange.port) !== true) return undefined
    return found.running.replicas.get(this.#context.hostOf(address)!)
  }

  #askedAt(request: RequestBlueprint, address: number): AskedController | undefined {
    let known = this.#asked.get(request)
    if (known === undefined) {
      known = new Map()
      this.#asked.set(request, known)
    }
    if (!known.has(address)) known.set(address, askedAt(request, this.#context.addresses.textOf(address)))
    return known.get(address)
  }

  #run(blueprint: IngressControllerBlueprint): Running {
    const { sim, nodeOf } = this.#context
    const { name, capacity, replicas } = blueprint
    const manager = certificatesOf(sim, blueprint)
    const point = new IngressPoint(blueprint.point)
    const books = new IngressBooks()
    const queues = replicas.map((host) => new WorkerQueue(sim, host, capacity.workers, capacity.waitingMax))
    const running = { blueprint, certificates: manager, books, queues, point }
    const resumption = sim.random(`${name}/resumption`)
    const made = replicas.map(
      (host, index) => [nodeOf(host), this.#replica(host, queues[index]!, running)] as const,
    )
    return { ...running, resumption, replicas: new Map(made) }
  }

  #replica(
    host: string,
    queue: WorkerQueue,
    { blueprint, certificates, books, point }: Omit<Running, 'replicas' | 'resumption'>,
  ): ControllerReplica {
    const { sim, addresses, isServed } = this.#context
    const pools = new Map<ControllerBackend, UpstreamPool>()
    const poolOf = (backend: ControllerBackend): UpstreamPool => {
      let pool = pools.get(backend)
      if (pool === undefined) {
        pool = this.#pool(host, backend, blueprint)
        pools.set(backend, pool)
      }
      return pool
    }
    return new ControllerReplica({
      point,
      queue,
      service: delayDistribution(blueprint.capacity.request),
      stream: sim.random(`${host}/ingress`),
      backends: new Map(blueprint.backends.map((backend) => [backend.name, backend])),
      isServed: ({ address, port }) => isServed(host, addresses.intern(address), port),
      exchangeOf: ({ flow }) => this.#exchanges.get(flow)?.exchange,
      poolOf,
      flawOf: (port, serverName) => {
        const certificate = point.certificateFor(port, serverName)
        const state = certificate === undefined ? 'none' : (certificates.stateOf(certificate) ?? 'valid')
        return state === 'valid'
          ? undefined
          : state === 'none'
            ? 'certificate-missing'
            : 'certificate-expired'
      },
      onHandshake: (isResumed) => {
        if (isResumed) books.resumedHandshakes++
        else books.wholeHandshakes++
      },
    })
  }

  #pool(
    host: string,
    backend: ControllerBackend,
    { keepAlive, backendTimeoutPs }: IngressControllerBlueprint,
  ): UpstreamPool {
    const { sim, addresses, addressOf, connectFrom } = this.#context
    const destination = addresses.intern(backend.address)
    const source = addressOf(host, addresses.isIpv6(destination) ? 'ipv6' : 'ipv4')
    if (source === undefined)
      throw new InvariantError(`${host} has no address to reach ${backend.address} from`)
    return new UpstreamPool({
      sim,
      connect: connectFrom(host),
      options: this.options,
      target: { source, destination, port: backend.port },
      keepAlive,
      timeoutPs: backendTimeoutPs,
      underway: this.#underway,
    })
  }

  #end(exchange: Exchange, { books }: Running, failure: string | undefined): void {
    const { flows, sim } = this.#context
    const { flow, outcome: told } = exchange
    const outcome = failure === undefined ? told! : (exchange.flaw ?? told ?? 'connection-failed')
    this.#exchanges.delete(flow)
    books.add(exchange, outcome)
    if (failure === undefined && (outcome === 'served' || outcome === 'answered')) {
      if (outcome === 'answered') shorten(flows, flow)
      flows.bytesDelivered[flow] = flows.bytes[flow]!
      flows.complete(flow, sim.now)
    } else flows.fail(flow, outcome === 'connection-failed' ? failure! : outcome)
    this.onEnd(exchange, outcome)
  }
}

/** A redirect is shorter than the answer that was asked for. */
function shorten(flows: FlowTable, flow: FlowIndex): void {
  const requestBytes = flows.requestBytes(flow)
  const answerBytes = Math.min(flows.responseBytes[flow]!, OWN_ANSWER_BYTES)
  flows.responseBytes[flow] = answerBytes
  flows.bytes[flow] = requestBytes + answerBytes
}
