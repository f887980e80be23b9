import type { Distribution, RandomStream } from '@weft/core'
import type { ApplicationConnection, TcpApplication } from '../../transport/tcp/application.ts'
import type { IngressPoint } from '../ingress-point.ts'
import type { ControllerBackend } from './controller-blueprint.ts'
import type { Exchange } from './exchange.ts'
import type { BackendsOf } from './route-request.ts'
import { ServerSide } from './server-side.ts'
import type { UpstreamPool } from './upstream.ts'
import type { WorkerQueue } from './worker-queue.ts'

/** What a replica works with. */
export interface ReplicaParts extends BackendsOf {
  readonly point: IngressPoint
  readonly queue: WorkerQueue
  /** Time of a worker for a request. */
  readonly service: Distribution
  readonly stream: RandomStream
  /** The request that a connection brings. */
  readonly exchangeOf: (connection: ApplicationConnection) => Exchange | undefined
  readonly poolOf: (backend: ControllerBackend) => UpstreamPool
  /** What clients find wrong with the certificate that they are shown for this name. */
  readonly flawOf: (port: number, serverName: string) => Exchange['flaw']
  readonly onHandshake: (isResumed: boolean) => void
}

/** One replica of a controller: takes connections of clients, finds backends for their requests, and relays the answers. */
export class ControllerReplica implements TcpApplication<ApplicationConnection> {
  readonly parts: ReplicaParts
  readonly #sides = new Map<ApplicationConnection, ServerSide>()

  constructor(parts: ReplicaParts) {
    this.parts = parts
  }

  keepsBooks(): boolean {
    return true
  }

  onEstablished(connection: ApplicationConnection): void {
    const exchange = this.parts.exchangeOf(connection)
    if (exchange !== undefined) this.#sides.set(connection, new ServerSide(connection, exchange, this.parts))
  }

  onData(connection: ApplicationConnection, bytes: number): void {
    this.#sides.get(connection)?.take(bytes)
  }

  onPeerClosed(connection: ApplicationConnection): void {
    connection.close()
  }

  onClosed(connection: ApplicationConnection): void {
    this.#sides.delete(connection)
  }
}
