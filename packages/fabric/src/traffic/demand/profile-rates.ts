import type { OfferedBlueprint, RateProfile } from '../../blueprint/traffic.ts'
import type { Topology } from '../../routing/topology.ts'
import { rateCurve } from '../rate-curve.ts'
import { senderRateBps } from '../sender-rate.ts'
import { senderFlowsPerSecond } from '../traffic-sources.ts'

/** Of rates that follow profiles: their means, what each is at its own peak, or what all are at an instant of the run. */
export type ProfileRates = 'mean' | 'peak' | { readonly atPs: number }

/** The multiple of its rate that a profile comes to; without a profile 1. */
export function profileMultiple(profile: RateProfile | undefined, rates: ProfileRates): number {
  if (profile === undefined) return 1
  const curve = rateCurve(profile)
  if (rates === 'peak') return curve.max
  return rates === 'mean' ? curve.mean : curve.at(rates.atPs)
}

/** Flows per second from a sender to each of so many receivers. */
export function arrivalsPerPair(
  topology: Topology,
  offered: Extract<OfferedBlueprint, { kind: 'flows' }>,
  senders: number,
  rates: ProfileRates,
): (from: string, receivers: number) => number {
  const multiple = profileMultiple(offered.profile, rates)
  return (from, receivers) =>
    (multiple * senderFlowsPerSecond(offered, senderRateBps(topology, from), senders)) / receivers
}
