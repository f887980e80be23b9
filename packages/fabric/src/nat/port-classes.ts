import { ICMP_KIND } from './port-kinds.ts'
import { PORT_MAX, type PortRange } from './port-ranges.ts'

/** Which external ports stand for an inside port that is taken. */
export type PortClasses = 'linux' | 'rfc' | 'none'

const ALL: PortRange = [0, PORT_MAX]

/** By the first inside port of each class. Linux gives no port from 512 to 599 in place of another one (nf_nat_core.c). */
const CLASSES: Readonly<Record<PortClasses, readonly (readonly [begin: number, ports: PortRange])[]>> = {
  linux: [
    [0, [1, 511]],
    [512, [600, 1023]],
    [1024, [1024, PORT_MAX]],
  ],
  // RFC 4787 REQ-3 a
  rfc: [
    [0, [0, 1023]],
    [1024, [1024, PORT_MAX]],
  ],
  none: [[0, ALL]],
}

/** External ports of the same class as an inside port; identifiers of ICMP are all alike. */
export function classOf(classes: PortClasses, kind: number, insidePort: number): PortRange {
  if (kind === ICMP_KIND) return ALL
  let ports = ALL
  for (const [begin, range] of CLASSES[classes]) if (begin <= insidePort) ports = range
  return ports
}
