/** What a quantity measures. The value's own unit is given in brackets. */
export type Dimension =
  | 'rate' // bits per second
  | 'size' // bytes
  | 'duration' // picoseconds
  | 'packets' // whole packets
  | 'perSecond' // events per second
  | 'percent' // a fraction: 80% is 0.8

/** What the events of a per-second rate are; `1100/s` leaves it open. */
export type EventNoun = 'packets' | 'requests' | 'connections' | 'flows' | 'queries'

export interface Unit {
  readonly dimension: Dimension
  /** The first spelling is the one that is printed. */
  readonly spellings: readonly string[]
  /** How many of the dimension's own units one of these is; for per cent, how many per cent. */
  readonly scale: bigint
  readonly noun?: EventNoun
}

export interface DimensionFacts {
  /** With its article, for sentences: "9000B is a size". */
  readonly name: string
  readonly example: string
  /** What the unit of a bare number probably was. */
  readonly usualUnit: string
  /** What the exact value cannot be finer than; undefined where fractions are allowed. */
  readonly finest: string | undefined
  /** The largest value that the parsers take, in the dimension's own unit, and how it is written. */
  readonly max: number
  readonly maxText: string
}

const SAFE = Number.MAX_SAFE_INTEGER
/** A hundred years of 365 days, in picoseconds. */
const DURATION_MAX = 3.1536e21

export const dimensions: Readonly<Record<Dimension, DimensionFacts>> = {
  rate: {
    name: 'a rate',
    example: '100Gbps',
    usualUnit: 'Gbps',
    finest: '1bps',
    max: SAFE,
    maxText: '9007Tbps',
  },
  size: { name: 'a size', example: '9000B', usualUnit: 'B', finest: '1B', max: SAFE, maxText: '9007TB' },
  duration: {
    name: 'a duration',
    example: '1.5us',
    usualUnit: 'us',
    finest: '1ps',
    max: DURATION_MAX,
    maxText: '36500d',
  },
  packets: {
    name: 'a packet count',
    example: '256 packets',
    usualUnit: ' packets',
    finest: '1 packet',
    max: SAFE,
    maxText: '9007199254740991 packets',
  },
  perSecond: {
    name: 'a per-second rate',
    example: '1100/s',
    usualUnit: '/s',
    finest: undefined,
    max: 1e15,
    maxText: '1000000G/s',
  },
  percent: {
    name: 'a percentage',
    example: '80%',
    usualUnit: '%',
    finest: undefined,
    max: 1e6,
    maxText: '100000000%',
  },
}

const KILO = 1_000n
const MEGA = 1_000_000n
const GIGA = 1_000_000_000n
const TERA = 1_000_000_000_000n
const SECOND_PS = TERA

function unit(dimension: Dimension, scale: bigint, ...spellings: string[]): Unit {
  return { dimension, scale, spellings }
}

function eventRate(noun: EventNoun, ...names: string[]): Unit[] {
  const abbreviated = names.filter((name) => name.endsWith('ps'))
  const prefixed = (scale: bigint, prefix: string): Unit => {
    return { dimension: 'perSecond', scale, spellings: abbreviated.map((name) => prefix + name), noun }
  }
  return [
    { dimension: 'perSecond', scale: 1n, spellings: names, noun },
    prefixed(KILO, 'k'),
    prefixed(MEGA, 'M'),
    prefixed(GIGA, 'G'),
  ]
}

/** Every unit, ascending within its dimension; decimal sizes before binary ones. */
export const units: readonly Unit[] = [
  unit('rate', 1n, 'bps', 'bit/s', 'b/s'),
  unit('rate', KILO, 'kbps', 'kbit/s', 'kb/s'),
  unit('rate', MEGA, 'Mbps', 'Mbit/s', 'Mb/s'),
  unit('rate', GIGA, 'Gbps', 'Gbit/s', 'Gb/s'),
  unit('rate', TERA, 'Tbps', 'Tbit/s', 'Tb/s'),
  unit('size', 1n, 'B', 'bytes', 'byte'),
  unit('size', KILO, 'kB'),
  unit('size', MEGA, 'MB'),
  unit('size', GIGA, 'GB'),
  unit('size', TERA, 'TB'),
  unit('size', 1n << 10n, 'KiB'),
  unit('size', 1n << 20n, 'MiB'),
  unit('size', 1n << 30n, 'GiB'),
  unit('size', 1n << 40n, 'TiB'),
  unit('duration', 1n, 'ps'),
  unit('duration', KILO, 'ns'),
  // The micro sign (U+00B5) and the Greek letter mu (U+03BC) look alike; keyboards give either.
  unit('duration', MEGA, 'us', '\u00b5s', '\u03bcs'),
  unit('duration', GIGA, 'ms'),
  unit('duration', SECOND_PS, 's', 'sec', 'second', 'seconds'),
  unit('duration', 60n * SECOND_PS, 'min', 'm', 'minute', 'minutes'),
  unit('duration', 3_600n * SECOND_PS, 'h', 'hour', 'hours'),
  unit('duration', 86_400n * SECOND_PS, 'd', 'day', 'days'),
  unit('packets', 1n, ' packets', 'packets', 'packet', 'pkts'),
  unit('perSecond', 1n, '/s'),
  unit('perSecond', KILO, 'k/s'),
  unit('perSecond', MEGA, 'M/s'),
  unit('perSecond', GIGA, 'G/s'),
  ...eventRate('packets', 'pps', 'packets/s'),
  ...eventRate('requests', 'rps', 'requests/s'),
  ...eventRate('connections', 'cps', 'connections/s'),
  { dimension: 'perSecond', scale: 1n, spellings: ['flows/s'], noun: 'flows' },
  ...eventRate('queries', 'qps', 'queries/s'),
  unit('percent', 1n, '%'),
]

/** Bytes per second, which networks are not measured in: refused, with the bits that it would be. */
export const byteRates: ReadonlyMap<string, string> = new Map(
  ['', 'k', 'M', 'G', 'T'].flatMap((prefix) => [
    [`${prefix}B/s`, `${prefix}bps`],
    [`${prefix}Bps`, `${prefix}bps`],
  ]),
)

export const unitBySpelling: ReadonlyMap<string, Unit> = new Map(
  units.flatMap((each) => each.spellings.map((spelling) => [spelling.trim(), each] as const)),
)
