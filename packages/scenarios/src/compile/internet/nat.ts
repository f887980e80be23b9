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

export function compileNat(input: NatInput, path: Path, problems: Problems): CompiledNat {
  const { pool, ports, reserved, blocks, perWorkload, holdDown, share, idle, ...same } = input
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
      },
    }),
    ...(perWorkload !== undefined && { mappingsPerHostMax: perWorkload }),
    ...(holdDown !== undefined && { holdDownPs: holdDown }),
    ...(share !== undefined && { shareSize: share }),
  } as EdgeNatBlueprint
  return { nat, conntrack: { capacity, ...(idle !== undefined && { timeoutsPs: timeoutsOf(idle) }) } }
}

function timeoutsOf(idle: NonNullable<NatInput['idle']>): NonNullable<ConntrackOptions['timeoutsPs']> {
  const given = Object.entries(idle) as [keyof typeof TIMEOUTS, number | undefined][]
  return Object.fromEntries(
    given.flatMap(([key, value]) =>
      value === undefined ? [] : TIMEOUTS[key].map((name) => [name, value] as const),
    ),
  )
}
