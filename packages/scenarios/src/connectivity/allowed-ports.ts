import { type PortSet, PROTOCOLS } from '@weft/fabric'

/** One entry of `allow`. */
export interface AllowedPorts {
  readonly protocol: (typeof PROTOCOLS)[number]
  /** First and last of each range, both included, ascending. */
  readonly ports: readonly (readonly [number, number])[]
}

export const allowOf = (ports: PortSet): AllowedPorts[] =>
  PROTOCOLS.filter((protocol) => ports[protocol].length > 0).map((protocol) => ({
    protocol,
    ports: ports[protocol],
  }))
