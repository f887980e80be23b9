import { Holds } from './holds.ts'

/** Packets of a run, which connections remember. */
export const LIVE = 0
/** Probes that ask what would become of the first packet of a new connection, and leave no trace. */
export const OPENING = 1
/** Probes that stand for an answer on a connection that was let through. */
export const ANSWERING = 2
/**
 * Probes that stand for the first packet of a flow that begins, or goes on: what they pass through remembers them as it does
 * packets, and adds what it entered for them to `holds`. An entry that a flow has already is found and left as it is.
 */
export const HOLDING = 3

export type ProbeKind = typeof OPENING | typeof ANSWERING | typeof HOLDING

/** Whom a packet is from and to; addresses by id. */
export interface PacketEnds {
  readonly source: number
  readonly sourcePort: number
  readonly destination: number
  readonly destinationPort: number
}

/** Ends that a probe is given. */
export interface Turn extends PacketEnds {
  /** As it leaves its sender, rather than at the server that it goes to. */
  readonly isLeaving?: boolean
}

/** What the first packet of a connection became somewhere on its way. */
export interface Rewrite {
  /** Name of the server whose virtual switch did it, or of the region whose gateways did. */
  readonly place: string
  readonly before: PacketEnds
  readonly after: PacketEnds
}

/** What the packets are that stages see now. Where a probe has a choice, whoever sent it asks for one way after the other. */
export interface InterfacesMode {
  packets: ProbeKind | typeof LIVE
  /** In: which of the ways a probe takes where there are several, from 0. */
  way: number
  /** In: the endpoint, by its address, that a service is to give a probe; undefined: any, way by way. */
  endpoint: number | undefined
  /** In: what an ANSWERING probe becomes at the server that it goes to, or leaves, as translation there has it; undefined: nothing. */
  turn: Turn | undefined
  /** In: what the connection's first packet became on its way, which is taken back where an ANSWERING probe comes by. */
  rewrites: readonly Rewrite[]
  /** In: NAT draws the port that the first packet of an OPENING probe's connection would get, and remembers it. */
  drawsPorts: boolean
  /** Out, of the last decision on a probe: how many ways there are, and which share of new connections takes this one. */
  ways: number
  share: number
  /** Out: the service that gave the probe another destination; absent where none did. */
  service: string | undefined
  /** Out: something took an ANSWERING probe for a packet of a connection that it knows. */
  isKnown: boolean
  /** Out, of all decisions on a probe that is HOLDING. */
  readonly holds: Holds
}

export const probingMode = (): InterfacesMode => ({
  packets: OPENING,
  way: 0,
  endpoint: undefined,
  turn: undefined,
  rewrites: [],
  drawsPorts: false,
  ways: 1,
  share: 1,
  service: undefined,
  isKnown: false,
  holds: new Holds(),
})

/** Before a node decides on a probe, which is to take this way; `endpoint`: to this address, where a service gives it one. */
export function beginWay(mode: InterfacesMode, way: number, endpoint?: number): void {
  mode.way = way
  mode.endpoint = endpoint
  mode.ways = 1
  mode.share = 1
  mode.service = undefined
  mode.isKnown = false
}
