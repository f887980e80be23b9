export { type Flight, flightBytes, type HandshakePlan, handshakePlan, sealedBytes } from './handshake.ts'
export * from './tls-blueprint.ts'
