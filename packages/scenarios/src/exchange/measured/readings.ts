/** Numbers and instants as exporters write them. */

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string }

const shown = (text: string): string => JSON.stringify(text.slice(0, 60))

/** A count that fits a double exactly or nearly so: bytes, packets, a sampling rate. */
export function readCount(text: string): Reading<number> {
  const value = text === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value) && value >= 0) return { ok: true, value }
  return { ok: false, message: `${shown(text)} is no count; expected a number, 0 or more` }
}

/** A counter of up to 64 bits. */
export function readCounter(text: string): Reading<bigint> {
  if (/^\d{1,20}$/.test(text)) return { ok: true, value: BigInt(text) }
  return { ok: false, message: `${shown(text)} is no counter; expected a whole number, 0 or more` }
}

/** Digits of Unix time in seconds, milliseconds, microseconds and nanoseconds of our time, and how to have seconds of it. */
const EPOCH_UNITS: readonly (readonly [digitsMax: number, secondsOf: (text: string) => number])[] = [
  [11, Number],
  [14, (text) => Number(text) / 1e3],
  [17, (text) => Number(text) / 1e6],
  // beyond what a double holds: whole microseconds of it
  [20, (text) => Number(text.replace(/\d{3}(\.\d+)?$/, '')) / 1e6],
]

/**
 * Seconds since 1970. ISO 8601, with a space instead of the T too, UTC where no zone is given; or Unix time, in seconds,
 * milliseconds, microseconds or nanoseconds by its number of digits.
 */
export function readInstant(text: string): Reading<number> {
  const epoch = /^(\d{1,20})(\.\d+)?$/.exec(text)
  if (epoch !== null) {
    const digits = epoch[1]!.replace(/^0+/, '').length
    const [, secondsOf] = EPOCH_UNITS.find(([digitsMax]) => digits <= digitsMax)!
    return { ok: true, value: secondsOf(text) }
  }
  const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(text)
  if (iso !== null) {
    const [, date, time, zone = 'Z'] = iso
    const milliseconds = Date.parse(`${date}T${time!.replace(',', '.')}${zone.toUpperCase()}`)
    if (!Number.isNaN(milliseconds)) return { ok: true, value: milliseconds / 1000 }
  }
  const expected = 'expected such as 2026-03-01T12:00:00Z, 2026-03-01 12:00:00.5 (UTC) or Unix time'
  return { ok: false, message: `${shown(text)} is no time; ${expected}` }
}
