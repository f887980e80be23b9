import type { Network } from '../../build/network.ts'
import type { Connect } from '../../ingress/controller/connect.ts'
import type { IngressControllerBlueprint } from '../../ingress/controller/controller-blueprint.ts'
import { RunningIngress } from '../../ingress/controller/running-ingress.ts'
import type { FlowIndex, FlowTable } from '../../transport/flow-table.ts'
import { ingressContext } from '../ingress-context.ts'
import type { FlowClock } from './flow-clock.ts'
import { type ConnectionContext, FlowConnection } from './flow-connection.ts'
import type { PortsInUse } from './ports-in-use.ts'

export interface FlowIngressContext {
  readonly network: Network
  readonly clock: FlowClock
  readonly flows: FlowTable
  readonly ports: PortsInUse
}

/** Ingress controllers on connections that carry flows. */
export class FlowIngress extends RunningIngress {
  constructor(controllers: readonly IngressControllerBlueprint[], context: FlowIngressContext) {
    const { network, clock, flows, ports } = context
    /** The flow that a row's connection serves: its own, or another one. */
    const serves = new Map<FlowIndex, FlowIndex>()
    const connections: ConnectionContext = {
      sim: network.sim,
      clock,
      acceptorOf: (row) => this.acceptorOf(serves.get(row) ?? row, flows.receiverOf(row)),
    }
    const connectFrom =
      (host: string): Connect =>
      ({ flow, source, destination, destinationPort, options, application }) => {
        const isOwn = flows.source[flow] === source && flows.destination[flow] === destination
        const row = isOwn ? flow : addLeg(flows, flow, { source, destination, startPs: network.sim.now })
        if (!isOwn) serves.set(row, flow)
        flows.destinationPort[row] = destinationPort
        if (!ports.take(row, host)) return undefined
        const connection = new FlowConnection(connections, row, flow, application)
        clock.openConnection(row, options, connection)
        return connection.opener
      }
    super(controllers, ingressContext(network, flows, connectFrom))
  }
}

interface LegEnds {
  readonly source: number
  readonly destination: number
  readonly startPs: number
}

function addLeg(flows: FlowTable, flow: FlowIndex, ends: LegEnds): FlowIndex {
  const bytes = flows.requestBytes(flow)
  return flows.addLeg({ traffic: flows.traffic[flow]!, bytes, ...ends })
}
