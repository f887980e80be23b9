import { US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { flightBytes, handshakePlan, sealedBytes } from './handshake.ts'
import { handshakePsMean, resolveTls, type TlsBlueprint } from './tls-blueprint.ts'

const plan = (given: Partial<TlsBlueprint>, isResumed = false) => handshakePlan(resolveTls(given), isResumed)

describe('a TLS handshake', () => {
  it.each<[string, Partial<TlsBlueprint>, boolean, number, string]>([
    ['1.3, whole', {}, false, 1, 'csc'],
    ['1.3, resumed', {}, true, 1, 'csc'],
    ['1.3, early data', { earlyData: true }, true, 0, 'csc'],
    ['1.3, early data without a session', { earlyData: true }, false, 1, 'csc'],
    ['1.2, whole', { version: '1.2' }, false, 2, 'cscs'],
    ['1.2, resumed', { version: '1.2' }, true, 1, 'csc'],
  ])('of %s', (_name, given, isResumed, roundTrips, turns) => {
    const { flights, ...rest } = plan(given, isResumed)
    expect(rest.roundTrips).toBe(roundTrips)
    expect(flights.map(({ from }) => from[0]).join('')).toBe(turns)
  })

  it('has bytes that follow from chain, hello and ticket', () => {
    const server = (given: Partial<TlsBlueprint>, isResumed = false) =>
      flightBytes(plan(given, isResumed), 'server')
    expect(server({ chainBytes: 5000 }) - server({ chainBytes: 2000 })).toBe(3000)
    expect(server({ chainBytes: 5000 }, true)).toBe(server({ chainBytes: 2000 }, true))
    expect(plan({ helloBytes: 1700, ticketBytes: 300 }, true).flights[0]).toEqual({
      from: 'client',
      bytes: 1700 + 300 + 63,
    })
    expect(plan({ ticketBytes: 208 }).ticketBytes).toBe(510)
    expect(sealedBytes(resolveTls(), 100)).toBe(122)
    expect(sealedBytes(resolveTls(), 16_385)).toBe(16_385 + 44)
    expect(sealedBytes(resolveTls({ version: '1.2' }), 100)).toBe(129)
  })

  it('costs what the key does, on the mean of those that resume', () => {
    expect(plan({ key: 'rsa-2048' }).serverPs).toBe(370 * US)
    expect(plan({ key: 'rsa-2048' }, true).serverPs).toBe(75 * US)
    expect(handshakePsMean(resolveTls({ key: 'rsa-2048', resumed: 0.5 }))).toBe(222.5 * US)
  })

  it.each<[Partial<TlsBlueprint>, string]>([
    [{ resumed: 2 }, 'resumed: got 2; expected a share from 0 to 1'],
    [{ version: '1.2', earlyData: true }, 'expected false: TLS 1.2 has none'],
    [{ chainBytes: 0 }, 'a whole number of bytes, 1 or more'],
    [{ ticketBytes: -1 }, 'ticketBytes: got -1'],
    [{ fullPs: -1 }, 'a time of 0 or more'],
  ])('refuses %j', (given, message) => {
    expect(() => resolveTls(given)).toThrow(message)
  })
})
