import type { ApplicationConnection, TcpApplication } from '../../transport/tcp/application.ts'
import type { Underway } from './upstream.ts'

/** The far end of a controller's connections to backends: answers each request as soon as all of it is there. */
export class BackendServer implements TcpApplication<ApplicationConnection> {
  readonly #underway: Underway
  readonly #receivedBytes = new Map<ApplicationConnection, number>()

  constructor(underway: Underway) {
    this.#underway = underway
  }

  keepsBooks(): boolean {
    return true
  }

  onEstablished(connection: ApplicationConnection): void {
    this.#receivedBytes.set(connection, 0)
  }

  onData(connection: ApplicationConnection, bytes: number): void {
    const exchange = this.#underway.get(connection.flow)?.exchange
    if (exchange === undefined) return
    const receivedBytes = this.#receivedBytes.get(connection)! + bytes
    const isThere = receivedBytes >= exchange.requestBytes
    this.#receivedBytes.set(connection, isThere ? 0 : receivedBytes)
    if (isThere) connection.write(exchange.responseBytes)
  }

  onPeerClosed(connection: ApplicationConnection): void {
    connection.close()
  }

  onClosed(connection: ApplicationConnection): void {
    this.#receivedBytes.delete(connection)
  }
}
