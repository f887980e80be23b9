import { z } from 'zod'
import { duration } from './quantity.ts'
import { choice, either, flag, selector, strict, wholeNumber } from './strict.ts'

const HOSTS =
  'all hosts, a host, a switch, pod or region for the hosts below it, a workload by namespace/name for its pods, a pattern, or a list of these'

const pairs = (where: 'reachable' | 'unreachable') =>
  strict(
    where,
    {
      from: selector({ description: `Senders: ${HOSTS}.`, examples: ['all hosts'] }),
      to: selector({
        description: `Receivers, named likewise. A host and itself make no pair.`,
        examples: ['ord1/leaf-0'],
      }),
      protocol: choice(['tcp', 'udp'], { description: 'Default tcp.', examples: ['udp'] }).optional(),
      port: wholeNumber(1, 65_535, {
        description: 'Destination port. Default 80.',
        examples: [443],
      }).optional(),
      family: choice(['ipv4', 'ipv6'], {
        description: 'IP version. Default ipv4 where both hosts have it.',
        examples: ['ipv6'],
      }).optional(),
    },
    {
      description: 'Pairs of hosts, and the packet that is sent between them.',
      examples: [{ from: 'all hosts', to: 'ord1/leaf-0' }],
    },
  )

const times = {
  at: either([duration(at()), z.array(duration(at())).min(1).max(1_000)], {
    description: 'At this instant alone, or at these, after what happens then.',
    examples: ['3.1ms', ['1ms', '3.1ms']],
  }).optional(),
  from: duration({
    description: 'Only from this instant on. Default: the beginning.',
    examples: ['3.1ms'],
  }).optional(),
  to: duration({
    description: 'Only before this instant. Default: the end of the run.',
    examples: ['6ms'],
  }).optional(),
  converged: flag({
    description:
      'Only while routes reckon with all that is up and down: packets that a dead link takes until then do not count. Default false.',
    examples: [true],
  }).optional(),
}

function at() {
  return { description: 'An instant.', examples: ['3.1ms'] }
}

const ALONE = 'write it as an expectation of its own'
const ELSEWHERE = { instead: { metric: ALONE, reachable: ALONE, unreachable: ALONE } }

export const reachable = strict(
  'reachable',
  { reachable: pairs('reachable'), ...times },
  {
    description:
      'Packets get from each of these hosts to each of those, whichever of the equal ways they take.',
    examples: [{ reachable: { from: 'all hosts', to: 'all hosts' }, converged: true }],
    ...ELSEWHERE,
  },
)

export const unreachable = strict(
  'unreachable',
  { unreachable: pairs('unreachable'), ...times },
  {
    description: 'No packet gets from any of these hosts to any of those, on any way.',
    examples: [{ unreachable: { from: 'ord1/leaf-0', to: 'ord1/leaf-1' }, from: '2ms', to: '3ms' }],
    ...ELSEWHERE,
  },
)

export type ReachInput = z.output<typeof reachable> | z.output<typeof unreachable>
