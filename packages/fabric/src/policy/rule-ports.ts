import { type NamedPorts, portNameKeys } from './named-ports.ts'
import type { PolicyPort } from './policy-blueprint.ts'
import { OTHER_KIND, PORT_MAX, type PortRange, PROTOCOLS } from './port-set.ts'

const EVERYTHING: readonly PortRange[] = [[0, PORT_MAX]]
const NOTHING: readonly PortRange[] = []

/** A rule's ports, ready to be asked by protocol; names are resolved by whoever the destination is. */
export class RulePorts {
  /** By place in `PROTOCOLS`. */
  private readonly ranges: readonly (readonly PortRange[])[]
  private readonly names: readonly (readonly string[])[]
  private readonly isEverything: boolean
  /** As `PortNames` counts them. */
  readonly nameKeys: readonly string[]

  /** Names are those of the rule's cluster. */
  constructor(ports: readonly PolicyPort[] | undefined, cluster?: string) {
    this.isEverything = ports === undefined
    const given = ports ?? []
    this.ranges = PROTOCOLS.map((protocol) =>
      given.flatMap((port) =>
        port.kind === 'range' && port.protocol === protocol ? [[port.first, port.last] as const] : [],
      ),
    )
    this.nameKeys = given.flatMap((port) =>
      port.kind === 'named' ? portNameKeys(port.name, port.protocol, cluster) : [],
    )
    this.names = PROTOCOLS.map((protocol) => this.nameKeys.filter((key) => key.endsWith(`/${protocol}`)))
  }

  /** Ranges of a protocol at a destination. Protocols without ports are matched by rules that name none. */
  at(kind: number, destination: NamedPorts): readonly PortRange[] {
    if (this.isEverything) return EVERYTHING
    if (kind === OTHER_KIND) return NOTHING
    const names = this.names[kind]!
    if (names.length === 0) return this.ranges[kind]!
    const numbers = names.flatMap((key) => destination.numbers.get(key) ?? [])
    return [...this.ranges[kind]!, ...numbers.map((port) => [port, port] as const)]
  }

  matches(kind: number, port: number, destination: NamedPorts): boolean {
    return this.at(kind, destination).some(([first, last]) => first <= port && port <= last)
  }
}
