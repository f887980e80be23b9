import type { NetworkBlueprint } from '@weft/fabric'
import type { IP_BLOCKS, KubernetesInput } from '../../schema/kubernetes.ts'
import type { Problems } from '../problems.ts'

export type IpBlocks = (typeof IP_BLOCKS)[number]

/** The network, in whose policies prefixes match these; nothing changes where nobody says anything. */
export function withIpBlocks(network: NetworkBlueprint, ipBlocks: IpBlocks | undefined): NetworkBlueprint {
  const { interfaces } = network
  if (interfaces === undefined || ipBlocks === undefined) return network
  const policies = { ...interfaces.policies, addressesMatchWorkloads: ipBlocks === 'everyone' }
  return { ...network, interfaces: { ...interfaces, policies } }
}

/** What all clusters say; refuses what they do not say alike. */
export function ipBlocksOf(inputs: KubernetesInput, problems: Problems): IpBlocks | undefined {
  const [first, ...others] = new Set(inputs.map(({ ipBlocks }) => ipBlocks ?? 'everyone'))
  const at = inputs.findIndex(({ ipBlocks }) => ipBlocks !== undefined)
  if (others.length > 0)
    problems.refuse(
      ['kubernetes', at, 'ipBlocks'],
      'clusters judge by one set of policies here, and say different things; give all the same',
    )
  return at < 0 ? undefined : first
}
