import { icmpQuery, ICMP, ipPacket, readIpPacket, TCP, tcpSegment, UDP, udpDatagram } from './ip-packets.ts'
import { type KernelAnswer, type KernelSetup, type KernelStep, ROUTER_SYSCTLS } from './linux-kernel.ts'

export const INSIDE_HOSTS = ['10.0.0.2', '10.0.0.3', '10.0.0.4'] as const
export const REMOTES = ['198.51.100.2', '198.51.100.3'] as const
export const EXTERNAL_ADDRESSES = ['203.0.113.10', '203.0.113.11', '203.0.113.12', '203.0.113.13'] as const
/** Between the inside hosts and the internet, which sends errors too. */
export const STRANGER = '198.51.100.9'
const SYN = 2

/** A router that translates what leaves it, by an nft statement. */
export function natRouter(statement: string, prerouting = ''): KernelSetup {
  return {
    links: [
      { name: 'inside', addresses: ['10.0.0.1/24'], neighbours: INSIDE_HOSTS },
      { name: 'outside', addresses: ['198.51.100.1/24'], neighbours: [...REMOTES, STRANGER] },
    ],
    sysctls: ROUTER_SYSCTLS,
    rules: natRules(statement, prerouting),
  }
}

export function natRules(statement: string, prerouting = ''): string {
  return `table ip weft {
chain prerouting {
type nat hook prerouting priority -100
${prerouting}
}
chain postrouting {
type nat hook postrouting priority 100
${statement}
}
}`
}

/** The near and the far end of a packet; of ICMP the near port is the identifier. */
export interface Ends {
  readonly protocol: number
  readonly source: string
  readonly sourcePort: number
  readonly destination: string
  readonly destinationPort: number
}

export function natPacket(
  { protocol, source, sourcePort, destination, destinationPort }: Ends,
  isReply = false,
): string {
  const payload =
    protocol === TCP
      ? tcpSegment({ sourcePort, destinationPort, flags: isReply ? 18 : SYN })
      : protocol === UDP
        ? udpDatagram(sourcePort, destinationPort)
        : icmpQuery(isReply ? 0 : 8, 0, isReply ? destinationPort : sourcePort)
  return ipPacket({ source, destination, protocol, payload })
}

export const fromInside = (ends: Ends): KernelStep => ['inside', natPacket(ends)]
export const fromOutside = (ends: Ends): KernelStep => ['outside', natPacket(ends, true)]

/** What came out of a link, if anything did. */
export function leftBy(link: string, { out }: KernelAnswer): Ends | undefined {
  const packet = out.find(([name]) => name === link)?.[1]
  return packet === undefined ? undefined : endsOf(packet)
}

export function endsOf(packet: string): Ends {
  const { source, destination, protocol, payload, sourcePort, destinationPort } = readIpPacket(packet)
  if (protocol !== ICMP) return { protocol, source, destination, sourcePort, destinationPort }
  const identifier = (payload[4]! << 8) | payload[5]!
  const isQuery = payload[0] === 8
  return {
    protocol,
    source,
    destination,
    sourcePort: isQuery ? identifier : 0,
    destinationPort: isQuery ? 0 : identifier,
  }
}
