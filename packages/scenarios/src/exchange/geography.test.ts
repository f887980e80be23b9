import { expect, it } from 'vitest'
import { distanceKm, fibreDelayPs, placeOf } from './geography.ts'

const at = (latitudeDeg: number, longitudeDeg: number) => placeOf(latitudeDeg, longitudeDeg)!

it('distances are arcs of a sphere of 6371.0088 km', () => {
  const quarter = (Math.PI / 2) * 6371.0088
  expect(distanceKm(at(0, 0), at(90, 0))).toBeCloseTo(quarter, 9)
  expect(distanceKm(at(0, 0), at(0, 90))).toBeCloseTo(quarter, 9)
  expect(distanceKm(at(0, -90), at(0, 90))).toBeCloseTo(2 * quarter, 6)
  // over the date line, not around the world
  expect(distanceKm(at(0, 179.5), at(0, -179.5))).toBeCloseTo(quarter / 90, 9)
  // along a parallel the great circle is shorter than the parallel: the spherical law of cosines
  const [sin, cos] = [Math.sin(Math.PI / 3), Math.cos(Math.PI / 3)]
  expect(distanceKm(at(60, 0), at(60, 90))).toBeCloseTo(6371.0088 * Math.acos(sin * sin + cos * cos * 0), 9)
})

it('light takes 5.0035 us per kilometre of fibre, in whole nanoseconds', () => {
  const km = (Math.PI / 180) * 6371.0088
  const seconds = km / ((299_792.458 * 2) / 3)
  expect(fibreDelayPs(at(0, 0), at(0, 1))).toBe(Math.round(seconds * 1e9) * 1000)
  expect(fibreDelayPs(at(0, 0), at(0, 1)) / 1e6 / km).toBeCloseTo(5.0035, 4)
  expect(fibreDelayPs(at(10, 10), at(10, 10))).toBe(1_000_000)
})

it('what is no place on Earth is none', () => {
  for (const [latitude, longitude] of [
    [90.1, 0],
    [0, 180.1],
    [Number.NaN, 0],
    [0, Number.POSITIVE_INFINITY],
  ] as const)
    expect(placeOf(latitude, longitude)).toBeUndefined()
})
