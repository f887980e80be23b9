import { gatewayKind } from './gateway/index.ts'
import { hostKind } from './host/index.ts'
import { switchKind } from './switch/index.ts'
import { virtualSwitchKind } from './vswitch/index.ts'

/** Every kind of component: a new one is its folder and its line here. */
export const componentKinds = {
  gateway: gatewayKind,
  host: hostKind,
  switch: switchKind,
  vswitch: virtualSwitchKind,
}
