import type { FlowIndex } from '../../transport/flow-table.ts'
import type { HttpRequest } from '../ingress-blueprint.ts'
import { type HandshakePlan, handshakePlan, sealedBytes } from '../tls/handshake.ts'
import type { TlsBlueprint } from '../tls/tls-blueprint.ts'

/** What became of a request. `served` by a backend, `answered` by a rule: redirects. */
export type RequestOutcome =
  | 'served'
  | 'answered'
  | 'no-rule'
  | 'no-backend'
  | 'no-endpoint'
  | 'controller-overloaded'
  | 'backend-unreachable'
  | 'backend-timeout'
  | 'certificate-expired'
  | 'certificate-missing'
  | 'connection-failed'

/** Something that one side writes as soon as it has so many bytes of the other's in all. */
export interface Turn {
  readonly afterBytes: number
  readonly bytes: number
}

export interface ExchangeConfig {
  readonly flow: FlowIndex
  readonly port: number
  readonly request: HttpRequest
  readonly requestBytes: number
  readonly responseBytes: number
  /** Absent: plain HTTP. */
  readonly tls?: { readonly blueprint: TlsBlueprint; readonly isResumed: boolean }
}

/**
 * A request and its answer on a connection of their own: who writes how much when. Bytes on connections have no content; what both
 * ends read from them stands here.
 */
export class Exchange {
  readonly flow: FlowIndex
  readonly port: number
  readonly request: HttpRequest
  readonly requestBytes: number
  readonly responseBytes: number
  readonly isResumed: boolean
  readonly plan: HandshakePlan | undefined
  /** The client's: handshake and request. */
  readonly clientTurns: readonly Turn[]
  /** The server's, of the handshake and tickets; the first one takes a worker. */
  readonly serverTurns: readonly Turn[]
  /** Bytes of the client's by which its request is there. */
  readonly requestEndBytes: number
  /** What the server writes before its answer. */
  readonly preludeBytes: number
  readonly #tls: TlsBlueprint | undefined

  /** As soon as they are known: rule and backend, the answer's bytes on the connection, what came of it. */
  rule: string | undefined = undefined
  backend: string | undefined = undefined
  answerBytes: number | undefined = undefined
  outcome: RequestOutcome | undefined = undefined
  /** What clients find wrong with the certificate that they are shown. */
  flaw: 'certificate-expired' | 'certificate-missing' | undefined = undefined
  firstBytePs: number | undefined = undefined

  constructor({ flow, port, request, requestBytes, responseBytes, tls }: ExchangeConfig) {
    this.flow = flow
    this.port = port
    this.request = request
    this.requestBytes = requestBytes
    this.responseBytes = responseBytes
    this.isResumed = tls?.isResumed ?? false
    this.#tls = tls?.blueprint
    this.plan = tls && handshakePlan(tls.blueprint, tls.isResumed)
    const { client, server, requestEndBytes } = turnsOf(this.plan, this.wireBytes(requestBytes))
    this.clientTurns = client
    this.serverTurns = server
    this.requestEndBytes = requestEndBytes
    this.preludeBytes = server.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Bytes on the connection for so much of a request or answer. */
  wireBytes(bytes: number): number {
    return this.#tls === undefined ? bytes : sealedBytes(this.#tls, bytes)
  }
}

function turnsOf(plan: HandshakePlan | undefined, requestBytes: number) {
  const client: Turn[] = []
  const server: Turn[] = []
  let [clientBytes, serverBytes, requestEndBytes] = [0, 0, 0]
  const send = (bytes: number, afterBytes: number) => {
    const last = client.at(-1)
    if (last?.afterBytes === afterBytes) client[client.length - 1] = { afterBytes, bytes: last.bytes + bytes }
    else client.push({ afterBytes, bytes })
    clientBytes += bytes
  }
  const request = () => {
    send(requestBytes, serverBytes)
    requestEndBytes = clientBytes
  }
  plan?.flights.forEach(({ from, bytes }, index) => {
    if (from === 'client') send(bytes, serverBytes)
    else {
      server.push({ afterBytes: clientBytes, bytes })
      serverBytes += bytes
    }
    if (index === plan.requestAfter) request()
  })
  if (requestEndBytes === 0) request()
  // tickets follow the client's last flight of the handshake, which the request is right behind
  if (plan !== undefined && plan.ticketBytes > 0)
    server.push({ afterBytes: clientBytes, bytes: plan.ticketBytes })
  return { client, server, requestEndBytes }
}
