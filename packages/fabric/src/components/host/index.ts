import type { EcmpBlueprint, HostBlueprint } from '../../blueprint/network.ts'
import type { ComponentKind } from '../component-kind.ts'
import { Host } from './host.ts'

/** Bonded ports share by five-tuple, as Linux's bonding does with `layer3+4`. */
const BOND: EcmpBlueprint = { mode: 'five-tuple', weights: 'rate', flowletGapPs: 0 }

export const hostKind: ComponentKind<HostBlueprint, Host> = {
  kind: 'host',
  decidesBy: 'routes',
  create: (
    { name, connections },
    { packets, ledger, pools, selector, addressesOf, workloadStates, nodeIndex, ownCallsOf },
  ) => {
    if (connections !== undefined) pools.add(name, 'connections', connections.max)
    const life = { states: workloadStates, node: nodeIndex(name), ownCalls: ownCallsOf(name) }
    return new Host(name, packets, ledger, selector(name, BOND), addressesOf(name), life)
  },
  install: (component, routes, index) => component.install(routes.hosts.get(index)!),
}
