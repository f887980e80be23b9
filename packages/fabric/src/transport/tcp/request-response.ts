import type { EventHandler, Simulation } from '@weft/core'
import type { FlowTable } from '../flow-table.ts'
import type { TcpApplication } from './application.ts'
import type { TcpConnection } from './connection.ts'

const UNREGISTERED = -1

/** Connections that stay open for a time although nothing is sent: told when theirs is over. */
export class OpenTimers implements EventHandler {
  readonly name = 'connections held open'
  private readonly sim: Simulation
  /** Registered when the first connection is held: the order of handlers is part of a run's digest. */
  private handler = UNREGISTERED
  private readonly waiting: ((() => void) | undefined)[] = []
  private readonly free: number[] = []

  constructor(sim: Simulation) {
    this.sim = sim
  }

  /** Calls after so long, if the simulation goes on until then. */
  after(delayPs: number, over: () => void): void {
    const { queue, now } = this.sim
    if (now + delayPs > queue.timeMaxPs) return
    if (this.handler === UNREGISTERED) this.handler = this.sim.register(this)
    const slot = this.free.pop() ?? this.waiting.length
    this.waiting[slot] = over
    queue.due = now + delayPs
    queue.push(this.handler, slot, 0)
  }

  onEvent(slot: number): void {
    const over = this.waiting[slot]!
    this.waiting[slot] = undefined
    this.free.push(slot)
    over()
  }
}

/** Opens a connection, sends a request, waits for the answer, and closes; not before a time is over, where one is given. */
export class Requester implements TcpApplication {
  private readonly requestBytes: number
  private answerLeft: number
  private readonly holdPs: number
  private readonly timers: OpenTimers
  private isHeld = false

  constructor(requestBytes: number, responseBytes: number, holdPs: number, timers: OpenTimers) {
    this.requestBytes = requestBytes
    this.answerLeft = responseBytes
    this.holdPs = holdPs
    this.timers = timers
  }

  onEstablished(connection: TcpConnection): void {
    connection.write(this.requestBytes)
    if (this.holdPs === 0) return
    this.isHeld = true
    this.timers.after(this.holdPs, () => {
      this.isHeld = false
      this.closeWhenOver(connection)
    })
  }

  onData(connection: TcpConnection, bytes: number): void {
    this.answerLeft -= bytes
    this.closeWhenOver(connection)
  }

  onPeerClosed(connection: TcpConnection): void {
    connection.close()
  }

  onClosed(): void {}

  private closeWhenOver(connection: TcpConnection): void {
    if (this.answerLeft === 0 && !this.isHeld && connection.isOpen) connection.close()
  }
}

/** The far end of any flow: answers what has been sent in full, where an answer is due, and closes when the peer does. */
export class Responder implements TcpApplication {
  private readonly flows: FlowTable

  constructor(flows: FlowTable) {
    this.flows = flows
  }

  onEstablished(): void {}

  onData(connection: TcpConnection): void {
    const { flows } = this
    const { flow } = connection
    const responseBytes = flows.responseBytes[flow]!
    // what arrives a second time, of a flow that has ended, is answered no more
    if (responseBytes > 0 && flows.bytesDelivered[flow] === flows.requestBytes(flow))
      connection.write(responseBytes)
  }

  onPeerClosed(connection: TcpConnection): void {
    connection.close()
  }

  onClosed(): void {}
}
