import { printDuration } from '@weft/core'
import type { NetworkBlueprint } from '@weft/fabric'
import type { ExpectInput } from '../../schema/expect.ts'
import type { ReachInput } from '../../schema/reach.ts'
import { withSuccessorsOf } from '../../life/successor-senders.ts'
import { HostIndex } from '../selectors/hosts.ts'
import type { CompiledCluster } from '../clusters/kubernetes.ts'
import { list, type Path, type Problems } from '../problems.ts'
import { ReceiverIndex } from '../traffic/receivers.ts'
import { endPs, type RunPlan } from '../run.ts'
import { asList } from '../selectors/selectors.ts'

/** A line of `expect` that says who must reach whom, or must not. */
export interface ReachExpectation {
  readonly kind: 'reachable' | 'unreachable'
  /** As people read it: `reachable  all hosts to ord1/leaf-0 tcp 443`. */
  readonly text: string
  /** Names of hosts; of each pair of two different ones it is expected. */
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
  /** Absent: the first that both have, IPv4 before IPv6. */
  readonly family?: 'ipv4' | 'ipv6'
  /** The instants at which it must hold, ascending; absent: always, from `fromPs` up to but not including `toPs`. */
  readonly instantsPs?: readonly number[]
  readonly fromPs: number
  readonly toPs: number
  /** Whether it is about some times of the scenario alone. */
  readonly isTimed: boolean
  /** Holds only while routes reckon with all that is up and down. */
  readonly converged: boolean
  /** Where it stands in the user's data. */
  readonly path: Path
}

const PROTOCOL_DEFAULT = 'tcp'
const PORT_DEFAULT = 80

export const isReach = (input: ExpectInput | ReachInput): input is ReachInput => !('metric' in input)

/** Throws nothing; what is wrong goes into `problems`. */
export function compileReach(
  inputs: readonly (ExpectInput | ReachInput)[],
  raw: readonly unknown[],
  network: NetworkBlueprint,
  clusters: readonly CompiledCluster[],
  run: RunPlan,
  problems: Problems,
): ReachExpectation[] {
  if (!inputs.some(isReach)) return []
  const hosts = new HostIndex(network)
  const index = new ReceiverIndex(network, hosts, clusters)
  // what is stopped reaches nobody, so that it is asked only where that is well
  const meant = (kind: ReachExpectation['kind'], names: string[]) =>
    kind === 'reachable' ? names : withSuccessorsOf(names, network)
  return inputs.flatMap((input, at) => {
    if (!isReach(input)) return []
    const path = ['expect', at]
    const kind = 'reachable' in input ? 'reachable' : 'unreachable'
    const {
      from,
      to,
      protocol = PROTOCOL_DEFAULT,
      port = PORT_DEFAULT,
      family,
    } = 'reachable' in input ? input.reachable : input.unreachable
    const senders = index.selectHosts(from, [...path, kind, 'from'], problems)
    const receivers = index.selectHosts(to, [...path, kind, 'to'], problems)
    if (senders.length === 1 && receivers.length === 1 && senders[0] === receivers[0])
      problems.refuse([...path, kind], 'a host and itself make no pair; name another host in "from" or "to"')
    if (family !== undefined)
      checkFamily(family, { from: senders, to: receivers }, hosts, [...path, kind], problems)
    return [
      {
        kind,
        text: describe(kind, raw[at]),
        from: meant(kind, senders),
        to: meant(kind, receivers),
        protocol,
        port,
        ...(family !== undefined && { family }),
        ...compileTimes(input, run, path, problems),
        converged: input.converged === true,
        path,
      },
    ]
  })
}

function checkFamily(
  family: 'ipv4' | 'ipv6',
  sides: Readonly<Record<'from' | 'to', readonly string[]>>,
  hosts: HostIndex,
  path: Path,
  problems: Problems,
): void {
  for (const side of ['from', 'to'] as const) {
    const without = sides[side].find((host) => !hosts.speaks(host, family))
    if (without !== undefined)
      problems.refuse(
        [...path, side],
        `${JSON.stringify(without)} has no ${family} address; leave it out, or give hosts one under "addresses"`,
      )
  }
}

function compileTimes(
  { at, from, to, converged }: ReachInput,
  run: RunPlan,
  path: Path,
  problems: Problems,
): Pick<ReachExpectation, 'instantsPs' | 'fromPs' | 'toPs' | 'isTimed'> {
  const end = endPs(run)
  const others = Object.entries({ from, to, converged }).filter(([, value]) => value !== undefined)
  if (at !== undefined && others.length > 0) {
    const keys = others.map(([key]) => key)
    problems.refuse([...path, 'at'], `"at" names the instants; it does not go with ${list(keys)}`)
  }
  const instants = at === undefined ? [] : [at].flat()
  instants.forEach((instant, i) => {
    const place = Array.isArray(at) ? [...path, 'at', i] : [...path, 'at']
    if (instant > end)
      problems.refuse(place, `${printDuration(instant)} is after the end of the run, ${printDuration(end)}`)
  })
  if (from !== undefined && from >= end)
    problems.refuse(
      [...path, 'from'],
      `${printDuration(from)} is not before the end of the run, ${printDuration(end)}`,
    )
  else if (to !== undefined && to > end)
    problems.refuse(
      [...path, 'to'],
      `${printDuration(to)} is after the end of the run, ${printDuration(end)}`,
    )
  else if (to !== undefined && to <= (from ?? 0))
    problems.refuse(
      [...path, 'to'],
      `${printDuration(to)} is not after the window's start, ${printDuration(from ?? 0)}`,
    )
  return {
    ...(at !== undefined && { instantsPs: [...new Set(instants)].sort((a, b) => a - b) }),
    fromPs: from ?? 0,
    toPs: to ?? end,
    isTimed: at !== undefined || from !== undefined || to !== undefined,
  }
}

/** From the user's own words: `reachable  all hosts to ord1/leaf-0 udp 53 from 3.1ms`. */
function describe(kind: 'reachable' | 'unreachable', raw: unknown): string {
  const given = raw as Readonly<Record<string, unknown>>
  const { from, to, protocol, port, family } = given[kind] as Readonly<Record<string, unknown>>
  const words = (value: unknown) => asList(value as string | readonly string[]).join(', ')
  const packet = [family, protocol, port].filter((word) => word !== undefined)
  const times = ['at', 'from', 'to'].flatMap((key) =>
    given[key] === undefined ? [] : [`${key} ${[given[key]].flat().join(', ')}`],
  )
  const settled = given['converged'] === true ? ['once routes have converged'] : []
  return `${kind}  ${[`${words(from)} to ${words(to)}`, ...packet, ...times, ...settled].join(' ')}`
}
