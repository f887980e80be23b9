import type { ConntrackOptions, NetworkBlueprint } from '@weft/fabric'
import type { ConntrackInput } from '../../schema/conntrack.ts'
import type { RegionInput } from '../../schema/region.ts'
import type { Problems } from '../problems.ts'

/** The network with what regions say of the tables of connections in their hosts. */
export function compileConntrack(
  network: NetworkBlueprint,
  regions: Readonly<Record<string, RegionInput>>,
  problems: Problems,
): NetworkBlueprint {
  const given = Object.entries(regions).flatMap(([region, { conntrack }]) => {
    if (conntrack === undefined) return []
    const hosts = network.nodes.flatMap((node) =>
      node.kind === 'vswitch' && node.host.startsWith(`${region}/`) ? [node.host] : [],
    )
    if (hosts.length === 0) {
      const message = `no host of ${region} keeps a table of connections; hosts do that workloads of "kubernetes" run on`
      problems.refuse(['regions', region, 'conntrack'], message)
    }
    return [{ hosts, options: optionsOf(conntrack) }]
  })
  const { interfaces } = network
  if (given.length === 0 || interfaces === undefined) return network
  return { ...network, interfaces: { ...interfaces, conntrackOf: given } }
}

function optionsOf({ timeouts, loose, ...same }: ConntrackInput): ConntrackOptions {
  const options = {
    ...same,
    ...(loose !== undefined && { isLoose: loose }),
    ...(timeouts && { timeoutsPs: timeouts }),
  }
  return withoutUndefined(options) as ConntrackOptions
}

const withoutUndefined = (map: object): object =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined))
