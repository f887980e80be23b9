import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import {
  parseDuration,
  parsePackets,
  parsePercent,
  parsePerSecond,
  parseQuantity,
  parseRate,
  parseSize,
} from './parse.ts'
import { printDuration, printPackets, printPercent, printPerSecond, printRate, printSize } from './print.ts'

/** Round numbers matter as much as random ones: they are what selects the units. */
const wholeNumber = fc.oneof(
  fc.nat(),
  fc.maxSafeNat(),
  fc.tuple(fc.nat(999), fc.nat(12)).map(([n, zeros]) => n * 10 ** zeros),
  fc.tuple(fc.nat(999), fc.nat(40)).map(([n, zeros]) => n * 2 ** zeros),
)

test.prop([wholeNumber])('whole quantities survive print and parse', (value) => {
  expect(parseRate(printRate(value))).toEqual({ ok: true, value })
  expect(parseSize(printSize(value))).toEqual({ ok: true, value })
  expect(parseDuration(printDuration(value))).toEqual({ ok: true, value })
  expect(parsePackets(printPackets(value))).toEqual({ ok: true, value })
})

test.prop([fc.nat(36_500), fc.nat(86_399)])(
  'long durations in whole seconds survive',
  (days, secondsOfDay) => {
    fc.pre(days < 365)
    const value = (days * 86_400 + secondsOfDay) * 1e12
    expect(parseDuration(printDuration(value))).toEqual({ ok: true, value })
  },
)

test.prop([fc.double({ min: 1e-12, max: 1e6, noNaN: true })])(
  'fractions survive to the last bit',
  (value) => {
    expect(parsePercent(printPercent(value))).toEqual({ ok: true, value })
    expect(parsePerSecond(printPerSecond(value))).toEqual({ ok: true, value })
  },
)

test.prop([fc.anything()])('anything else is refused with a sentence, never an exception', (value) => {
  const parsed = parseQuantity(value, ['rate', 'duration'])
  if (!parsed.ok) expect(parsed.message).toMatch(/expected|did you mean|write|round/)
})

test.prop([fc.bigInt(0n, 10n ** 15n), fc.nat(9)])('decimals are read exactly', (digits, places) => {
  const text = String(digits).padStart(places + 1, '0')
  const decimal = `${text.slice(0, text.length - places)}.${text.slice(text.length - places)}`
  const picoseconds = digits * 10n ** BigInt(12 - places)
  fc.pre(picoseconds <= BigInt(Number.MAX_SAFE_INTEGER))
  expect(parseDuration(`${decimal}s`)).toEqual({ ok: true, value: Number(picoseconds) })
})
