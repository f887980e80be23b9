import { NAT_DEPENDENCES } from '@weft/fabric'
import { z } from 'zod'
import { connectionTimeouts } from './conntrack.ts'
import { delay, positiveDuration } from './quantity.ts'
import { choice, flag, selector, strict, wholeNumber } from './strict.ts'

const CAPACITY_MAX = 2 ** 24
const PORTS = 65_536
const RANGES_MAX = 100

const RANGE = /^(\d{1,5})(?:-(\d{1,5}))?$/

/** `[1024, 65535]` of `1024-65535`; undefined for what is no range of ports. */
function parseRange(given: string | number): readonly [number, number] | undefined {
  const match = RANGE.exec(String(given))
  if (match === null) return undefined
  const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])]
  return from <= to && to < PORTS ? [from, to] : undefined
}

const portOrRange = z.union([z.string(), z.int()])

const ranges = (description: string, examples: readonly unknown[]) =>
  z
    .union([portOrRange, z.array(portOrRange).min(1).max(RANGES_MAX)])
    .meta({ description, examples: [...examples] })
    .transform((given, context): readonly (readonly [number, number])[] =>
      (Array.isArray(given) ? given : [given]).flatMap((each, index) => {
        const range = parseRange(each)
        if (range !== undefined) return [range]
        context.addIssue({
          code: 'custom',
          path: Array.isArray(given) ? [index] : [],
          message: `got ${JSON.stringify(each)}, expected a port or a range of ports, such as 1024-65535`,
        })
        return []
      }),
    )

const idle = (what: string, linux: string, rfc: string) =>
  positiveDuration({
    description: `How long ${what} is remembered without a packet. Default ${linux}; ${rfc} with profile rfc.`,
    examples: ['5m'],
  }).optional()

/** Of connections that are translated. */
const idleSchema = strict(
  'idle',
  {
    tcp: idle('an open TCP connection', '5d', '2h 4min'),
    tcpTransitory: idle('a TCP connection that is being opened or closed', '10s to 120s by state', '4min'),
    udp: idle('a datagram that nothing has answered', '30s', '5min'),
    udpStream: idle('an exchange of datagrams', '120s', '5min'),
    icmp: idle('an ICMP query', '30s', '60s'),
  },
  {
    description:
      'Timeouts by kind of connection, RFC 4787 REQ-5, RFC 5382 REQ-5 and RFC 5508 REQ-2; by single states in `timeouts`.',
    examples: [{ udp: '5m' }],
  },
)

export const natSchema = strict(
  'nat',
  {
    pool: selector({
      description: 'Public addresses that workloads share: addresses or prefixes, of IPv4 and IPv6.',
      examples: ['198.51.100.7/32', ['198.51.100.0/28', '2001:db8:1::/126']],
    }),
    ports: ranges('Ports of each address. Default 1024-65535.', [
      '1024-65535',
      ['1024-5059', '5062-65535'],
    ]).optional(),
    reserved: ranges('Ports among them that nobody gets.', [['5060-5061', 8080]]).optional(),
    profile: choice(['linux', 'rfc'], {
      description:
        'What holds for keys that are not given, timeouts among them: as Linux does (default), or as RFC 4787, 5382, 5508 and 6888 ask for.',
      examples: ['rfc'],
    }).optional(),
    allocation: choice(['preserve', 'sequential', 'random'], {
      description:
        "Which port: the workload's own where it is free (default), the next one, or one drawn at random.",
      examples: ['random'],
    }).optional(),
    mapping: choice(NAT_DEPENDENCES, {
      description:
        'How much of the remote end a mapping is for, RFC 4787 section 4.1. Default address-and-port-dependent.',
      examples: ['endpoint-independent'],
    }).optional(),
    filtering: choice(NAT_DEPENDENCES, {
      description: 'Whom a mapping lets in, RFC 4787 section 5. Default address-and-port-dependent.',
      examples: ['endpoint-independent'],
    }).optional(),
    overloading: flag({
      description:
        'The same port for several workloads towards different remote ends. Default true with profile linux, false with rfc.',
      examples: [false],
    }).optional(),
    pairing: choice(['paired', 'arbitrary'], {
      description:
        'Whether a workload has one public address for all it does, RFC 4787 REQ-2. Default arbitrary; paired with profile rfc.',
      examples: ['paired'],
    }).optional(),
    hairpinning: flag({
      description:
        'Whether workloads reach each other by public endpoints, RFC 4787 REQ-9. Default false; true with profile rfc.',
      examples: [true],
    }).optional(),
    keepsParity: flag({
      description: 'An even port for an even one, an odd for an odd, RFC 4787 REQ-4. Default false.',
      examples: [true],
    }).optional(),
    blocks: strict(
      'blocks',
      {
        size: wholeNumber(1, PORTS, { description: 'Ports of a block.', examples: [512] }),
        perWorkload: wholeNumber(1, PORTS, {
          description: 'Most blocks that a workload has at once. Default 1.',
          examples: [4],
        }).optional(),
        deterministic: flag({
          description:
            'Each workload and host that may need one has its first block for good, in order of their names, RFC 7422: who had a port follows without a log. Default false: a block goes to whoever asks, and back when none of its ports is in use.',
          examples: [true],
        }).optional(),
      },
      {
        description:
          'Ports go to workloads in blocks of consecutive ones, RFC 6888 REQ-13. Default: port by port.',
        examples: [{ size: 512, perWorkload: 4 }],
      },
    ).optional(),
    perWorkload: wholeNumber(1, 2 ** 31 - 1, {
      description: 'Most mappings of a workload at once, RFC 6888 REQ-4. Default: no limit.',
      examples: [2000],
    }).optional(),
    capacity: wholeNumber(1, CAPACITY_MAX, {
      description: 'Most mappings at once in one place. Default 1048576.',
      examples: [500_000],
    }).optional(),
    holdDown: delay({
      description:
        'How long a freed port is given to nobody, RFC 6888 REQ-8. Default 0s; 120s with profile rfc.',
      examples: ['120s'],
    }).optional(),
    share: wholeNumber(1, PORTS, {
      description: 'Where hosts translate: consecutive ports that go to one host at a time. Default 64.',
      examples: [256],
    }).optional(),
    idle: idleSchema.optional(),
    timeouts: connectionTimeouts.optional(),
  },
  {
    description:
      'Public addresses that stand for the private ones of workloads and hosts of this region on the internet.',
    examples: [{ pool: '198.51.100.7/32', allocation: 'random', idle: { udp: '5m' } }],
  },
)

export type NatInput = z.output<typeof natSchema>
