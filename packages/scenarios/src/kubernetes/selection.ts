import type { LabelSelector } from '@weft/fabric'
import type { Labels } from './schema/object-meta.ts'

/** Whether all of these labels are there, with these values. */
export const hasLabels = (given: Labels, wanted: Labels): boolean =>
  Object.keys(wanted).every((key) => Object.hasOwn(given, key) && given[key] === wanted[key])

/** Whether labels fulfil all requirements. `NotIn` also holds where the key is absent. */
export function selects(selector: LabelSelector, given: Labels): boolean {
  return selector.every(({ key, operator, values }) => {
    const isThere = Object.hasOwn(given, key)
    if (operator === 'Exists') return isThere
    if (operator === 'DoesNotExist') return !isThere
    const isAmong = isThere && values.includes(given[key]!)
    return operator === 'In' ? isAmong : !isAmong
  })
}
