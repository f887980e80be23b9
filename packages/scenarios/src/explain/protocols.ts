import { PROTOCOL_NUMBERS } from '@weft/fabric'

/** Protocols of connections that can be asked about. */
export const TRANSPORTS = ['tcp', 'udp', 'sctp'] as const

export type TransportName = (typeof TRANSPORTS)[number]

/** IANA's number. */
export const protocolNumber = (name: TransportName): number =>
  PROTOCOL_NUMBERS[name.toUpperCase() as Uppercase<TransportName>]

/** By IANA's number, which is one of these. */
export const transportName = (number: number): TransportName =>
  TRANSPORTS.find((name) => protocolNumber(name) === number)!
