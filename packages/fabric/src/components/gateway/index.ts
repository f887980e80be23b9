import type { GatewayBlueprint } from '../../blueprint/network.ts'
import type { ComponentKind } from '../component-kind.ts'
import { Gateway } from './gateway.ts'

export const gatewayKind: ComponentKind<GatewayBlueprint, Gateway> = {
  kind: 'gateway',
  decidesBy: 'routes-once-let-in',
  create: ({ name, ecmp }, { packets, ledger, selector, internetAt, borderOf }) =>
    new Gateway(name, packets, ledger, selector(name, ecmp), {
      isOutside: internetAt(name),
      border: borderOf(name),
    }),
  install: (component, routes, index) => component.install(routes.classOf, routes.switches.get(index)!),
}
