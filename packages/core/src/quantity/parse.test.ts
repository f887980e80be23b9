import { describe, expect, test } from 'vitest'
import {
  type Parsed,
  parseDuration,
  parsePackets,
  parsePercent,
  parsePerSecond,
  parseQuantity,
  parseRate,
  parseSize,
} from './parse.ts'

const accepted = (parsed: Parsed) => (parsed.ok ? parsed.value : parsed.message)
const message = (parsed: Parsed<unknown>) =>
  parsed.ok ? `accepted as ${JSON.stringify(parsed.value)}` : parsed.message

describe('accepted', () => {
  test.each([
    ['100Gbps', 100e9],
    ['1.5 Tbps', 1.5e12],
    ['100Gbit/s', 100e9],
    ['2.5 Gb/s', 2.5e9],
    [' 64kbps ', 64e3],
    ['0.001kbps', 1],
    ['.5Mbps', 500_000],
    ['0bps', 0],
    ['-0bps', 0],
  ])('rate %j', (text, rateBps) => expect(accepted(parseRate(text))).toBe(rateBps))

  test.each([
    ['9000B', 9000],
    ['9000 bytes', 9000],
    ['32MB', 32e6],
    ['64KiB', 65_536],
    ['1.5KiB', 1536],
    ['1GiB', 2 ** 30],
  ])('size %j', (text, sizeBytes) => expect(accepted(parseSize(text))).toBe(sizeBytes))

  test.each([
    ['1.5us', 1_500_000],
    ['1.1us', 1_100_000], // 1.1 * 1e6 is 1100000.0000000002 in doubles
    ['8.2\u00b5s', 8_200_000],
    ['8.2\u03bcs', 8_200_000],
    ['300ns', 300_000],
    ['0.001ns', 1],
    ['10ms', 1e10],
    ['2h', 7.2e15],
    ['5m', 3e14],
    ['5 minutes', 3e14],
    ['14d', 1.2096e18],
  ])('duration %j', (text, durationPs) => expect(accepted(parseDuration(text))).toBe(durationPs))

  test.each([
    [parsePackets('256 packets'), 256],
    [parsePackets('1 packet'), 1],
    [parsePerSecond('1100/s'), 1100],
    [parsePerSecond('2000 requests/s'), 2000],
    [parsePerSecond('150kpps', { of: 'packets' }), 150_000],
    [parsePerSecond('1.1k/s', { of: 'packets' }), 1100],
    [parsePerSecond('0.1/s'), 0.1],
    [parsePercent('80%'), 0.8],
    [parsePercent('29.3 %'), 0.293],
  ])('%j', (parsed, value) => expect(accepted(parsed)).toBe(value))

  test('a field of two dimensions says which one it got', () => {
    expect(parseQuantity('256 packets', ['packets', 'size'])).toEqual({
      ok: true,
      value: { dimension: 'packets', value: 256 },
    })
    expect(parseQuantity('1MB', ['packets', 'size'])).toEqual({
      ok: true,
      value: { dimension: 'size', value: 1e6 },
    })
  })
})

describe('refused, with what to write instead', () => {
  test.each([
    [parseRate('100'), '"100" needs a unit; did you mean 100Gbps?'],
    [parseRate(100), '"100" needs a unit; did you mean 100Gbps?'],
    [parseSize(9000), '"9000" needs a unit; did you mean 9000B?'],
    [parseDuration('10'), '"10" needs a unit; did you mean 10us?'],
    [parseDuration('10', { example: '4h' }), '"10" needs a unit; did you mean 10h?'],
    [parseDuration('x', { example: '4h' }), '"x" is not a quantity; expected a duration such as 4h'],
    [parseDuration('-1s', { example: '4h' }), '"-1s" is negative; expected zero or more, such as 4h'],
    [parsePackets(256), '"256" needs a unit; did you mean 256 packets?'],
    [parsePerSecond(1100), '"1100" needs a unit; did you mean 1100/s?'],
    [parsePercent(80), '"80" needs a unit; did you mean 80%?'],
    [parsePercent(0.5), '"0.5" needs a unit; did you mean 50%?'],
    [parseRate('9000B'), '"9000B" is a size; expected a rate such as 100Gbps'],
    [parseDuration('80%'), '"80%" is a percentage; expected a duration such as 1.5us'],
    [
      parseQuantity('1us', ['packets', 'size']),
      '"1us" is a duration; expected a packet count such as 256 packets or a size such as 9000B',
    ],
    [
      parsePerSecond('5 requests/s', { of: 'packets' }),
      '"5 requests/s" counts requests; expected packets per second',
    ],
    [parseRate('100gbps'), '"100gbps" has an unknown unit "gbps"; did you mean 100Gbps?'],
    [parseRate('10Gb'), '"10Gb" has an unknown unit "Gb"; did you mean 10Gbps?'],
    [parseSize('64KB'), '"64KB" has an unknown unit "KB"; did you mean 64kB?'],
    [parseDuration('5 xyzzy'), '"5 xyzzy" has an unknown unit "xyzzy"; expected a duration such as 1.5us'],
    [
      parseRate('12.5GB/s'),
      '"12.5GB/s" counts bytes per second; rates are in bits per second; did you mean 100Gbps?',
    ],
    [parseRate('-5Gbps'), '"-5Gbps" is negative; expected zero or more, such as 100Gbps'],
    [
      parseRate('0.00Gbps', { positive: true }),
      '"0.00Gbps" is zero; expected more than zero, such as 100Gbps',
    ],
    [parseRate('0.3bps'), '"0.3bps" is finer than 1bps; round it'],
    [parseDuration('1.0001ns'), '"1.0001ns" is finer than 1ps; round it'],
    [parsePackets('1.5 packets'), '"1.5 packets" is finer than 1 packet; round it'],
    [
      parseDuration('14.0000000000001d'),
      '"14.0000000000001d" has more digits than can be held at its size; round it',
    ],
    [parseRate('100000Tbps'), '"100000Tbps" is too large; the largest is 9007Tbps'],
    [parseSize(`${'9'.repeat(50)}TB`), `"${'9'.repeat(50)}TB" is too large; the largest is 9007TB`],
    [
      parseDuration('3h', { max: 7.2e15, maxReason: 'the packet clock ends there' }),
      '"3h" is too large; the largest here is 2h: the packet clock ends there',
    ],
    [parsePercent('120%', { max: 1 }), '"120%" is too large; the largest here is 100%'],
    [parseRate('1e9bps'), '"1e9bps" has an exponent; write all digits and a unit, as in 100Gbps'],
    [
      parseRate('1,000Gbps'),
      '"1,000Gbps" has a comma; write decimals with a point, and thousands without a separator',
    ],
    [parseRate('fast'), '"fast" is not a quantity; expected a rate such as 100Gbps'],
    [parseRate(''), '"" is not a quantity; expected a rate such as 100Gbps'],
    [parseRate(Number.NaN), '"NaN" is not a quantity; expected a rate such as 100Gbps'],
    [parseRate(Number.POSITIVE_INFINITY), '"Infinity" is not a quantity; expected a rate such as 100Gbps'],
    [parseRate('NaNGbps'), '"NaNGbps" is not a quantity; expected a rate such as 100Gbps'],
    [parseRate(null), 'expected a rate such as 100Gbps, got nothing'],
    [parseRate([]), 'expected a rate such as 100Gbps, got a list'],
    [parseRate({}), 'expected a rate such as 100Gbps, got a map'],
    [parseRate(true), 'expected a rate such as 100Gbps, got a boolean'],
  ])('%#: %j', (parsed, expected) => expect(message(parsed)).toBe(expected))

  test('ten megabytes of nonsense get a short answer', () => {
    expect(message(parseRate('1'.repeat(1e7))).length).toBeLessThan(200)
  })
})
