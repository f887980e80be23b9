import type { ExchangeLink } from '../network.ts'
import type { Notes } from '../notes.ts'
import { inBps } from '../rates.ts'
import type { Source } from '../source.ts'
import type { SndLink } from './model.ts'

/**
 * What a link carries: its pre-installed capacity, or where that is 0, its largest module, once. The other modules are
 * what could be bought, which a scenario has no place for.
 */
export function capacityOf(
  { id, line, preInstalled, modules }: SndLink,
  unitBps: number,
  source: Source,
  notes: Notes,
): Pick<ExchangeLink, 'rateBps' | 'rateRefusal'> {
  const element = { name: id, line }
  const negative = [preInstalled, ...modules].find(({ capacity }) => capacity < 0)
  if (negative !== undefined) {
    source.refuse(line, `link ${id} has a capacity of ${negative.capacity}; expected 0 or more`)
    return {}
  }
  const largest = modules.reduce((most, { capacity }) => Math.max(most, capacity), 0)
  const capacity = preInstalled.capacity > 0 ? preInstalled.capacity : largest
  if (preInstalled.capacity > 0 && modules.length > 0)
    notes.add(
      'link',
      element,
      'modules that may be added, which have no place in a scenario',
      'its pre-installed capacity is taken',
    )
  if (preInstalled.capacity === 0 && largest > 0)
    notes.add('link', element, 'no pre-installed capacity', 'its largest module is taken, once')
  if (capacity === Number.POSITIVE_INFINITY) return { rateRefusal: 'unlimited capacity' }
  return capacity === 0 ? {} : { rateBps: inBps(capacity, unitBps) }
}
