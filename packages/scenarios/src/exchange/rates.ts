/** A rate that a file states in words. */
export interface StatedRate {
  readonly rateBps: number
  /** `2 x 10 Gbps` is two links. */
  readonly count: number
  /** What had to be assumed to get a number out of it. */
  readonly assumed?: string
}

const PREFIXES: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 }

/** Bits per second of digital hierarchies: ITU-T G.702, G.707 (SDH) and ANSI T1.105 (SONET). */
const CARRIERS: Readonly<Record<string, number>> = {
  t1: 1.544e6,
  ds1: 1.544e6,
  t3: 44.736e6,
  ds3: 44.736e6,
  e1: 2.048e6,
  e3: 34.368e6,
}
const OC_1_BPS = 51.84e6
const STM_1_BPS = 155.52e6

const COUNT_MAX = 256
const TEXT_LENGTH_MAX = 200

const UNIT = /^([kmgt]?)(?:bps|b\/s|bits?\/s|bits?|b|e|be|ig(?:abit)?)?$/i

/** A number and its unit, as in Topology Zoo's LinkSpeed and LinkSpeedUnits: `10` and `G`. Undefined: no such rate. */
export function rateOfSpeed(number: string, units: string): number | undefined {
  const prefix = UNIT.exec(units.trim())?.[1]
  if (prefix === undefined || !/^\d+(\.\d+)?$/.test(number.trim())) return undefined
  const rateBps = scaled(number.trim(), PREFIXES[prefix.toLowerCase()]!)
  return rateBps > 0 ? rateBps : undefined
}

/**
 * What a map's label says of a link's rate: `2.5 Gbps`, `STM-16`, `OC-48`, `2 x 10GE`, `10-20 Gbps`, `E3`. Of a range
 * the lower end. Undefined: nothing that can be read as a rate.
 */
export function rateOfLabel(label: string): StatedRate | undefined {
  const text = label.slice(0, TEXT_LENGTH_MAX).replace(/\s+/g, ' ').trim()
  const { count, rest } = multiplied(text)
  if (count < 1 || count > COUNT_MAX) return undefined
  const bound = /^([<>~≈≤≥]=?|up to|at least|approx\.?) ?(.*)$/i.exec(rest)
  const stated = single(bound?.[2] ?? rest)
  if (stated === undefined || !(stated.rateBps > 0)) return undefined
  const assumed = [
    ...(bound === null ? [] : [`the bound itself is taken of ${JSON.stringify(text)}`]),
    ...(stated.assumed === undefined ? [] : [`${stated.assumed} of ${JSON.stringify(text)}`]),
  ]
  const { rateBps } = stated
  return { rateBps, count, ...(assumed.length > 0 && { assumed: assumed.join('; ') }) }
}

function multiplied(text: string): { count: number; rest: string } {
  const before = /^(\d{1,4}) ?[x×*] ?(.+)$/i.exec(text)
  if (before !== null) return { count: Number(before[1]), rest: before[2]! }
  const after = /^(.*\S) ?[x×*] ?(\d{1,4})$/i.exec(text)
  return after === null ? { count: 1, rest: text } : { count: Number(after[2]), rest: after[1]! }
}

type Single = { rateBps: number; assumed?: string }

function single(text: string): Single | undefined {
  return carrier(text) ?? range(text) ?? plain(text) ?? ethernet(text)
}

function carrier(text: string): Single | undefined {
  const sonet = /\b(OC|STM)[- ]?(\d{1,4})/i.exec(text)
  if (sonet !== null) {
    const unitBps = sonet[1]!.toUpperCase() === 'OC' ? OC_1_BPS : STM_1_BPS
    return { rateBps: Math.round(Number(sonet[2]) * unitBps) }
  }
  const name = /\b(T1|T3|DS1|DS3|E1|E3)\b/i.exec(text)
  return name === null ? undefined : { rateBps: CARRIERS[name[1]!.toLowerCase()]! }
}

const QUANTITY = /(\d+(?:\.\d+)?) ?([kmgt])(bps|b\/s|bits?\/s|bits?|be?|e|ig[a-z]*)?\b/i

function range(text: string): Single | undefined {
  const found = new RegExp(
    `(\\d+(?:\\.\\d+)?) ?([kmgt])?(?:bps|b/s|bits?/s|b)? ?(?:-|–|to) ?${QUANTITY.source}`,
    'i',
  ).exec(text)
  if (found === null) return undefined
  const prefix = (found[2] ?? found[4])!.toLowerCase()
  return { rateBps: scaled(found[1]!, PREFIXES[prefix]!), assumed: 'the lower end is taken' }
}

function plain(text: string): Single | undefined {
  const found = QUANTITY.exec(text)
  if (found === null) return undefined
  const [, number, prefix, unit = ''] = found
  const rateBps = scaled(number!, PREFIXES[prefix!.toLowerCase()]!)
  // Operators' maps write GB/s and mean bits, as links are sold in bits.
  return unit.startsWith('B') && !unit.startsWith('BE')
    ? { rateBps, assumed: 'bits and not bytes are read out' }
    : { rateBps }
}

function ethernet(text: string): Single | undefined {
  if (/\bfast ?ethernet\b|\bFE\b/i.test(text)) return { rateBps: 100e6 }
  const gigabit =
    /(?:\b(\d{1,3})[- ]?)?\bgig(?:abit|e)?\b/i.exec(text) ?? /(?:\b(\d{1,3}) ?)?\bG(?:b?E)\b/.exec(text)
  return gigabit === null ? undefined : { rateBps: Number(gigabit[1] ?? 1) * 1e9 }
}

/** A decimal times a power of ten, rounded once. */
function scaled(decimal: string, factor: number): number {
  return Number(`${decimal}e${Math.round(Math.log10(factor))}`)
}

/** So many units in bit/s. Decimal fractions that are whole in bit/s, such as 1.1 Mbit/s, come out whole. */
export function inBps(value: number, unitBps: number): number {
  if (unitBps === 1) return value
  const rateBps = value * unitBps
  const whole = Math.round(rateBps)
  // The decimal was rounded once and the product once.
  return Math.abs(rateBps - whole) <= whole * Number.EPSILON ? whole : rateBps
}
