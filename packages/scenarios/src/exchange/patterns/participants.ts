import { ConfigError } from '@weft/core'
import { fallibleParts, type NetworkBlueprint } from '@weft/fabric'
import { regionOf } from '../../compile/traffic/pairs.ts'
import { counted, Problems } from '../../compile/problems.ts'
import { HostNames } from '../../planning/host-names.ts'
import type { DemandPattern } from './pattern-demands.ts'

/** Pairs that a matrix holds. */
const PAIRS_MAX = 8_000_000

/** Hosts that take part, in the network's order: all servers, or those of these names. Throws ConfigError at `among`. */
export function hostsAmong(
  network: NetworkBlueprint,
  among: readonly string[] | undefined,
  pattern: DemandPattern,
): string[] {
  const problems = new Problems()
  const { isServer } = fallibleParts(network)
  const hosted = network.nodes.filter(({ kind }) => kind === 'host')
  const all = (among === undefined ? hosted.filter(isServer) : hosted).map(({ name }) => name)
  const names = new HostNames(network)
  for (const name of among ?? []) {
    const refusal = names.nameRefusal(name)
    if (refusal !== undefined) problems.refuse(['among'], refusal)
  }
  const wanted = among === undefined ? undefined : new Set(among.flatMap((name) => names.hostsOf(name)))
  const hosts = wanted === undefined ? all : all.filter((name) => wanted.has(name))
  const refusal = problems.issues.length > 0 ? undefined : hostsRefusal(hosts, pattern)
  if (refusal !== undefined) problems.refuse(['among'], refusal)
  if (problems.issues.length > 0) throw new ConfigError(problems.issues)
  return hosts
}

/** Why no demands join these hosts; undefined: they can. */
export function hostsRefusal(hosts: readonly string[], pattern: DemandPattern): string | undefined {
  const regions = [...new Set(hosts.map(regionOf))]
  if (regions.length > 1)
    return `hosts are of ${regions.join(', ')}, which are not connected; choose those of one region`
  if (hosts.length < 2) return `${hosts.length === 0 ? 'no' : 'one'} host takes part; expected 2 or more`
  const pairs = hosts.length * (hosts.length - 1)
  return pattern !== 'permutation' && pairs > PAIRS_MAX
    ? `${counted(hosts.length)} hosts are ${counted(pairs)} pairs; at most ${counted(PAIRS_MAX)} fit, so name fewer hosts`
    : undefined
}
