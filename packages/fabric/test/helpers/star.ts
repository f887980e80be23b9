import { graph } from '../../src/blueprint/generators/graph.ts'
import type { LinkOptions } from '../../src/blueprint/generators/parts.ts'
import type { FlowBlueprint, TcpOptions } from '../../src/blueprint/traffic.ts'
import { PacketRun } from '../../src/clocks/packet/packet-run.ts'
import type { Transmitter } from '../../src/components/link/transmitter.ts'
import { networkOf } from './networks.ts'

/** TCP flows between hosts `h0`, `h1` ... around one switch, on equal links. */
export class Star {
  readonly run: PacketRun

  constructor(
    hosts: number,
    link: LinkOptions,
    flows: readonly FlowBlueprint[],
    options: Partial<TcpOptions>,
  ) {
    const names = Array.from({ length: hosts }, (_, host) => `h${host}`)
    const parts = graph({
      region: 'r',
      switches: [{ name: 's', tier: 'any', ecmp: { mode: 'five-tuple', weights: 'equal', flowletGapPs: 0 } }],
      hosts: names.map((name) => ({ name, bond: false })),
      links: names.map((name) => ({ between: [name, 's'], options: link })),
    })
    const network = networkOf(parts)
    const hostNames = network.nodes.filter((node) => node.kind === 'host').map((node) => node.name)
    const nameOf = (short: string) => hostNames.find((name) => name.endsWith(`/${short}`))!
    const placed = flows.map((flow) => ({ ...flow, from: nameOf(flow.from), to: nameOf(flow.to) }))
    const traffic = {
      name: 'flows',
      pairs: { kind: 'all-to-all', hosts: hostNames },
      offered: { kind: 'list', flows: placed },
      transport: { kind: 'tcp', options },
      dscp: 0,
      priority: 0,
      family: 'ipv4',
    } as const
    const blueprint = { name: 'star', seed: 'star', network, traffic: [traffic], events: [] }
    this.run = new PacketRun(blueprint, { arrivalsEndPs: Number.MAX_SAFE_INTEGER })
  }

  /** The switch's queue towards a host. */
  queueTo(host: string): Transmitter {
    const { topology } = this.run.network
    const link = topology.links.findIndex(({ ends }) => ends.some((end) => end.endsWith(`/${host}`)))
    const far = topology.links[link]!.ends[0].endsWith(`/${host}`) ? 1 : 0
    return this.run.clock.transmitters[link]![far]
  }

  completionsPs(): number[] {
    const { flows } = this.run
    return Array.from({ length: flows.size }, (_, flow) => flows.completedPs[flow]! - flows.startPs[flow]!)
  }
}
