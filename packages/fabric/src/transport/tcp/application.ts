import type { FlowIndex } from '../flow-table.ts'
import type { TcpConnection } from './connection.ts'

/** As much of a connection as applications have that run under any clock. */
export interface ApplicationConnection {
  readonly flow: FlowIndex
  readonly isOpen: boolean
  /** `isSetUp`: bytes that set something up, before or beside what the connection is for. */
  write(bytes: number, isSetUp?: boolean): void
  close(): void
  abort(reason: string): void
}

/** What uses a connection. Every method may call `write`, `read`, `close` and `abort` of the connection. */
export interface TcpApplication<Connection = TcpConnection> {
  /** Whether it says itself, in the books of flows, what becomes of this flow; absent: of none. Packets count all the same. */
  keepsBooks?(flow: FlowIndex): boolean
  onEstablished(connection: Connection): void
  /** Payload arrived in order; with `receiver.autoRead` false it stays in the buffer until it is read. */
  onData(connection: Connection, bytes: number): void
  /** The peer will send no more. */
  onPeerClosed(connection: Connection): void
  /** The connection is gone: `reason` is undefined after an orderly close. */
  onClosed(connection: Connection, reason: string | undefined): void
}

/** Closes when the peer does: the far end of a bulk transfer. */
export const BULK_SINK: TcpApplication = {
  onEstablished: () => {},
  onData: () => {},
  onPeerClosed: (connection) => connection.close(),
  onClosed: () => {},
}

/** Writes a fixed number of bytes at once, then closes. */
export class BulkSource implements TcpApplication {
  private readonly bytes: number

  constructor(bytes: number) {
    this.bytes = bytes
  }

  onEstablished(connection: TcpConnection): void {
    // closed before written, so that the FIN leaves with the last segment
    connection.finish(this.bytes)
  }

  onData(): void {}
  onPeerClosed(): void {}
  onClosed(): void {}
}
