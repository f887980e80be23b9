const BEGIN = '-----BEGIN CERTIFICATE-----'
const END = '-----END CERTIFICATE-----'

/** The bytes of the first certificate in PEM text (RFC 7468), a server's own (RFC 8446 §4.4.2); undefined where there is none. */
export function firstCertificate(pem: string): Uint8Array | undefined {
  const begin = pem.indexOf(BEGIN)
  const end = pem.indexOf(END, begin)
  return begin < 0 || end < 0 ? undefined : fromBase64(pem.slice(begin + BEGIN.length, end))
}

/** Lines may be broken, as for Go; undefined where it is no base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const whole = text.replace(/\s/g, '')
  if (whole.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(whole)) return undefined
  return Uint8Array.from(atob(whole), (character) => character.charCodeAt(0))
}
