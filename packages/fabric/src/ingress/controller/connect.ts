import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { FlowIndex } from '../../transport/flow-table.ts'
import type { ApplicationConnection, TcpApplication } from '../../transport/tcp/application.ts'

/** Under any clock. */
export type IngressApplication = TcpApplication<ApplicationConnection>

/** A connection that somebody opens; addresses by id. */
export interface ConnectRequest {
  /** The flow that it is for. */
  readonly flow: FlowIndex
  readonly source: number
  readonly destination: number
  readonly destinationPort: number
  readonly options: TcpOptions
  readonly application: IngressApplication
  readonly dscp?: number
  readonly priority?: number
}

/** Opens a connection from one host; undefined where it has no port left. */
export type Connect = (request: ConnectRequest) => ApplicationConnection | undefined
