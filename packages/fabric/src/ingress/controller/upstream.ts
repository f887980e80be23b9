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
  /** It never will be. */
  onFailed(outcome: BackendFailure): void
}

/** The connection is gone, or nothing comes. */
export type BackendFailure = 'backend-unreachable' | 'backend-timeout'

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
  /** When it was last heard of, and asked about next. */
  #heardPs = 0
  #deadline: ScheduledCall | undefined = undefined

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
    this.#hear()
    this.#watch(this.#pool.timeoutPs)
    if (this.#isEstablished) this.#connection!.write(exchange.requestBytes)
  }

  /** Where its handshake has begun. */
  begins(connection: ApplicationConnection): void {
    this.#connection ??= connection
  }

  close(): void {
    this.#connection?.close()
  }

  onEstablished(connection: ApplicationConnection): void {
    this.#connection = connection
    this.#isEstablished = true
    this.#hear()
    if (this.exchange !== undefined) connection.write(this.exchange.requestBytes)
  }

  onData(_: ApplicationConnection, bytes: number): void {
    const listener = this.#listener
    if (listener === undefined) return
    this.#leftBytes -= bytes
    this.#hear()
    listener.onAnswer(bytes)
    if (this.#leftBytes > 0) return
    this.exchange = undefined
    this.#listener = undefined
    this.#deadline?.cancel()
    this.#pool.idle(this)
    listener.onAnswered()
  }

  onPeerClosed(connection: ApplicationConnection): void {
    connection.close()
  }

  onClosed(): void {
    this.#fail('backend-unreachable')
  }

  #hear(): void {
    this.#heardPs = this.#pool.nowPs
  }

  /** One call for each request: what was heard in between puts the next one off. */
  #watch(leftPs: number): void {
    this.#deadline = this.#pool.after(leftPs, () => {
      const restPs = this.#heardPs + this.#pool.timeoutPs - this.#pool.nowPs
      if (restPs > 0) this.#watch(restPs)
      else this.#giveUp()
    })
  }

  #giveUp(): void {
    this.#fail('backend-timeout')
    this.#connection?.abort('backend-timeout')
  }

  #fail(outcome: BackendFailure): void {
    const listener = this.#listener
    this.#listener = undefined
    this.#deadline?.cancel()
    this.#pool.gone(this)
    listener?.onFailed(outcome)
  }
}

export interface UpstreamPoolConfig {
  readonly sim: Simulation
  readonly options: TcpOptions
  readonly connect: Connect
  readonly target: UpstreamTarget
  readonly keepAlive: KeepAliveBlueprint
  readonly timeoutPs: number
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

  get timeoutPs(): number {
    return this.#config.timeoutPs
  }

  get nowPs(): number {
    return this.#config.sim.now
  }

  after(delayPs: number, call: () => void): ScheduledCall {
    return this.#config.sim.after(delayPs, call)
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
    const call = { flow, source, destination, destinationPort, options, application: upstream }
    const connection = connect(call)
    if (connection === undefined) upstream.onClosed()
    else upstream.begins(connection)
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
