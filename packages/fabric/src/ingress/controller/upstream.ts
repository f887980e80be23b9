import type { ScheduledCall, Simulation } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { FlowIndex } from '../../transport/flow-table.ts'
import type { ApplicationConnection, TcpApplication } from '../../transport/tcp/application.ts'
import type { KeepAliveBlueprint } from './controller-blueprint.ts'
import type { Connect } from './connect.ts'
import type { Exchange } from './exchange.ts'

/** Who waits for a backend's answer. */
export interface UpstreamListener {
  /** More of the answer. */
  onAnswer(bytes: number): void
  /** All of it is there. */
  onAnswered(): void
  /** The connection is gone before that. */
  onLost(): void
}

/** Requests that are on their way to backends, by the flow that opened the connection: what their servers read from it. */
export type Underway = Map<FlowIndex, Upstream>

/** Where a backend's connections go, by address ids. */
export interface UpstreamTarget {
  readonly source: number
  readonly destination: number
  readonly port: number
}

/** One connection to a backend, which carries one request after the other. */
export class Upstream implements TcpApplication<ApplicationConnection> {
  /** What its server is to answer. */
  exchange: Exchange | undefined = undefined
  idleEnd: ScheduledCall | undefined = undefined
  readonly #pool: UpstreamPool
  #connection: ApplicationConnection | undefined = undefined
  #listener: UpstreamListener | undefined = undefined
  #isEstablished = false
  #leftBytes = 0

  constructor(pool: UpstreamPool) {
    this.#pool = pool
  }

  keepsBooks(): boolean {
    return true
  }

  send(exchange: Exchange, listener: UpstreamListener): void {
    this.exchange = exchange
    this.#listener = listener
    this.#leftBytes = exchange.responseBytes
    if (this.#isEstablished) this.#connection!.write(exchange.requestBytes)
  }

  close(): void {
    this.#connection?.close()
  }

  onEstablished(connection: ApplicationConnection): void {
    this.#connection = connection
    this.#isEstablished = true
    if (this.exchange !== undefined) connection.write(this.exchange.requestBytes)
  }

  onData(_: ApplicationConnection, bytes: number): void {
    const listener = this.#listener
    if (listener === undefined) return
    this.#leftBytes -= bytes
    listener.onAnswer(bytes)
    if (this.#leftBytes > 0) return
    this.exchange = undefined
    this.#listener = undefined
    this.#pool.idle(this)
    listener.onAnswered()
  }

  onPeerClosed(connection: ApplicationConnection): void {
    connection.close()
  }

  onClosed(): void {
    const listener = this.#listener
    this.#listener = undefined
    this.#pool.gone(this)
    listener?.onLost()
  }
}

export interface UpstreamPoolConfig {
  readonly sim: Simulation
  readonly options: TcpOptions
  readonly connect: Connect
  readonly target: UpstreamTarget
  readonly keepAlive: KeepAliveBlueprint
  readonly underway: Underway
}

/** A replica's connections to one backend: the one that became idle last is used first. */
export class UpstreamPool {
  /** Connections opened, and requests that found one open. */
  opened = 0
  reused = 0
  readonly #config: UpstreamPoolConfig
  readonly #idle: Upstream[] = []
  readonly #flows = new Map<Upstream, FlowIndex>()

  constructor(config: UpstreamPoolConfig) {
    this.#config = config
  }

  send(exchange: Exchange, listener: UpstreamListener): void {
    const kept = this.#idle.pop()
    if (kept !== undefined) {
      this.reused++
      kept.idleEnd?.cancel()
      kept.send(exchange, listener)
      return
    }
    const { connect, options, target, underway } = this.#config
    const upstream = new Upstream(this)
    this.opened++
    underway.set(exchange.flow, upstream)
    this.#flows.set(upstream, exchange.flow)
    upstream.send(exchange, listener)
    const { source, destination, port: destinationPort } = target
    const { flow } = exchange
    if (!connect({ flow, source, destination, destinationPort, options, application: upstream }))
      upstream.onClosed()
  }

  /** Its request is answered. */
  idle(upstream: Upstream): void {
    const { sim, keepAlive } = this.#config
    if (this.#idle.length >= keepAlive.connections) {
      upstream.close()
      return
    }
    this.#idle.push(upstream)
    upstream.idleEnd = sim.after(keepAlive.idlePs, () => {
      this.#forget(upstream)
      upstream.close()
    })
  }

  gone(upstream: Upstream): void {
    upstream.idleEnd?.cancel()
    this.#forget(upstream)
    const flow = this.#flows.get(upstream)
    if (flow === undefined) return
    this.#flows.delete(upstream)
    this.#config.underway.delete(flow)
  }

  #forget(upstream: Upstream): void {
    const at = this.#idle.indexOf(upstream)
    if (at >= 0) this.#idle.splice(at, 1)
  }
}
