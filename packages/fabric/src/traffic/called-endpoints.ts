import type { Network } from '../build/network.ts'
import { walk } from '../clocks/walk/walk.ts'

/** Whom connections from one address are led to that call another. */
export interface CalledEndpoint {
  /** The endpoint's address, by id. */
  readonly address: number
  /** Its host, by node index. */
  readonly node: number
  /** Of new connections, above 0 up to 1. */
  readonly share: number
}

/** What is called, and from where. Addresses by id. */
export interface Call {
  readonly source: number
  readonly destination: number
  readonly protocol: number
  readonly port: number
}

/**
 * The endpoints that a service's address stands for, for one client, by the balancers' own shares, in their order; they need
 * not let the client in. Empty where the address stands for nobody now.
 */
export function calledEndpoints(
  network: Network,
  { source, destination, protocol, port }: Call,
): CalledEndpoint[] {
  const probe = { source, destination, protocol, destinationPort: port, sizeBytes: 0 }
  const shares = new Map<number, number>()
  for (const { endpoint, share } of walk(network, probe).hops)
    if (endpoint !== undefined) shares.set(endpoint, (shares.get(endpoint) ?? 0) + share)
  return [...shares].flatMap(([address, share]) => {
    const node = network.hostOf(address)
    return node === undefined ? [] : [{ address, node, share }]
  })
}
