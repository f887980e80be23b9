import { derangement, type RandomStream } from '@weft/core'
import type { PairsBlueprint, TrafficBlueprint } from '../blueprint/traffic.ts'
import { naturalCompare } from '../blueprint/natural-order.ts'

/**
 * Who sends, and to whom. Hosts are names, receivers may be addresses that are no host's own; senders stand in natural order
 * whatever order they were given in.
 */
export interface Pairs {
  readonly senders: readonly string[]
  /** A receiver for the next flow of this sender. */
  draw(sender: number, stream: RandomStream): string
  /** Every receiver that this sender may draw. */
  receiversOf(sender: number): readonly string[]
}

/** Whether flows go to an address that is no host's own, or to a name, so that who takes them is found out on the way. */
export const goesToAddress = ({ pairs }: Pick<TrafficBlueprint, 'pairs'>): boolean =>
  pairs.kind === 'to-address' || pairs.kind === 'to-name'

/** `stream` decides what is drawn once for all: the derangement of a permutation. */
export function resolvePairs(pairs: PairsBlueprint, stream: RandomStream): Pairs {
  if (pairs.kind === 'permutation') return derangedPairs(sorted(pairs.hosts), stream)
  if (pairs.kind === 'to-address') return pairsToAddress(sorted(pairs.from), pairs.address)
  if (pairs.kind === 'to-name') return pairsToAddress(sorted(pairs.from), pairs.name)
  const [from, to] = pairs.kind === 'all-to-all' ? [pairs.hosts, pairs.hosts] : [pairs.from, pairs.to]
  return uniformPairs(sorted(from), sorted(to))
}

function uniformPairs(senders: readonly string[], receivers: readonly string[]): Pairs {
  const ownIndex = new Map(receivers.map((name, index) => [name, index]))
  return {
    senders,
    draw(sender, stream) {
      // skip over the sender's own place instead of drawing again
      const own = ownIndex.get(senders[sender]!)
      const draw = stream.int(own === undefined ? receivers.length : receivers.length - 1)
      return receivers[own !== undefined && draw >= own ? draw + 1 : draw]!
    },
    receiversOf: (sender) => receivers.filter((name) => name !== senders[sender]),
  }
}

/** To an address, or a name. */
function pairsToAddress(senders: readonly string[], called: string): Pairs {
  return { senders, draw: () => called, receiversOf: () => [called] }
}

function derangedPairs(hosts: readonly string[], stream: RandomStream): Pairs {
  const receivers = derangement(stream, hosts.length).map((index) => hosts[index]!)
  return {
    senders: hosts,
    draw: (sender) => receivers[sender]!,
    receiversOf: (sender) => [receivers[sender]!],
  }
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort(naturalCompare)
