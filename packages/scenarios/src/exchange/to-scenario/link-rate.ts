import { printRate } from '@weft/core'
import { isTimedExactly } from '@weft/fabric'
import { LINK_RATE_MIN_BPS } from '../../schema/quantity.ts'
import { given } from '../given.ts'
import { type ExchangeLink, linkText } from '../network.ts'
import type { Notes } from '../notes.ts'
import type { Source } from '../source.ts'

const MBPS = 1e6
/** Beyond what quantities can hold. */
const RATE_MAX_BPS = Number.MAX_SAFE_INTEGER
/** Goes on with after a refusal, to find the next one. */
const STAND_IN_BPS = 1

/** The link's rate as a scenario can hold it. */
export function linkRateBps(
  link: ExchangeLink,
  otherwiseBps: number | undefined,
  source: Source,
  notes: Notes,
): number {
  const element = { name: linkText(link), ...given({ line: link.line }) }
  if (link.rateBps === undefined) {
    const { rateRefusal = 'no rate' } = link
    if (otherwiseBps === undefined) {
      const hint = 'give such links one, as with --rate 10Gbps'
      source.refuse(link.line ?? 1, `link ${linkText(link)}: ${rateRefusal}; ${hint}`)
      return STAND_IN_BPS
    }
    notes.add('link', element, rateRefusal, `${printRate(otherwiseBps)} assumed (--rate)`)
    return otherwiseBps
  }
  const fit = fitRateBps(link.rateBps)
  if (fit === undefined || fit < LINK_RATE_MIN_BPS) {
    source.refuse(
      link.line ?? 1,
      `link ${linkText(link)} has a rate of ${link.rateBps} bit/s; expected ${printRate(LINK_RATE_MIN_BPS)} to ${printRate(RATE_MAX_BPS, { digits: 4 })}`,
    )
    return STAND_IN_BPS
  }
  if (fit !== link.rateBps)
    notes.add(
      'link',
      element,
      `a rate of ${link.rateBps} bit/s cannot be timed`,
      `${printRate(fit)} is taken`,
    )
  return fit
}

/** The nearest rate whose packets can be timed to the picosecond; undefined where there is none. */
export function fitRateBps(rateBps: number): number | undefined {
  const whole = Math.round(rateBps)
  if (!(whole >= 1 && whole <= RATE_MAX_BPS)) return undefined
  if (isTimedExactly(whole)) return whole
  const round = Math.round(whole / MBPS) * MBPS
  return isTimedExactly(round) ? round : undefined
}
