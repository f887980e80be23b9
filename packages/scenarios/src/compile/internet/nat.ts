import type { ConntrackOptions, EdgeNatBlueprint, TimeoutName } from '@weft/fabric'
import type { NatInput } from '../../schema/nat.ts'
import type { Path, Problems } from '../problems.ts'
import { poolAddresses } from './public-addresses.ts'

const CAPACITY = 2 ** 20

/** Which timeouts of connections each key of `idle` is. */
const TIMEOUTS: Readonly<Record<keyof NonNullable<NatInput['idle']>, readonly TimeoutName[]>> = {
  tcp: ['tcpEstablished'],
  tcpTransitory: [
    'tcpSynSent',
    'tcpSynReceived',
    'tcpFinWait',
    'tcpCloseWait',
    'tcpLastAck',
    'tcpTimeWait',
    'tcpClose',
    'tcpSynSent2',
  ],
  udp: ['udp'],
  udpStream: ['udpStream'],
  icmp: ['icmp'],
}

/** The NAT of a region, and the table of connections that goes with it. */
export interface CompiledNat {
  readonly nat: EdgeNatBlueprint
  readonly conntrack: ConntrackOptions
}

/** `inside`: addresses that the NAT is for, in the order in which they get blocks. */
export function compileNat(
  input: NatInput,
  inside: () => readonly string[],
  path: Path,
  problems: Problems,
): CompiledNat {
  const { pool, ports, reserved, blocks, perWorkload, holdDown, share, idle, timeouts, ...same } = input
  const { capacity = CAPACITY } = same
  const given = Object.entries(same).filter(([, value]) => value !== undefined)
  const nat: EdgeNatBlueprint = {
    ...(Object.fromEntries(given) as typeof same & Partial<EdgeNatBlueprint>),
    capacity,
    pool: {
      addresses: poolAddresses(pool, [...path, 'pool'], problems),
      ...(ports !== undefined && { ports }),
      ...(reserved !== undefined && { reserved }),
    },
    ...(blocks !== undefined && {
      blocks: {
        size: blocks.size,
        ...(blocks.perWorkload !== undefined && { blocksMax: blocks.perWorkload }),
        ...(blocks.deterministic === true && { hosts: inside() }),
      },
    }),
    ...(perWorkload !== undefined && { mappingsPerHostMax: perWorkload }),
    ...(holdDown !== undefined && { holdDownPs: holdDown }),
    ...(share !== undefined && { shareSize: share }),
  } as EdgeNatBlueprint
  const { profile } = same
  const timeoutsPs = timeoutsOf({ idle, timeouts }, path, problems)
  return { nat, conntrack: { capacity, ...(profile && { profile }), ...(timeoutsPs && { timeoutsPs }) } }
}

/** Single states in place of what `idle` says of their kind, and that in place of the profile's. */
function timeoutsOf(
  { idle = {}, timeouts = {} }: Pick<NatInput, 'idle' | 'timeouts'>,
  path: Path,
  problems: Problems,
): ConntrackOptions['timeoutsPs'] {
  const byState = new Map<string, number>()
  for (const [key, value] of Object.entries(idle)) {
    const names = TIMEOUTS[key as keyof typeof TIMEOUTS]
    const [only] = names
    if (value === undefined) continue
    if (names.length === 1 && timeouts[only!] !== undefined)
      problems.refuse([...path, 'idle', key], `"timeouts" has "${only}", which is the same; give it once`)
    for (const name of names) byState.set(name, value)
  }
  for (const [name, value] of Object.entries(timeouts)) if (value !== undefined) byState.set(name, value)
  return byState.size === 0 ? undefined : Object.fromEntries(byState)
}
