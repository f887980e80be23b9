import type { Simulation } from '@weft/core'
import type { IngressApplication } from '../../ingress/controller/connect.ts'
import type { FlowIndex } from '../../transport/flow-table.ts'
import type { ApplicationConnection } from '../../transport/tcp/application.ts'
import type { ConnectionDriver, Message } from './connection-driver.ts'
import type { FlowClock } from './flow-clock.ts'

/** What a connection needs of its run. */
export interface ConnectionContext {
  readonly sim: Simulation
  readonly clock: FlowClock
  /** Who takes a flow's connection where it was led to; undefined: nobody listens there. */
  readonly acceptorOf: (row: FlowIndex) => IngressApplication | undefined
}

/** One end. */
class End implements ApplicationConnection {
  readonly flow: FlowIndex
  isOpen = true
  readonly application: IngressApplication
  readonly #connection: FlowConnection
  readonly #isBack: boolean

  constructor(connection: FlowConnection, flow: FlowIndex, application: IngressApplication, isBack: boolean) {
    this.#connection = connection
    this.flow = flow
    this.application = application
    this.#isBack = isBack
  }

  write(bytes: number, isSetUp = false): void {
    if (this.isOpen && bytes > 0) this.#connection.send({ bytes, isBack: this.#isBack }, isSetUp)
  }

  close(): void {
    if (this.isOpen) this.#connection.close()
  }

  abort(reason: string): void {
    if (this.isOpen) this.#connection.abort(this, reason)
  }

  end(reason: string | undefined): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.application.onClosed(this, reason)
  }
}

/**
 * A connection of applications under the flow clock: messages of its ends are flows, one after the other, and arrive as a whole.
 * What sets something up goes ahead of them, see `FlowClock.sendAside`. Closing takes no time.
 */
export class FlowConnection implements ConnectionDriver {
  readonly #context: ConnectionContext
  /** In the table of flows; that which it serves may be another. */
  readonly #row: FlowIndex
  readonly #opener: End
  /** Once somebody listens. */
  #acceptor: End | undefined = undefined
  readonly #waiting: Message[] = []
  #carries: Message | undefined = undefined
  #isEstablished = false
  #hasEnded = false

  constructor(context: ConnectionContext, row: FlowIndex, flow: FlowIndex, application: IngressApplication) {
    this.#context = context
    this.#row = row
    this.#opener = new End(this, flow, application, false)
  }

  /** The end that opened it. */
  get opener(): ApplicationConnection {
    return this.#opener
  }

  isAccepted(): boolean {
    const application = this.#context.acceptorOf(this.#row)
    if (application === undefined) return false
    this.#acceptor = new End(this, this.#opener.flow, application, true)
    return true
  }

  onEstablished(): void {
    this.#isEstablished = true
    const acceptor = this.#acceptor!
    acceptor.application.onEstablished(acceptor)
    this.#opener.application.onEstablished(this.#opener)
  }

  onArrived(): void {
    const message = this.#carries!
    this.#carries = undefined
    this.#deliver(message)
    this.#next()
  }

  onFailed(reason: string): void {
    this.#end()
    this.#opener.end(reason)
  }

  onReset(stopped: 'opener' | 'acceptor'): void {
    this.#end()
    this.#opener.end(stopped === 'opener' ? 'workload-stopped' : 'connection-reset')
    this.#acceptor?.end(stopped === 'acceptor' ? 'workload-stopped' : 'connection-reset')
  }

  send(message: Message, isSetUp: boolean): void {
    if (isSetUp) {
      const ps = this.#context.clock.sendAside(this.#row, message)
      if (ps !== undefined) {
        this.#after(ps, () => this.#deliver(message))
        return
      }
    }
    this.#waiting.push(message)
    this.#next()
  }

  close(): void {
    this.#end()
    this.#opener.end(undefined)
    this.#acceptor?.end(undefined)
  }

  /** One end goes at once, the other hears of it by RST; before they have shaken hands there is nobody to tell. */
  abort(by: End, reason: string): void {
    if (!this.#isEstablished) {
      this.#end()
      by.end(reason)
      return
    }
    const isBack = by === this.#acceptor
    const ps = this.#context.clock.transitPs(this.#row, isBack)
    this.#end()
    by.end(reason)
    const peer = isBack ? this.#opener : this.#acceptor
    this.#after(ps, () => peer?.end('connection-reset'))
  }

  #next(): void {
    if (this.#hasEnded || this.#carries !== undefined) return
    this.#carries = this.#waiting.shift()
    if (this.#carries !== undefined) this.#context.clock.sendMessage(this.#row, this.#carries)
  }

  #deliver({ bytes, isBack }: Message): void {
    const end = isBack ? this.#opener : this.#acceptor!
    if (end.isOpen && !this.#hasEnded) end.application.onData(end, bytes)
  }

  #end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#context.clock.endConnection(this.#row)
  }

  #after(ps: number, call: () => void): void {
    const { sim } = this.#context
    const delayPs = Math.max(0, Math.round(ps))
    if (sim.now + delayPs <= sim.queue.timeMaxPs) sim.after(delayPs, call)
  }
}
