import type { Simulation } from '@weft/core'
import type { ApplicationConnection, TcpApplication } from '../../transport/tcp/application.ts'
import type { Exchange } from './exchange.ts'

/** Told once how a request ended: its answer is there, or it never will be, for TCP's reason or the client's own. */
export type RequestEnd = (exchange: Exchange, failure: string | undefined) => void

/** The client's end: it shakes hands, asks, waits for the whole answer, and closes. */
export class RequestClient implements TcpApplication<ApplicationConnection> {
  readonly #sim: Simulation
  readonly #exchange: Exchange
  readonly #onEnd: RequestEnd
  #receivedBytes = 0
  #turns = 0
  #writtenBytes = 0
  #hasEnded = false

  constructor(sim: Simulation, exchange: Exchange, onEnd: RequestEnd) {
    this.#sim = sim
    this.#exchange = exchange
    this.#onEnd = onEnd
  }

  keepsBooks(): boolean {
    return true
  }

  onEstablished(connection: ApplicationConnection): void {
    this.#take(connection)
  }

  onData(connection: ApplicationConnection, bytes: number): void {
    const exchange = this.#exchange
    this.#receivedBytes += bytes
    if (exchange.flaw !== undefined) {
      this.#end(exchange.flaw)
      connection.abort(exchange.flaw)
      return
    }
    this.#take(connection)
    const answered = this.#receivedBytes - exchange.preludeBytes
    if (answered > 0) exchange.firstBytePs ??= this.#sim.now
    if (exchange.answerBytes === undefined || answered < exchange.answerBytes) return
    this.#end(undefined)
    connection.close()
  }

  onPeerClosed(connection: ApplicationConnection): void {
    connection.close()
  }

  onClosed(_: unknown, reason: string | undefined): void {
    this.#end(reason ?? 'connection-reset')
  }

  /** Writes what its turns have come for. */
  #take(connection: ApplicationConnection): void {
    const { clientTurns, requestEndBytes } = this.#exchange
    while (this.#turns < clientTurns.length && clientTurns[this.#turns]!.afterBytes <= this.#receivedBytes) {
      const { bytes } = clientTurns[this.#turns++]!
      this.#writtenBytes += bytes
      connection.write(bytes, this.#writtenBytes !== requestEndBytes)
    }
  }

  #end(failure: string | undefined): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#onEnd(this.#exchange, failure)
  }
}
