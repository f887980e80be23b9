import { printRate } from '@weft/core'
import { given } from '../given.ts'
import type { ExchangeLink } from '../network.ts'
import type { NotedElement, Notes } from '../notes.ts'
import { rateOfLabel, rateOfSpeed } from '../rates.ts'
import type { Data } from './data.ts'

type EdgeRate = Pick<ExchangeLink, 'rateBps' | 'rateRefusal'> & { readonly count: number }

/** Two statements of one rate may differ by their rounding. */
const AGREEMENT = 1e-3

/** The edge's rate by the Topology Zoo's keys: LinkSpeedRaw, else LinkSpeed with LinkSpeedUnits, else LinkLabel. */
export function edgeRate(data: Data, element: NotedElement, notes: Notes): EdgeRate {
  const raw = data.take('LinkSpeedRaw')
  const speed = data.take('LinkSpeed')
  const units = data.take('LinkSpeedUnits')
  const label = data.take('LinkLabel')
  const rawBps = raw === undefined ? undefined : Number(raw.value)
  const speedBps = speed === undefined ? undefined : rateOfSpeed(speed.value, units?.value ?? '')
  if (raw !== undefined && !(rawBps! > 0 && Number.isFinite(rawBps)))
    notes.add(
      'link',
      element,
      `LinkSpeedRaw ${JSON.stringify(raw.value)} is no rate`,
      'the other keys are asked',
    )
  else if (rawBps !== undefined) {
    if (speedBps !== undefined && Math.abs(speedBps / rawBps - 1) > AGREEMENT)
      notes.add(
        'link',
        element,
        `LinkSpeed says ${printRate(speedBps, { digits: 4 })}`,
        'LinkSpeedRaw is taken',
      )
    return { rateBps: rawBps, count: 1 }
  }
  if (speedBps !== undefined) return { rateBps: speedBps, count: 1 }
  if (speed !== undefined)
    notes.add('link', element, `LinkSpeed ${JSON.stringify(speed.value)} is no rate`, 'LinkLabel is asked')
  const stated = label === undefined ? undefined : rateOfLabel(label.value)
  if (stated === undefined) {
    const rateRefusal =
      label === undefined ? undefined : `LinkLabel ${JSON.stringify(label.value)} names no rate`
    return { count: 1, ...given({ rateRefusal }) }
  }
  if (stated.assumed !== undefined)
    notes.add('link', element, 'a rate that LinkLabel leaves open', stated.assumed)
  return { rateBps: stated.rateBps, count: stated.count }
}
