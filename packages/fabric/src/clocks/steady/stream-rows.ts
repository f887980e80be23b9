import type { TrafficBlueprint } from '../../blueprint/traffic.ts'
import type { Network } from '../../build/network.ts'
import { addTrafficFlow, servicePort } from '../../traffic/traffic-flows.ts'
import type { FlowTable } from '../../transport/flow-table.ts'
import type { TrafficPart } from './traffic-parts.ts'

/** A row for every stream, in the order of the parts' entries; flows that arrive are many and have none. */
export function addStreamRows(
  network: Network,
  flows: FlowTable,
  traffic: readonly TrafficBlueprint[],
  parts: readonly TrafficPart[],
): void {
  const { topology } = network
  for (const { traffic: of, demand } of parts) {
    const blueprint = traffic[of]!
    if (blueprint.offered.kind !== 'stream') continue
    const port = servicePort(blueprint, of)
    demand.source.forEach((source, entry) => {
      const [from, to] = [source, demand.destination[entry]!].map((node) => topology.nodes[node]!.name)
      const { pairs } = blueprint
      const called = pairs.kind === 'to-address' ? pairs.address : to!
      const flow = addTrafficFlow(network, flows, blueprint, {
        traffic: of,
        from: from!,
        to: called,
        bytes: Infinity,
      })
      const taker = network.addressOf(to!, blueprint.family)
      if (taker !== undefined) flows.takenBy(flow, taker, port)
      flows.destinationPort[flow] = port
      flows.sourcePort[flow] = blueprint.sourcePort ?? port
    })
  }
}
