import { type Dimension, dimensions, type Unit, units } from './units.ts'

export interface PrintOptions {
  /**
   * Round to this many significant digits, for people. Without it the text is exact and parses back to the
   * value.
   */
  readonly digits?: number
}

/** Bits per second as text: 1.5e12 is `1.5Tbps`. */
export const printRate = (rateBps: number, options: PrintOptions = {}) => print(rateBps, 'rate', options)

/** Bytes as text: 32,000,000 is `32MB`, 65,536 is `64KiB`, 9,000 is `9000B`. */
export const printSize = (sizeBytes: number, options: PrintOptions = {}) => print(sizeBytes, 'size', options)

/** Picoseconds as text: 1,500,000 is `1.5us`, 7.2e15 is `2h`. */
export const printDuration = (durationPs: number, options: PrintOptions = {}) =>
  print(durationPs, 'duration', options)

/** A packet count as text: `256 packets`. */
export const printPackets = (packets: number, options: PrintOptions = {}) =>
  print(packets, 'packets', options)

/** Events per second as text: 1100 is `1100/s`, 150,000 is `150k/s`. */
export const printPerSecond = (perSecond: number, options: PrintOptions = {}) =>
  print(perSecond, 'perSecond', options)

/** A fraction as text: 0.8 is `80%`. */
export const printPercent = (fraction: number, options: PrintOptions = {}) =>
  print(fraction, 'percent', options)

/** Below this, sizes are always in bytes: engineers write MTUs and packet sizes so. */
const PLAIN_BYTES_MAX = 10_000

/**
 * A quantity in the unit that makes it shortest; of equally short texts the larger unit, decimal before
 * binary.
 */
export function print(value: number, dimension: Dimension, options: PrintOptions = {}): string {
  if (!Number.isFinite(value)) return `${value}${dimensions[dimension].usualUnit}`
  if (value < 0) return `-${print(-value, dimension, options)}`
  const decimal =
    options.digits === undefined ? decimalOf(String(value)) : decimalOf(value.toPrecision(options.digits))
  if (dimension === 'percent') return `${shifted(decimal, 2)}%`
  const candidates = printable[dimension]
  let best = shifted(decimal, 0) + candidates[0]!.spellings[0]
  if (dimension === 'duration' && value === 0) return '0s'
  if (dimension === 'size' && value < PLAIN_BYTES_MAX) return best
  for (const unit of candidates) {
    const number = inUnit(decimal, unit, options.digits)
    if (number === undefined) continue
    const text = number + unit.spellings[0]
    const isShorter = text.length < best.length || (text.length === best.length && !isBinary(unit))
    if (isShorter) best = text
  }
  return best
}

const isBinary = (unit: Unit) => unit.spellings[0]!.includes('i')

const printable: Readonly<Record<Dimension, readonly Unit[]>> = {
  rate: unitsOf('rate'),
  size: unitsOf('size'),
  duration: unitsOf('duration'),
  packets: unitsOf('packets'),
  perSecond: unitsOf('perSecond'),
  percent: unitsOf('percent'),
}

/** Units that print for any event: a bare per-second rate does not know what it counts. */
function unitsOf(dimension: Dimension): Unit[] {
  return units.filter((unit) => unit.dimension === dimension && unit.noun === undefined)
}

/**
 * A non-negative number as whole digits times ten to the exponent: what `String` shows, without arithmetic.
 */
interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

function decimalOf(text: string): Decimal {
  const [mantissa, exponent = '0'] = text.split('e') as [string, string?]
  const [whole, fraction = ''] = mantissa.split('.') as [string, string?]
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length }
}

/** The decimal times ten to the power, written out. */
function shifted(decimal: Decimal, power: number): string {
  const exponent = decimal.exponent + power
  if (decimal.digits === 0n) return '0'
  if (exponent >= 0) return String(decimal.digits) + '0'.repeat(exponent)
  const padded = String(decimal.digits).padStart(1 - exponent, '0')
  const point = padded.length + exponent
  const fraction = padded.slice(point).replace(/0+$/, '')
  return padded.slice(0, point) + (fraction && `.${fraction}`)
}

/** The number of these units if it is at least one and reads well; undefined otherwise. */
function inUnit(decimal: Decimal, unit: Unit, digits: number | undefined): string | undefined {
  const zeros = String(unit.scale).length - 1
  if (unit.scale === 10n ** BigInt(zeros)) {
    const number = shifted(decimal, -zeros)
    return number.startsWith('0') ? undefined : number
  }
  if (decimal.exponent < 0) return undefined
  // Left: minutes, hours, days and binary sizes. Exactly, only whole numbers and short fractions of them read
  // well.
  const value = decimal.digits * 10n ** BigInt(decimal.exponent)
  if (digits !== undefined) {
    const number = Number(value) / Number(unit.scale)
    return number < 1 || isBinary(unit) ? undefined : shifted(decimalOf(number.toPrecision(digits)), 0)
  }
  const thousandths = (value * 1000n) / unit.scale
  if (thousandths * unit.scale !== value * 1000n || thousandths < 1000n) return undefined
  return shifted({ digits: thousandths, exponent: -3 }, 0)
}
