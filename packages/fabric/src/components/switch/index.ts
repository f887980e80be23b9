import type { SwitchBlueprint } from '../../blueprint/network.ts'
import type { ComponentKind } from '../component-kind.ts'
import { Switch } from './switch.ts'

export const switchKind: ComponentKind<SwitchBlueprint, Switch> = {
  kind: 'switch',
  decidesBy: 'routes',
  create: ({ name, ecmp }, { packets, ledger, selector }) =>
    new Switch(name, packets, ledger, selector(name, ecmp)),
  install: (component, routes, index) => component.install(routes.classOf, routes.switches.get(index)!),
}
