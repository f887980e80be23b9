import type { VirtualSwitchBlueprint } from '../../blueprint/network.ts'
import type { ComponentKind } from '../component-kind.ts'
import { VirtualSwitch } from './vswitch.ts'

export const virtualSwitchKind: ComponentKind<VirtualSwitchBlueprint, VirtualSwitch> = {
  kind: 'vswitch',
  decidesBy: 'routes-once-let-in',
  create: (
    { name, host, ecmp },
    { packets, ledger, selector, hostsAt, nodeIndex, workloadStates, stagesOf },
  ) =>
    new VirtualSwitch(name, packets, ledger, selector(name, ecmp), {
      workloads: hostsAt(name),
      server: nodeIndex(host),
      states: workloadStates,
      stages: stagesOf(host),
    }),
  install: (component, routes, index) => component.install(routes.classOf, routes.switches.get(index)!),
}
