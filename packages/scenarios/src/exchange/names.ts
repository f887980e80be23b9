const LENGTH_MAX = 64
/** Where names must be changed, they are cut so that `/host-0` and a number fit behind them. */
const CUT = 52

/** Letters that no accent can be taken off. */
const LATIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  Æ: 'AE',
  ø: 'o',
  Ø: 'O',
  œ: 'oe',
  Œ: 'OE',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ı: 'i',
}

/** Which texts are names. */
interface Alphabet {
  readonly name: RegExp
  /** Runs of characters that no name has. */
  readonly foreign: RegExp
  /** What stands for such a run. */
  readonly filler: string
}

/** Names of nodes in scenarios. */
export const SCENARIO_NAMES: Alphabet = {
  name: /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/,
  foreign: /[^A-Za-z0-9._/-]+/g,
  filler: '-',
}
/** Names of regions, and of nodes in containerlab. */
export const FLAT_NAMES: Alphabet = {
  name: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  foreign: /[^A-Za-z0-9._-]+/g,
  filler: '-',
}
/** Identifiers of SNDlib. */
export const SNDLIB_NAMES: Alphabet = {
  name: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
  foreign: /[^A-Za-z0-9_-]+/g,
  filler: '_',
}

/** Hands out names of an alphabet that are near to what is asked for, each only once. */
export class Namer {
  readonly #alphabet: Alphabet
  readonly #taken = new Set<string>()
  /** The next number to try behind a name. */
  readonly #next = new Map<string, number>()

  constructor(alphabet: Alphabet) {
    this.#alphabet = alphabet
  }

  /** `wanted` itself where it can be had, else what is left of it, with a number if need be. */
  name(wanted: string, otherwise: string): string {
    const fit = fitted(wanted, this.#alphabet) || fitted(otherwise, this.#alphabet) || 'node'
    let name = fit
    for (let number = this.#next.get(fit) ?? 2; this.#taken.has(name); number++) {
      name = `${fit.slice(0, CUT)}-${number}`
      this.#next.set(fit, number + 1)
    }
    this.#taken.add(name)
    return name
  }
}

function fitted(text: string, { name, foreign, filler }: Alphabet): string {
  if (text.length <= LENGTH_MAX && name.test(text)) return text
  const latin = text
    .slice(0, LENGTH_MAX)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[ßæÆøØœŒłŁđĐı]/g, (letter) => LATIN[letter]!)
  return latin
    .replace(foreign, filler)
    .slice(0, CUT)
    .split('/')
    .map((part) => part.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, ''))
    .filter((part) => part !== '')
    .join('/')
}
