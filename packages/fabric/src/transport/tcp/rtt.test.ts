import { MS, SECOND } from '@weft/core'
import { expect, it } from 'vitest'
import { resolveTcpOptions } from './options.ts'
import { RoundTripTime } from './rtt.ts'

const measured = (samplesPs: readonly number[], minRtoPs = 1) => {
  const rtt = new RoundTripTime(resolveTcpOptions({ minRtoPs }))
  for (const samplePs of samplesPs) {
    rtt.samplePs = samplePs
    rtt.sample()
  }
  return rtt
}

it('is 1 s before the first sample (RFC 6298 section 2.1)', () => {
  expect(measured([]).rtoPs).toBe(SECOND)
})

it('takes the first sample as SRTT and half of it as RTTVAR (section 2.2)', () => {
  const rtt = measured([100 * MS])
  expect([rtt.srttPs, rtt.rttvarPs, rtt.rtoPs]).toEqual([100 * MS, 50 * MS, 300 * MS])
})

it('weighs later samples by 1/8 and 1/4, the deviation before the mean (section 2.3)', () => {
  const rtt = measured([100 * MS, 200 * MS])
  // RTTVAR = 3/4 * 50 + 1/4 * |100 - 200| = 62.5; SRTT = 7/8 * 100 + 1/8 * 200 = 112.5
  expect([rtt.srttPs, rtt.rttvarPs, rtt.rtoPs]).toEqual([112.5 * MS, 62.5 * MS, 362.5 * MS])
})

it('keeps to the minimum and the maximum (section 2.4, 2.5)', () => {
  expect(measured([1 * MS], 200 * MS).rtoPs).toBe(200 * MS)
  expect(measured([100 * SECOND]).rtoPs).toBe(120 * SECOND)
})

it('doubles when it expires, up to the maximum, and a sample undoes that (section 5.5)', () => {
  const rtt = measured([100 * MS])
  rtt.backOff()
  rtt.backOff()
  expect(rtt.rtoPs).toBe(1200 * MS)
  for (let i = 0; i < 20; i++) rtt.backOff()
  expect(rtt.rtoPs).toBe(120 * SECOND)
  rtt.samplePs = 100 * MS
  rtt.sample()
  // RTTVAR = 3/4 * 50 = 37.5
  expect(rtt.rtoPs).toBe(250 * MS)
})
