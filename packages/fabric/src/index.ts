export type * from './blueprint/blueprint.ts'
export type * from './blueprint/network.ts'
export type * from './blueprint/traffic.ts'
