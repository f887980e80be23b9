import { erlangB, InvariantError, SECOND } from '@weft/core'

/** New connections to one remote endpoint, or to all of them. */
export interface NatDemand {
  readonly connectionsPerS: number
  /**
   * How long each has its port, on the mean: its life, the time that the NAT waits for another packet (TIME-WAIT and the like),
   * and hold-down.
   */
  readonly holdPs: number
}

export interface NatLoad {
  /** Ports that connections would have, were there enough. */
  readonly offeredErlangs: number
  /** Fraction of new connections that find no port. */
  readonly blocking: number
  /** Ports in use on the mean. */
  readonly occupancy: number
  readonly refusedPerS: number
}

export interface NatLoadOptions {
  /** External ports of a protocol, of all addresses that one connection may have a port of. */
  readonly ports: number
  /**
   * Into how many equal parts hosts are spread that cannot help each other out, each with `ports / parts` of the ports: addresses
   * where they are paired, instances of a NAT that is spread. 1 by default.
   */
  readonly parts?: number
  /** Whether each demand has all the ports to itself, as it has where ports are overloaded and it is one remote endpoint. */
  readonly overloading?: boolean
}

/**
 * How a NAT's ports fare in the long run where connections come at random (Poisson): Erlang's loss formula, for which of the hold
 * times their mean alone matters. Without overloading all demands share the ports; with it each has them to itself.
 */
export function natLoad(options: NatLoadOptions, demands: readonly NatDemand[]): NatLoad {
  const { ports, parts = 1, overloading = false } = options
  const groups = overloading ? demands.map((demand) => [demand]) : [demands]
  const loads = groups.map((group) => groupLoad(ports, parts, group))
  const arrivals = sum(demands, ({ connectionsPerS }) => connectionsPerS)
  const refusedPerS = sum(loads, (load) => load.refusedPerS)
  return {
    offeredErlangs: sum(loads, (load) => load.offeredErlangs),
    blocking: arrivals === 0 ? 0 : refusedPerS / arrivals,
    occupancy: sum(loads, (load) => load.occupancy),
    refusedPerS,
  }
}

/** The rate at which so many ports are just enough where each is had equally long: ports over hold time, connections per second. */
export function natRateMax(ports: number, holdPs: number): number {
  return ports / (holdPs / SECOND)
}

function groupLoad(ports: number, parts: number, demands: readonly NatDemand[]): NatLoad {
  if (!(Number.isInteger(parts) && parts >= 1 && parts <= ports))
    throw new InvariantError(`${ports} ports in ${parts} parts, expected a whole number from 1 to ${ports}`)
  const offeredErlangs = sum(demands, erlangsOf)
  const share = Math.floor(ports / parts)
  const more = ports - share * parts
  const perPart = offeredErlangs / parts
  const blocking = ((parts - more) * erlangB(perPart, share) + more * blockingOfLarger()) / parts
  const arrivals = sum(demands, ({ connectionsPerS }) => connectionsPerS)
  return {
    offeredErlangs,
    blocking,
    occupancy: offeredErlangs * (1 - blocking),
    refusedPerS: arrivals * blocking,
  }

  function blockingOfLarger(): number {
    return more === 0 ? 0 : erlangB(perPart, share + 1)
  }
}

function erlangsOf({ connectionsPerS, holdPs }: NatDemand): number {
  return (connectionsPerS * holdPs) / SECOND
}

function sum<Item>(items: readonly Item[], read: (item: Item) => number): number {
  return items.reduce((total, item) => total + read(item), 0)
}
