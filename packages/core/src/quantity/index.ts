export * from './parse.ts'
export {
  type PrintOptions,
  printDuration,
  printPackets,
  printPercent,
  printPerSecond,
  printRate,
  printSize,
} from './print.ts'
export type { Dimension, EventNoun } from './units.ts'
