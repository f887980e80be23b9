import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCertificate } from './certificate.ts'
import { OLD, SHOP, WILD } from './certificates.fixture.ts'
import { DerError, readDer } from './der.ts'
import { firstCertificate, fromBase64 } from './pem.ts'

const factsOf = (pem: string) => readCertificate(firstCertificate(pem)!)

/** The same by Node. */
function byNode(pem: string) {
  const { validFrom, validTo, subjectAltName = '' } = new X509Certificate(pem)
  const names = subjectAltName.split(', ').flatMap((each) => each.replace(/^(DNS|IP Address):/, '') || [])
  return { notBeforeMs: Date.parse(validFrom), notAfterMs: Date.parse(validTo), names: names.length }
}

describe('a certificate', () => {
  it('says when it begins and ends, and whom it is for', () => {
    expect(factsOf(SHOP)).toEqual({
      notBeforeMs: Date.UTC(2026, 0, 1),
      notAfterMs: Date.UTC(2026, 3, 1, 12),
      names: ['shop.example.com', '*.api.example.com', '203.0.113.9', '2001:db8::9'],
    })
    expect(factsOf(OLD)).toEqual({
      notBeforeMs: Date.UTC(1999, 11, 31, 23, 59, 59),
      notAfterMs: Date.UTC(2060, 0, 1),
      names: [],
    })
  })

  it.each([SHOP, WILD, OLD])('says what Node reads from it', (pem) => {
    const { names, ...times } = factsOf(pem)
    expect({ ...times, names: names.length }).toEqual(byNode(pem))
  })

  it('is the first of a chain', () => {
    expect(factsOf(`Bag Attributes\n${WILD}${SHOP}`).names).toEqual(['*.example.com'])
  })

  it('is read however long its names are', () => {
    const name = `${'a'.repeat(200_000)}.example.com`
    const element = (tag: number, ...parts: readonly (readonly number[])[]): number[] => {
      const content = parts.flat()
      const { length } = content
      return [tag, 0x83, length >> 16, (length >> 8) & 255, length & 255, ...content]
    }
    const ascii = (text: string) => [...text].map((each) => each.charCodeAt(0))
    const [from, to] = ['260101000000Z', '260401000000Z'].map((each) => element(0x17, ascii(each)))
    const names = element(0x30, element(0x82, ascii(name)))
    const extension = element(0x30, element(0x06, [0x55, 0x1d, 0x11]), element(0x04, names))
    const before = [element(0x02, [1]), element(0x30), element(0x30)]
    const body = element(0x30, ...before, element(0x30, from!, to!), element(0xa3, element(0x30, extension)))
    expect(readCertificate(Uint8Array.from(element(0x30, body))).names).toEqual([name])
  })

  it('that is broken is refused and nothing else happens, whatever its bytes are', () => {
    const whole = firstCertificate(SHOP)!
    const property = fc.property(
      fc.nat({ max: whole.length }),
      fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), { maxLength: 8 }),
      (length, changes) => {
        const bytes = whole.slice(0, length)
        for (const [at, byte] of changes) if (at < length) bytes[at] = byte
        try {
          const { notBeforeMs, notAfterMs } = readCertificate(bytes)
          expect(Number.isFinite(notBeforeMs) && Number.isFinite(notAfterMs)).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(DerError)
        }
      },
    )
    fc.assert(property, { numRuns: 2000 })
  })
})

describe('DER', () => {
  it.each([
    [[0x30], 'without a length'],
    [[0x30, 0x81], 'without a length'],
    [[0x30, 0x80], 'of no bytes'],
    [[0x30, 0x85, 0, 0, 0, 0, 0], 'too many'],
    [[0x30, 2, 0], 'longer than what holds it'],
    [[0x1f, 0], 'several bytes'],
  ])('refuses %j', (bytes, message) => {
    expect(() => readDer(Uint8Array.from(bytes))).toThrow(message)
  })
})

describe('PEM', () => {
  it('is none without both marks, or with what is no base64 between them', () => {
    expect(firstCertificate(SHOP.replace('-----END', '----'))).toBeUndefined()
    expect(firstCertificate(SHOP.replace('MII', 'M*I'))).toBeUndefined()
    expect(fromBase64('YQ')).toBeUndefined()
    expect(fromBase64('Y\nQ=\n=')).toEqual(Uint8Array.of(97))
  })
})
