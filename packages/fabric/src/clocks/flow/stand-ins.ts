import type { Turn } from '../../interfaces/mode.ts'
import type { FiveTuple } from '../../model/probe-packet.ts'

/** A way in two parts: to a server that stands for one of the ends, and on from there. */
export interface Stage {
  readonly first: FiveTuple
  readonly turn: Turn
}

interface StandIn {
  /** The server's address and port that the endpoint took for the client's. */
  readonly address: number
  readonly port: number
  /** What the client called. */
  readonly called: number
  readonly calledPort: number
  /** The client is a server that is the endpoint too: what it sends goes by its own switch, and back. */
  readonly isOwn: boolean
}

/** Connections that go by way of a server that is called, or stands for the client: ends know it in place of each other. */
export class StandIns {
  readonly #byEnds = new Map<string, StandIn>()
  /** Whether an address is translated on the way, where packets pass that are not addressed to it. */
  readonly #isOnTheWay: (address: number) => boolean

  constructor(isOnTheWay: (address: number) => boolean) {
    this.#isOnTheWay = isOnTheWay
  }

  /**
   * The first packet of a connection has become this when it arrived. `isLedAtOnce`: the client's own server gave it its
   * destination; `hostOf`: whose an address is, undefined for nobody's.
   */
  note(
    tuple: FiveTuple,
    arrived: Turn,
    isLedAtOnce: boolean,
    hostOf: (address: number) => number | undefined,
  ): void {
    const { source, sourcePort } = tuple
    const { destination, destinationPort } = arrived
    const key = keyOf(source, sourcePort, destination, destinationPort)
    const calledHost = hostOf(tuple.destination)
    const endpoint = hostOf(destination)
    const isOtherPort = destinationPort !== tuple.destinationPort
    // who is called may be the endpoint too: by a node port that leads to a port of its own
    const isElsewhere = calledHost !== undefined && (calledHost !== endpoint || isOtherPort)
    const isOwn =
      endpoint === hostOf(source) &&
      arrived.source === source &&
      (destination !== tuple.destination || isOtherPort)
    const isMasked =
      arrived.source !== source && (hostOf(arrived.source) !== undefined || this.#isOnTheWay(arrived.source))
    const isLed = destination !== tuple.destination && this.#isOnTheWay(tuple.destination)
    // a client that keeps its address and is led on where it is itself goes straight to the endpoint
    if (isMasked || isOwn || (!isLedAtOnce && (isElsewhere || isLed))) {
      const standIn = { address: arrived.source, port: arrived.sourcePort, isOwn }
      // a service's endpoint outside: its address is what leaves the client's server, and what answers come from until there
      const isLedOut = isLedAtOnce && destination !== tuple.destination && this.#isOnTheWay(arrived.source)
      const { destination: called, destinationPort: calledPort } = isLedOut ? arrived : tuple
      this.#byEnds.set(key, { ...standIn, called, calledPort })
    } else if (this.#byEnds.size > 0) this.#byEnds.delete(key)
  }

  /** The way between a connection's ends, there or back; undefined where nobody stands between them. */
  between(tuple: FiveTuple): Stage | undefined {
    if (this.#byEnds.size === 0) return undefined
    const { source, sourcePort, destination, destinationPort } = tuple
    const there = this.#byEnds.get(keyOf(source, sourcePort, destination, destinationPort))
    if (there !== undefined) {
      const { address, port, called, calledPort, isOwn } = there
      return {
        first: {
          ...tuple,
          destination: address === source || this.#isOnTheWay(address) ? called : address,
          destinationPort: calledPort,
        },
        turn: { source: address, sourcePort: port, destination, destinationPort, isLeaving: isOwn },
      }
    }
    const back = this.#byEnds.get(keyOf(destination, destinationPort, source, sourcePort))
    if (back === undefined) return undefined
    const { address, port, called, calledPort } = back
    // who kept its address is answered in the name of what it called: by a gateway, or by the endpoint's own server
    if (address === destination) {
      const turn = { source: called, sourcePort: calledPort, destination, destinationPort }
      return { first: tuple, turn: this.#isOnTheWay(called) ? turn : { ...turn, isLeaving: true } }
    }
    return {
      first: { ...tuple, destination: address, destinationPort: port },
      turn: { source: called, sourcePort: calledPort, destination, destinationPort },
    }
  }
}

const keyOf = (source: number, sourcePort: number, destination: number, destinationPort: number): string =>
  `${source}:${sourcePort}/${destination}:${destinationPort}`
