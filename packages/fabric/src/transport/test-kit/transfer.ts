import { US } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import { resolveTcpOptions } from '../tcp/options.ts'
import type { TcpApplication } from '../tcp/application.ts'
import type { TcpConnection } from '../tcp/connection.ts'
import { Pair, type PipeOptions } from './pipe.ts'

export const PORT = 5001

/** A bulk transfer over a scripted pipe, connected at time 0 but not run. */
export function transfer(
  bytes: number,
  options: Partial<TcpOptions> = {},
  pipe: PipeOptions = {},
  serverOptions: Partial<TcpOptions> = options,
): { pair: Pair; flow: number; connection: TcpConnection } {
  const pair = new Pair(pipe)
  pair.server.tcp.listen(PORT, resolveTcpOptions(serverOptions))
  const flow = pair.addFlow(bytes)
  const connection = pair.client.tcp.connect({
    flow,
    source: pair.clientAddress,
    destination: pair.serverAddress,
    destinationPort: PORT,
    bytes,
    options: resolveTcpOptions(options),
  })!
  return { pair, flow, connection }
}

/** An application that leaves everything to the test. */
export function idleApplication(overrides: Partial<TcpApplication> = {}): TcpApplication {
  return {
    onEstablished: () => {},
    onData: () => {},
    onPeerClosed: () => {},
    onClosed: () => {},
    ...overrides,
  }
}

/**
 * A connection that stays open until the test closes it; established on return. `onAccept` sees the server's
 * end.
 */
export function openConnection(
  options: Partial<TcpOptions> = {},
  pipe: PipeOptions = {},
  onAccept: (connection: TcpConnection) => void = () => {},
): { pair: Pair; client: TcpConnection; server: TcpConnection } {
  const pair = new Pair(pipe)
  const accepted: TcpConnection[] = []
  const resolved = resolveTcpOptions(options)
  const onEstablished = (connection: TcpConnection) => {
    accepted.push(connection)
    onAccept(connection)
  }
  pair.server.tcp.listen(PORT, resolved, idleApplication({ onEstablished }))
  const { clientAddress: source, serverAddress: destination } = pair
  const application = idleApplication()
  const client = pair.client.tcp.connect({
    flow: -1,
    source,
    destination,
    destinationPort: PORT,
    options: resolved,
    application,
  })!
  pair.sim.run(HANDSHAKE_PS)
  return { pair, client, server: accepted[0]! }
}

/** Three times the default delay of a pipe. */
export const HANDSHAKE_PS = 30 * US
