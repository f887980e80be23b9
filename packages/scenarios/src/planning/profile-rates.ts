import { ConfigError, parseDuration, printPercent } from '@weft/core'
import { type ProfileRates, profileMultiple, type TrafficBlueprint } from '@weft/fabric'
import { FLOW_HORIZON_PS } from '../schema/quantity.ts'

/** What counts of traffic whose rate follows a profile, where loads are those of no one time. */
export interface RatesOptions {
  /**
   * `peak` (default): each traffic at the peak of its own profile, whenever that is; `mean`: over its period; or all at an
   * instant of the run, such as `20h`.
   */
  readonly rates?: string
}

/** What was counted of the traffic that has a profile. */
export interface CountedProfiles {
  /** `peak`, `mean`, or the instant, as it was asked for. */
  readonly rates: string
  /** 1 is the traffic's whole load. */
  readonly traffic: readonly { readonly traffic: string; readonly ofLoad: number }[]
}

const DEFAULT_RATES = 'peak'

/** Why the choice goes with no matrix. */
export const WITH_DEMANDS = 'demands in place of traffic have no profiles; leave it out'

/** Throws ConfigError where it is none of the three. */
export function parseRates({ rates = DEFAULT_RATES }: RatesOptions): ProfileRates {
  if (rates === 'peak' || rates === 'mean') return rates
  const refuse = (message: string): never => {
    throw new ConfigError([{ path: ['rates'], message }])
  }
  if (!/^[\d.+-]/.test(rates.trim()))
    return refuse(
      `${JSON.stringify(rates)} is not known here; expected peak, mean, or an instant such as 20h`,
    )
  const parsed = parseDuration(rates, {
    example: '20h',
    max: FLOW_HORIZON_PS,
    maxReason: 'no clock goes on for longer',
  })
  return parsed.ok ? { atPs: parsed.value } : refuse(parsed.message)
}

/** Null where no traffic has a profile. */
export function countedProfiles(
  traffic: readonly TrafficBlueprint[],
  options: RatesOptions,
): CountedProfiles | null {
  const rates = parseRates(options)
  const counted = traffic.flatMap(({ name, offered }) =>
    offered.kind === 'flows' && offered.profile !== undefined
      ? [{ traffic: name, ofLoad: profileMultiple(offered.profile, rates) }]
      : [],
  )
  return counted.length === 0 ? null : { rates: options.rates ?? DEFAULT_RATES, traffic: counted }
}

const SHOWN = 4

/** In a sentence: `of traffic with a profile its peak counts: homes at 100%, offices at 80% of its load`. */
export function profilesText({ rates, traffic }: CountedProfiles): string {
  const which = rates === 'peak' || rates === 'mean' ? `its ${rates}` : `the rate at ${rates}`
  const parts = traffic.slice(0, SHOWN).map((each) => {
    return `${each.traffic} at ${printPercent(each.ofLoad, { digits: 3 })}`
  })
  const more = traffic.length > SHOWN ? ` and ${traffic.length - SHOWN} more` : ''
  return `of traffic with a profile ${which} counts: ${parts.join(', ')} of its load${more}`
}
