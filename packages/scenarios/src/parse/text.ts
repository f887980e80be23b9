/** A scenario with thousands of flows written out still fits; refusing the rest keeps bad input quick. */
export const FILE_BYTES_MAX = 1_000_000

export type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string /** Where it went wrong. */; readonly before: string }

const BOM = '\ufeff'

/** The text of a file's bytes: UTF-8, with or without a byte order mark, nothing else. */
export function decodeText(bytes: Uint8Array, bytesMax = FILE_BYTES_MAX, what = 'scenario'): Decoded {
  if (bytes.length > bytesMax) {
    return refused(`the file is larger than ${bytesMax / 1e6} MB, the most that a ${what} may have`)
  }
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return refused('the file is UTF-16; save it as UTF-8')
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return {
      ok: false,
      message: 'the file is not text: these bytes are not UTF-8',
      before: validPrefix(bytes),
    }
  }
  const control = /(?![\t\n\r])\p{Cc}/u.exec(text)
  if (control !== null) {
    const code = control[0].charCodeAt(0).toString(16).padStart(4, '0')
    return {
      ok: false,
      message: `the file is not text: it has the control character U+${code}`,
      before: text.slice(0, control.index),
    }
  }
  return { ok: true, text: text.startsWith(BOM) ? text.slice(1) : text }
}

const refused = (message: string): Decoded => ({ ok: false, message, before: '' })

/** What could still be read: found by halving, as decoding does not say where it stopped. */
function validPrefix(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (decodes(decoder, bytes.subarray(0, middle))) good = middle
    else bad = middle
  }
  return new TextDecoder().decode(bytes.subarray(0, good)).replace(/\ufffd+$/, '')
}

function decodes(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): boolean {
  // A prefix may end within a character: up to three bytes less must decode.
  for (let cut = 0; cut < 4 && cut <= bytes.length; cut++) {
    try {
      decoder.decode(bytes.subarray(0, bytes.length - cut))
      return true
    } catch {}
  }
  return false
}
