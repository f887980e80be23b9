import { nearest } from '../did-you-mean.ts'
import { print, printPercent, printRate } from './print.ts'
import {
  byteRates,
  type Dimension,
  dimensions,
  type EventNoun,
  type Unit,
  unitBySpelling,
  units,
} from './units.ts'

export type Parsed<T = number> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string }

/**
 * A value and what it measures, where a field takes more than one (a queue's capacity in packets or bytes).
 */
export interface Quantity {
  readonly dimension: Dimension
  readonly value: number
}

export interface ParseOptions {
  /** What is usual in this place, such as `4h`, where one dimension is expected: messages name it and its unit. */
  readonly example?: string
  /** Refuse zero. Negative values are refused always. */
  readonly positive?: boolean
  /** The largest value that fits, in the dimension's own unit, e.g. `TIME_MAX` for the packet clock. */
  readonly max?: number
  /** Why there is a maximum, to end the message with: `the packet clock ends there`. */
  readonly maxReason?: string
  /** For per-second rates: the only events that may be counted. A plain `/s` is always accepted. */
  readonly of?: EventNoun
}

const TEXT_LENGTH_MAX = 64
const NUMBER_THEN_UNIT = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)\s*(\S.*)?$/s
const EXPONENT = /^[+-]?[\d.]+e[+-]?\d/i

/** Bits per second: `100Gbps`, `1.5 Tbps`, `40Gbit/s`. Whole numbers; finer than 1 bit/s is refused. */
export const parseRate = (text: unknown, options: ParseOptions = {}) => parseOne(text, 'rate', options)

/** Bytes: `9000B`, `32MB` (decimal), `64KiB` (binary). Whole numbers. */
export const parseSize = (text: unknown, options: ParseOptions = {}) => parseOne(text, 'size', options)

/**
 * Whole picoseconds: `1.5us`, `300ns`, `10ms`, `2h`, `14d`. Above 2^53 ps (2.5 hours) only what a double
 * holds exactly is accepted, so every whole millisecond up to seven weeks, every whole second up to a year.
 */
export const parseDuration = (text: unknown, options: ParseOptions = {}) =>
  parseOne(text, 'duration', options)

/** Whole packets: `256 packets`. */
export const parsePackets = (text: unknown, options: ParseOptions = {}) => parseOne(text, 'packets', options)

/** Events per second: `1100/s`, `2000 requests/s`, `150kpps`. Fractions round to the nearest double. */
export const parsePerSecond = (text: unknown, options: ParseOptions = {}) =>
  parseOne(text, 'perSecond', options)

/** A fraction: `80%` is 0.8. Rounds to the nearest double; above 100% is for the caller's `max` to refuse. */
export const parsePercent = (text: unknown, options: ParseOptions = {}) => parseOne(text, 'percent', options)

function parseOne(text: unknown, dimension: Dimension, options: ParseOptions): Parsed {
  const parsed = parseQuantity(text, [dimension], options)
  return parsed.ok ? { ok: true, value: parsed.value.value } : parsed
}

/**
 * Parses one quantity of any of the expected dimensions. The number is read digit by digit: `1.1us` is
 * exactly 1,100,000 ps. A message is a whole sentence about the text, for the caller to put the place before.
 */
export function parseQuantity(
  text: unknown,
  expected: readonly [Dimension, ...Dimension[]],
  options: ParseOptions = {},
): Parsed<Quantity> {
  const split = splitUnit(text, expected, options)
  if (typeof split === 'string') return { ok: false, message: split }
  const { quoted, negative, digits, unitText } = split
  const unit = unitBySpelling.get(unitText)
  if (unit === undefined) return { ok: false, message: unknownUnit(split, expected, options) }
  const refusal = wrongKind(unit, expected, options) ?? wrongSign(negative, digits, unit, options)
  if (refusal !== undefined) return { ok: false, message: `${quoted} ${refusal}` }
  const value = amountOf(digits, unit, options)
  if (typeof value === 'string') return { ok: false, message: `${quoted} ${value}` }
  return { ok: true, value: { dimension: unit.dimension, value } }
}

interface SplitText {
  readonly quoted: string
  readonly negative: boolean
  readonly digits: string
  readonly unitText: string
}

/** Number and unit apart, or the message that says why there are not both. */
function splitUnit(
  text: unknown,
  expected: readonly [Dimension, ...Dimension[]],
  options: ParseOptions,
): SplitText | string {
  const wanted = expectation(expected, options)
  if (typeof text !== 'string' && typeof text !== 'number') return `expected ${wanted}, got ${kindOf(text)}`
  const whole = clip(String(text)).trim()
  const quoted = JSON.stringify(whole)
  if (whole.length > TEXT_LENGTH_MAX) return `${quoted} is too long for a quantity; expected ${wanted}`
  if (whole.includes(',')) {
    return `${quoted} has a comma; write decimals with a point, and thousands without a separator`
  }
  if (EXPONENT.test(whole)) {
    return `${quoted} has an exponent; write all digits and a unit, as in ${exampleOf(expected[0], options)}`
  }
  const match = NUMBER_THEN_UNIT.exec(whole)
  if (match === null) return `${quoted} is not a quantity; expected ${wanted}`
  const [, sign, digits, unitText] = match
  if (unitText === undefined)
    return `${quoted} needs a unit; did you mean ${withUsualUnit(whole, expected[0], options)}?`
  return { quoted, negative: sign === '-', digits: digits!, unitText }
}

function unknownUnit(split: SplitText, expected: readonly Dimension[], options: ParseOptions): string {
  const { quoted, digits, unitText } = split
  const bits = byteRates.get(unitText)
  if (bits !== undefined) {
    const rate = amountOf(digits, unitBySpelling.get(bits)!, {})
    const hint = typeof rate === 'number' ? `; did you mean ${printRate(rate * 8)}?` : ''
    return `${quoted} counts bytes per second; rates are in bits per second${hint}`
  }
  const spellings = units
    .filter((unit) => expected.includes(unit.dimension))
    .flatMap((unit) => unit.spellings.map((spelling) => spelling.trim()))
  const begins = (spelling: string) => spelling.toLowerCase().startsWith(unitText.toLowerCase())
  const meant = nearest(unitText, spellings) ?? spellings.find(begins)
  const hint =
    meant === undefined
      ? `expected ${expectation(expected, options)}`
      : `did you mean ${join(digits, meant)}?`
  return `${quoted} has an unknown unit ${JSON.stringify(unitText)}; ${hint}`
}

function wrongKind(unit: Unit, expected: readonly Dimension[], options: ParseOptions): string | undefined {
  if (!expected.includes(unit.dimension)) {
    return `is ${dimensions[unit.dimension].name}; expected ${expectation(expected, options)}`
  }
  if (options.of !== undefined && unit.noun !== undefined && unit.noun !== options.of) {
    return `counts ${unit.noun}; expected ${options.of} per second`
  }
  return undefined
}

function wrongSign(negative: boolean, digits: string, unit: Unit, options: ParseOptions): string | undefined {
  const example = exampleOf(unit.dimension, options)
  const zero = !/[1-9]/.test(digits)
  if (negative && !zero) return `is negative; expected zero or more, such as ${example}`
  if (zero && options.positive === true) return `is zero; expected more than zero, such as ${example}`
  return undefined
}

/** The value in the dimension's own unit, or why it has none, as the rest of a sentence. */
function amountOf(digits: string, unit: Unit, options: ParseOptions): number | string {
  const { finest, max, maxText } = dimensions[unit.dimension]
  const [whole = '', fraction = ''] = digits.split('.')
  const numerator = BigInt(whole + fraction) * unit.scale
  const denominator = 10n ** BigInt(fraction.length)
  // A decimal literal is rounded correctly by every engine; a quotient of two rounded numbers would not be.
  const nearestDouble = Number(`${numerator}e${-fraction.length - (unit.dimension === 'percent' ? 2 : 0)}`)
  if (nearestDouble > max) return `is too large; the largest is ${maxText}`
  if (nearestDouble > (options.max ?? max)) {
    const reason = options.maxReason === undefined ? '' : `: ${options.maxReason}`
    return `is too large; the largest here is ${print(options.max!, unit.dimension)}${reason}`
  }
  if (finest === undefined) return nearestDouble
  if (numerator % denominator !== 0n) return `is finer than ${finest}; round it`
  const exact = numerator / denominator
  if (BigInt(nearestDouble) !== exact) return 'has more digits than can be held at its size; round it'
  return nearestDouble
}

function withUsualUnit(bare: string, dimension: Dimension, { example }: ParseOptions): string {
  const magnitude = bare.replace(/^[+-]/, '')
  // A bare 0.8 for a percentage was a fraction.
  if (dimension === 'percent' && Number(magnitude) <= 1) return printPercent(Number(magnitude))
  return magnitude + (example?.replace(/^[\d.]+/, '') ?? dimensions[dimension].usualUnit)
}

const exampleOf = (dimension: Dimension, { example }: ParseOptions): string =>
  example ?? dimensions[dimension].example

const join = (digits: string, unitText: string) =>
  digits + (/^[a-z]{4,}/.test(unitText) ? ' ' : '') + unitText

function expectation(expected: readonly Dimension[], options: ParseOptions): string {
  return expected.map((each) => `${dimensions[each].name} such as ${exampleOf(each, options)}`).join(' or ')
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`
}

const clip = (text: string) => (text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}...` : text)
