/** An element of DER (ITU-T X.690): what it is, and what it holds. */
export interface DerElement {
  /** Class, form and number, of those with numbers below 31. */
  readonly tag: number
  readonly content: Uint8Array
}

/** What is no DER. */
export class DerError extends Error {
  override readonly name = 'DerError'
}

const LONG_FORM = 0x80
const LENGTH_BYTES_MAX = 4
const HIGH_TAG = 0x1f

/** The elements that stand one after the other. Throws a DerError where they do not end with the bytes. */
export function readDer(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!
    if ((tag & HIGH_TAG) === HIGH_TAG) throw new DerError('a tag of several bytes')
    const [length, start] = lengthAt(bytes, at + 1)
    if (start + length > bytes.length) throw new DerError('an element that is longer than what holds it')
    elements.push({ tag, content: bytes.subarray(start, start + length) })
    at = start + length
  }
  return elements
}

/** The length that stands there, and where what it is the length of begins. */
function lengthAt(bytes: Uint8Array, at: number): readonly [length: number, start: number] {
  const first = bytes[at]
  if (first === undefined) throw new DerError('an element without a length')
  if (first < LONG_FORM) return [first, at + 1]
  const count = first - LONG_FORM
  if (count === 0 || count > LENGTH_BYTES_MAX) throw new DerError('a length of no bytes, or of too many')
  let length = 0
  for (let i = 1; i <= count; i++) length = length * 256 + (bytes[at + i] ?? Number.NaN)
  if (Number.isNaN(length)) throw new DerError('an element without a length')
  return [length, at + 1 + count]
}
