/** Bytes that one end of a connection sends the other. */
export interface Message {
  readonly bytes: number
  /** From who took the connection to who opened it. */
  readonly isBack: boolean
}

/** Who says what a connection carries, message by message, and is told what becomes of them. */
export interface ConnectionDriver {
  /** Whether anybody listens where it has been led to. */
  isAccepted(): boolean
  onEstablished(): void
  /** All of its message has arrived. */
  onArrived(): void
  /** It is not made, for this reason. */
  onFailed(reason: string): void
  /** The workload at this end stops. */
  onReset(stopped: 'opener' | 'acceptor'): void
}
