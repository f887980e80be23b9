import { describe, expect, it } from 'vitest'
import { graph } from '../../blueprint/generators/graph.ts'
import { ecmp } from '../../blueprint/generators/options.fixture.ts'
import { attachWorkloads, type PlacedWorkload } from '../../blueprint/generators/workloads.ts'
import { Network } from '../../build/network.ts'
import { walk } from '../../clocks/walk/walk.ts'
import { dropDecision } from '../../model/decision.ts'
import { type InterfaceStage, PASS } from '../../model/interface-stage.ts'
import { PROTOCOL_UDP } from '../../model/packet-table.ts'
import { probePacket } from '../../model/probe-packet.ts'
import { networkOf, plainLink } from '../../../test/helpers/networks.ts'
import { VirtualSwitch } from './vswitch.ts'

const VIRTUAL = {
  delayPs: 1000,
  framing: { overheadBytes: 0 },
  queue: { capacity: { packets: 64 } },
} as const

const workload = (name: string, host: string): PlacedWorkload => ({ name, host, addresses: [] })

/** Two leaves that only a dual-homed server connects directly; over spines it is farther. */
const dualHomed = () => {
  const link = plainLink(10e9, 1000)
  const parts = graph({
    region: 'r',
    switches: ['leaf-0', 'leaf-1', 'spine-0', 'spine-1', 'spine-2'].map((name) => ({
      name,
      tier: 'any',
      ecmp,
    })),
    hosts: ['server', 'a', 'b'].map((name) => ({ name, bond: true })),
    links: [
      ['leaf-0', 'spine-0'],
      ['spine-0', 'spine-1'],
      ['spine-1', 'spine-2'],
      ['spine-2', 'leaf-1'],
      ['server', 'leaf-0'],
      ['server', 'leaf-1'],
      ['a', 'leaf-0'],
      ['b', 'leaf-1'],
    ].map(([from, to]) => ({ between: [from!, to!] as [string, string], options: link })),
  })
  return networkOf(
    attachWorkloads(parts, [workload('shop/cart', 'r/server'), workload('shop/web', 'r/server')], VIRTUAL),
  )
}

function path(network: Network, from: string, to: string): string[] {
  const [source, destination] = [from, to].map((name) => network.addressOf(name, 'ipv4')!)
  const probe = {
    source: source!,
    destination: destination!,
    protocol: PROTOCOL_UDP,
    sourcePort: 7,
    destinationPort: 9,
    sizeBytes: 100,
  }
  return walk(network, probe).hops.map(({ node }) => network.topology.nodes[node]!.name)
}

describe('a virtual switch', () => {
  it('carries no traffic between leaves, even where that is the shortest way', () => {
    const network = new Network(dualHomed())
    expect(path(network, 'r/a', 'r/b')).toEqual([
      'r/a',
      'r/leaf-0',
      'r/spine-0',
      'r/spine-1',
      'r/spine-2',
      'r/leaf-1',
      'r/b',
    ])
  })

  it('connects its workloads with each other, with their host, and with both leaves', () => {
    const network = new Network(dualHomed())
    expect(path(network, 'shop/cart', 'shop/web')).toEqual(['shop/cart', 'r/server/vswitch', 'shop/web'])
    expect(path(network, 'shop/cart', 'r/server')).toEqual(['shop/cart', 'r/server/vswitch', 'r/server'])
    expect(path(network, 'shop/cart', 'r/b')).toEqual(['shop/cart', 'r/server/vswitch', 'r/leaf-1', 'r/b'])
    expect(path(network, 'r/a', 'shop/web')).toEqual(['r/a', 'r/leaf-0', 'r/server/vswitch', 'shop/web'])
  })

  it('leaves the TTL as it is, and drops what is for nobody here', () => {
    const network = new Network(dualHomed())
    const { topology, packets, ledger } = network
    const index = topology.nodeIndex('r/server/vswitch')
    const tuple = { protocol: PROTOCOL_UDP, sourcePort: 1, destinationPort: 2 }
    const [cart, a, b] = ['shop/cart', 'r/a', 'r/b'].map((name) => network.addressOf(name, 'ipv4')!)
    const uplink = topology.ports[index]!.findIndex(({ neighbour }) => !topology.isHost(neighbour))
    const packet = probePacket(packets, { ...tuple, source: a!, destination: cart! }, 100)
    expect(network.nodes[index]!.decide(packet, uplink)).toBeGreaterThanOrEqual(0)
    expect(packets.ttl[packet]).toBe(64)
    const lost = probePacket(packets, { ...tuple, source: a!, destination: b! }, 100)
    expect(network.nodes[index]!.decide(lost, uplink)).toBe(dropDecision(ledger.reason('no-transit')))
  })
})

describe('stages', () => {
  const setUp = (verdicts: Record<string, number> = {}) => {
    const network = new Network(dualHomed())
    const { topology, packets, ledger, nodes } = network
    const index = topology.nodeIndex('r/server/vswitch')
    const met: string[] = []
    const meets = (what: string, by: number) => {
      met.push(`${what} ${topology.nodes[by]!.name}`)
      return verdicts[what] ?? PASS
    }
    const stage = (name: string): InterfaceStage => ({
      leave: (_, by) => meets(`${name} leave`, by),
      enter: (_, by) => meets(`${name} enter`, by),
    })
    const workloads = Int32Array.from(topology.ports[index]!, ({ neighbour }) =>
      topology.isHost(neighbour) ? neighbour : -1,
    )
    const vswitch = new VirtualSwitch('v', packets, ledger, nodes[index]!.selector, {
      workloads,
      server: topology.nodeIndex('r/server'),
      states: network.workloadStates,
      stages: [stage('nat'), stage('firewall')],
    })
    vswitch.install(network.routes.classOf, network.routes.switches.get(index)!)
    const decide = (from: string, to: string) => {
      const [source, destination] = [from, to].map((name) => network.addressOf(name, 'ipv4')!)
      const tuple = {
        source: source!,
        destination: destination!,
        protocol: PROTOCOL_UDP,
        sourcePort: 1,
        destinationPort: 2,
      }
      const ingress = workloads.indexOf(topology.hasNode(from) ? topology.nodeIndex(from) : -1)
      return vswitch.decide(probePacket(packets, tuple, 100), Math.max(ingress, workloads.indexOf(-1)))
    }
    return { met, decide }
  }

  it('are met in order by what leaves and backwards by what enters', () => {
    const { met, decide } = setUp()
    decide('shop/cart', 'shop/web')
    expect(met).toEqual([
      'nat leave shop/cart',
      'firewall leave shop/cart',
      'firewall enter shop/web',
      'nat enter shop/web',
    ])
  })

  it('end a packet at the first that does not let it pass', () => {
    const { met, decide } = setUp({ 'nat leave': -3 })
    expect(decide('shop/cart', 'shop/web')).toBe(-3)
    expect(met).toEqual(['nat leave shop/cart'])
    const entering = setUp({ 'firewall enter': -4 })
    expect(entering.decide('shop/cart', 'shop/web')).toBe(-4)
    expect(entering.met.at(-1)).toBe('firewall enter shop/web')
  })

  it('are not met by what leaves over an uplink on its way in, nor on its way out at the far end', () => {
    const { met, decide } = setUp()
    decide('shop/cart', 'r/a')
    expect(met).toEqual(['nat leave shop/cart', 'firewall leave shop/cart'])
  })
})

describe('what is refused', () => {
  it('names the workload, and says what is wrong with it', () => {
    const parts = graph({
      region: 'r',
      switches: [{ name: 's', tier: 'any', ecmp }],
      hosts: [{ name: 'h', bond: false }],
      links: [{ between: ['h', 's'], options: plainLink(1e9, 0) }],
    })
    expect(() =>
      attachWorkloads(
        parts,
        [workload('a/b', 'r/x'), workload('a/c', 'r/h'), workload('a/c', 'r/h')],
        VIRTUAL,
      ),
    ).toThrow('0.host: no host "r/x"; expected the name of a host\n2.name: the name "a/c" is taken')
  })
})
