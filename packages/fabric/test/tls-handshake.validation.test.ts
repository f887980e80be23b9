import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { connect, createSecureContext, type SecureVersion, TLSSocket } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import { type Flight, type HandshakePlan, handshakePlan, sealedBytes } from '../src/ingress/tls/handshake.ts'
import { type KeyType, resolveTls, type TlsVersion } from '../src/ingress/tls/tls-blueprint.ts'

/** What OpenSSL, which Node carries along, writes between a client and a server that speak over a pipe. */

const REQUEST = 100
const ANSWER = 1000
/** A DER signature of ECDSA has 70 to 72 bytes, and is 71 in ours. */
const DER_SPREAD = 1

const directory = mkdtempSync(join(tmpdir(), 'weft-tls-'))
afterAll(() => rmSync(directory, { recursive: true }))

const KEYS: Readonly<Record<KeyType, readonly string[]>> = {
  'rsa-2048': ['rsa:2048'],
  'ecdsa-p256': ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
}

/** A certificate that nobody signed but itself; undefined where there is no program to make one. */
function selfSigned(key: KeyType) {
  const [keyFile, certificateFile] = [join(directory, `${key}.key`), join(directory, `${key}.crt`)]
  const subject = ['-days', '30', '-subj', '/CN=shop.example.com']
  const out = ['-nodes', '-keyout', keyFile, '-out', certificateFile]
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', ...KEYS[key], ...out, ...subject], {
      stdio: 'ignore',
    })
  } catch {
    return undefined
  }
  const [pem, privateKey] = [readFileSync(certificateFile, 'utf8'), readFileSync(keyFile, 'utf8')]
  const der = Buffer.from(pem.replace(/-----[^-]*-----|\n/g, ''), 'base64')
  return { pem: pem + pem, privateKey, chainBytes: 2 * der.length }
}

/** Both ends of a pipe that keeps who wrote how much, turn by turn. */
function loggedPipe(turns: Flight[]): [Duplex, Duplex] {
  const peers: Duplex[] = []
  const end = (from: Flight['from'], other: number): Duplex =>
    new Duplex({
      read: () => {},
      write(chunk: Buffer, _encoding, done) {
        const last = turns.at(-1)
        if (last?.from === from) turns[turns.length - 1] = { from, bytes: last.bytes + chunk.length }
        else turns.push({ from, bytes: chunk.length })
        setImmediate(() => peers[other]!.push(chunk))
        done()
      },
    })
  peers.push(end('client', 1), end('server', 0))
  return [peers[0]!, peers[1]!]
}

/** One connection with a request and its answer. */
async function converse(
  { pem, privateKey }: NonNullable<ReturnType<typeof selfSigned>>,
  version: TlsVersion,
  session?: Buffer,
) {
  const turns: Flight[] = []
  const [clientEnd, serverEnd] = loggedPipe(turns)
  const both = {
    minVersion: `TLSv${version}` as SecureVersion,
    maxVersion: `TLSv${version}` as SecureVersion,
    ecdhCurve: 'X25519:P-256',
    ciphers: 'TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256',
  }
  const secureContext = createSecureContext({
    ...both,
    key: privateKey,
    cert: pem,
    ticketKeys: Buffer.alloc(48, 1),
  })
  const server = new TLSSocket(serverEnd, { isServer: true, secureContext, ALPNProtocols: ['h2'] })
  server.on('data', () => server.write(Buffer.alloc(ANSWER)))
  const client = connect({
    ...both,
    socket: clientEnd,
    servername: 'shop.example.com',
    rejectUnauthorized: false,
    ALPNProtocols: ['h2'],
    ...(session && { session }),
  })
  let newSession: Buffer | undefined
  client.on('session', (each) => {
    newSession = each
  })
  await new Promise((resolve) => client.once('secureConnect', resolve))
  // what the server still has to say of tickets comes before the request
  await new Promise((resolve) => setTimeout(resolve, 20))
  client.write(Buffer.alloc(REQUEST))
  await new Promise((resolve) => client.once('data', resolve))
  return { turns, newSession, wasReused: client.isSessionReused() }
}

/** The same by our plan: tickets go out as soon as the client has finished. */
function planned(plan: HandshakePlan, tls: ReturnType<typeof resolveTls>): Flight[] {
  const tickets: Flight[] = plan.ticketBytes > 0 ? [{ from: 'server', bytes: plan.ticketBytes }] : []
  const request: Flight = { from: 'client', bytes: sealedBytes(tls, REQUEST) }
  const turns = [...plan.flights, ...tickets]
  const last = turns.at(-1)!
  if (last.from === 'client') turns[turns.length - 1] = { from: 'client', bytes: last.bytes + request.bytes }
  else turns.push(request)
  return [...turns, { from: 'server', bytes: sealedBytes(tls, ANSWER) }]
}

describe.each<KeyType>(['rsa-2048', 'ecdsa-p256'])('TLS as OpenSSL speaks it, with %s', (key) => {
  const certificate = selfSigned(key)
  it.skipIf(certificate === undefined).each<TlsVersion>(['1.3', '1.2'])(
    'takes these turns and bytes in %s, whole and resumed (skipped without the openssl program)',
    async (version) => {
      const { newSession, turns: whole } = await converse(certificate!, version)
      const again = await converse(certificate!, version, newSession)
      expect(again.wasReused).toBe(true)
      for (const [isResumed, turns] of [
        [false, whole],
        [true, again.turns],
      ] as const) {
        const helloBytes = whole[0]!.bytes
        const tls = resolveTls({ version, key, chainBytes: certificate!.chainBytes, helloBytes })
        const expected = planned(handshakePlan(tls, isResumed), tls)
        expect(turns.map(({ from }) => from)).toEqual(expected.map(({ from }) => from))
        const spread = key === 'ecdsa-p256' ? DER_SPREAD : 0
        turns.forEach(({ bytes }, index) => {
          expect(Math.abs(bytes - expected[index]!.bytes)).toBeLessThanOrEqual(spread)
        })
      }
    },
  )
})
