import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import type { Listener } from '../../transport/server.ts'
import type { IngressControllerBlueprint } from './controller-blueprint.ts'
import { type IngressContext, RunningIngress } from './running-ingress.ts'

/** Ingress controllers on the stacks of a run of packets. */
export class PacketIngress extends RunningIngress {
  readonly #packets: PacketTable

  constructor(
    blueprints: readonly IngressControllerBlueprint[],
    context: IngressContext & { readonly packets: PacketTable },
  ) {
    super(blueprints, context)
    this.#packets = context.packets
  }

  /** Who takes a connection that a request's SYN opens. */
  listenerFor(packet: PacketHandle): Listener | undefined {
    const { flow, destination } = this.#packets
    const application = this.acceptorOf(flow[packet]!, destination[packet]!)
    return application && { options: this.options, application }
  }
}
