/** IANA's dynamic ports, RFC 6335 §6. */
export const EPHEMERAL_PORT_MIN = 49_152
export const EPHEMERAL_PORT_MAX = 65_535
const EPHEMERAL_PORTS = EPHEMERAL_PORT_MAX - EPHEMERAL_PORT_MIN + 1

/** No port is free. */
export const NO_PORT = -1

/** Hands out a host's ephemeral ports in turn, so that one is used again as late as possible. */
export class EphemeralPorts {
  private cursor = 0

  /** The next port that `isTaken` does not refuse, or NO_PORT. */
  next(isTaken: (port: number) => boolean): number {
    for (let tried = 0; tried < EPHEMERAL_PORTS; tried++) {
      const port = EPHEMERAL_PORT_MIN + this.cursor
      this.cursor = (this.cursor + 1) % EPHEMERAL_PORTS
      if (!isTaken(port)) return port
    }
    return NO_PORT
  }
}
