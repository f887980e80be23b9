export type { DrawableChange, DrawableLink, DrawableLoad, DrawableNetwork, DrawableNode } from './network.ts'
export { type DrawOptions, drawTopology } from './topology.ts'
