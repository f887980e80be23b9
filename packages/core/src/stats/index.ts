export * from './batch-means.ts'
export type { Clock } from './clock.ts'
export * from './counter.ts'
export { ExactSum } from './exact-sum.ts'
export * from './fairness.ts'
export * from './gauge.ts'
export {
  exactQuantile,
  type Interval,
  type MeanInterval,
  meanInterval,
  quantileInterval,
} from './intervals.ts'
export * from './quantile-sketch.ts'
export * from './windowed-series.ts'
