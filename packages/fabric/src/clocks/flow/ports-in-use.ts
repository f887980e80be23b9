import { PROTOCOL_TCP } from '../../model/packet-table.ts'
import { ABSENT, TupleTable } from '../../model/tuple-table.ts'
import type { FlowIndex, FlowTable } from '../../transport/flow-table.ts'
import { EphemeralPorts, NO_PORT } from '../../transport/ports.ts'

/** Hands out source ports host by host as TCP does: in turn, and none that a flow to the same port has still. */
export class PortsInUse {
  readonly #flows: FlowTable
  readonly #connections = new TupleTable()
  readonly #byHost = new Map<string, EphemeralPorts>()

  constructor(flows: FlowTable) {
    this.#flows = flows
  }

  /** Gives a flow of this host its source port, this one or the next that is free; false if there is none. */
  take(flow: FlowIndex, host: string, wanted?: number): boolean {
    const { source, destination, sourcePort, destinationPort } = this.#flows
    const from = source[flow]!
    const to = destination[flow]!
    const isTaken = (port: number) => {
      const key = (port << 16) | destinationPort[flow]!
      return this.#connections.get(from, to, key, PROTOCOL_TCP) !== ABSENT
    }
    const port = wanted === undefined ? this.#portsOf(host).next(isTaken) : isTaken(wanted) ? NO_PORT : wanted
    if (port === NO_PORT) return false
    sourcePort[flow] = port
    this.#connections.set(from, to, (port << 16) | destinationPort[flow]!, PROTOCOL_TCP, flow)
    return true
  }

  #portsOf(host: string): EphemeralPorts {
    const known = this.#byHost.get(host)
    if (known !== undefined) return known
    const ports = new EphemeralPorts()
    this.#byHost.set(host, ports)
    return ports
  }

  release(flow: FlowIndex): void {
    const { source, destination, sourcePort, destinationPort } = this.#flows
    const key = (sourcePort[flow]! << 16) | destinationPort[flow]!
    this.#connections.delete(source[flow]!, destination[flow]!, key, PROTOCOL_TCP)
  }
}
