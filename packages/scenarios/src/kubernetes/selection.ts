import type { Labels } from './schema/object-meta.ts'

/** Whether all of these labels are there, with these values. */
export const hasLabels = (given: Labels, wanted: Labels): boolean =>
  Object.keys(wanted).every((key) => Object.hasOwn(given, key) && given[key] === wanted[key])
