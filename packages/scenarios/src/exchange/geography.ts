import { NS, SECOND, US } from '@weft/core'
import type { Place } from './network.ts'

/** The mean radius of the Earth, R1 of the IUGG, in kilometres. */
const EARTH_RADIUS_KM = 6371.0088
/** Two thirds of the speed of light in vacuum: fibre has a refractive index of about 1.5. */
export const FIBRE_KM_PER_SECOND = (299_792.458 * 2) / 3
/** 200 m of fibre: nearer than that, coordinates say nothing. */
const DELAY_MIN_PS = US

const RADIANS_PER_DEGREE = Math.PI / 180

/** Along the great circle, by the haversine formula, which is exact for near points too. */
export function distanceKm(a: Place, b: Place): number {
  const [latitudeA, latitudeB] = [a.latitudeDeg * RADIANS_PER_DEGREE, b.latitudeDeg * RADIANS_PER_DEGREE]
  const longitudes = (b.longitudeDeg - a.longitudeDeg) * RADIANS_PER_DEGREE
  const chord =
    Math.sin((latitudeB - latitudeA) / 2) ** 2 +
    Math.cos(latitudeA) * Math.cos(latitudeB) * Math.sin(longitudes / 2) ** 2
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)))
}

/** Propagation delay of a fibre laid along the great circle, in whole nanoseconds, at least 1 us. */
export function fibreDelayPs(a: Place, b: Place): number {
  const seconds = distanceKm(a, b) / FIBRE_KM_PER_SECOND
  return Math.max(DELAY_MIN_PS, Math.round((seconds * SECOND) / NS) * NS)
}

/** The place, or undefined where the numbers are no coordinates. */
export function placeOf(latitudeDeg: number, longitudeDeg: number): Place | undefined {
  return Math.abs(latitudeDeg) <= 90 && Math.abs(longitudeDeg) <= 180
    ? { latitudeDeg, longitudeDeg }
    : undefined
}
