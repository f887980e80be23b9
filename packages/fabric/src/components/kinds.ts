import { hostKind } from './host/index.ts'
import { switchKind } from './switch/index.ts'
import { virtualSwitchKind } from './vswitch/index.ts'

/** Every kind of component: a new one is its folder and its line here. */
export const componentKinds = {
  host: hostKind,
  switch: switchKind,
  vswitch: virtualSwitchKind,
}
