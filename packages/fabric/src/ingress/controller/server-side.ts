import type { ApplicationConnection } from '../../transport/tcp/application.ts'
import type { ReplicaParts } from './controller-replica.ts'
import type { Exchange, RequestOutcome } from './exchange.ts'
import { routeRequest } from './route-request.ts'
import type { BackendFailure, UpstreamListener } from './upstream.ts'

/** An answer that has no backend: headers and a line of text. */
export const OWN_ANSWER_BYTES = 300

/** A replica's end of one client's connection. */
export class ServerSide implements UpstreamListener {
  readonly #connection: ApplicationConnection
  readonly #exchange: Exchange
  readonly #parts: ReplicaParts
  #receivedBytes = 0
  #turns = 0
  #handshake: 'none' | 'waits' | 'done' = 'none'
  #isTaken = false
  /** Of the backend's answer, and of what was written of it. */
  #answeredBytes = 0
  #relayedBytes = 0

  constructor(connection: ApplicationConnection, exchange: Exchange, parts: ReplicaParts) {
    this.#connection = connection
    this.#exchange = exchange
    this.#parts = parts
  }

  /** So many bytes of the client's. */
  take(bytes: number): void {
    this.#receivedBytes += bytes
    this.#proceed()
  }

  onAnswer(bytes: number): void {
    const exchange = this.#exchange
    this.#answeredBytes += bytes
    exchange.answerBytes = exchange.wireBytes(exchange.responseBytes)
    const wireBytes = exchange.wireBytes(this.#answeredBytes)
    this.#connection.write(wireBytes - this.#relayedBytes)
    this.#relayedBytes = wireBytes
  }

  onAnswered(): void {
    this.#exchange.outcome = 'served'
  }

  onFailed(outcome: BackendFailure): void {
    if (this.#answeredBytes === 0) this.#answer(outcome)
    else this.#refuse(outcome)
  }

  #proceed(): void {
    const { serverTurns, requestEndBytes } = this.#exchange
    while (this.#turns < serverTurns.length && serverTurns[this.#turns]!.afterBytes <= this.#receivedBytes) {
      if (this.#turns === 0 && this.#handshake !== 'done') {
        if (this.#handshake === 'none') this.#beginHandshake()
        return
      }
      this.#connection.write(serverTurns[this.#turns++]!.bytes, true)
    }
    if (this.#isTaken || this.#receivedBytes < requestEndBytes) return
    this.#isTaken = true
    const { queue, service, stream } = this.#parts
    const job = { onDone: () => this.#route() }
    if (!queue.enter(job, service.sample(stream))) this.#answer('controller-overloaded')
  }

  #beginHandshake(): void {
    const { queue, flawOf, onHandshake } = this.#parts
    const { plan, isResumed, port, request } = this.#exchange
    this.#handshake = 'waits'
    const job = {
      onDone: () => {
        this.#handshake = 'done'
        onHandshake(isResumed)
        // who resumes a session has checked the certificate before
        if (!isResumed) this.#exchange.flaw = flawOf(port, request.host)
        this.#proceed()
      },
    }
    if (!queue.enter(job, plan!.serverPs)) this.#refuse('controller-overloaded')
  }

  #route(): void {
    if (!this.#connection.isOpen) return
    const { point, stream, poolOf } = this.#parts
    const routed = routeRequest(this.#exchange, point, this.#parts, stream)
    if ('answer' in routed) this.#answer(routed.answer)
    else poolOf(routed.to).send(this.#exchange, this)
  }

  /** Without a backend. */
  #answer(outcome: RequestOutcome): void {
    const exchange = this.#exchange
    exchange.outcome = outcome
    exchange.answerBytes = exchange.wireBytes(OWN_ANSWER_BYTES)
    this.#connection.write(exchange.answerBytes)
  }

  /** By RST: there is no way to say more. */
  #refuse(outcome: RequestOutcome): void {
    this.#exchange.outcome = outcome
    this.#connection.abort(outcome)
  }
}
