import type { TcpOptions } from '../../blueprint/traffic.ts'
import { resolveTcpOptions } from '../tcp/options.ts'
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
