import { parsePrefix, assignAddresses, leafSpine, PacketRun, type Blueprint } from '@weft/fabric'

/** What must be the same wherever the run happens. */
export interface SmallRun {
  readonly digest: string
  readonly events: number
  readonly delivered: number
  readonly dropped: number
  readonly completed: number
}

const MS = 1e9

/** Sixteen hosts, web search over DCTCP and a Poisson stream, one spine failing and coming back. */
export function smallRun(): SmallRun {
  const run = new PacketRun(blueprint(), { arrivalsEndPs: 2 * MS })
  run.sim.run(6 * MS)
  const { ledger } = run.network
  ledger.assertConserved()
  return {
    digest: run.sim.digest.toString(),
    events: run.sim.eventsRun,
    delivered: ledger.delivered,
    dropped: ledger.dropped,
    completed: run.flows.completed,
  }
}

function blueprint(): Blueprint {
  const queue = { capacity: { packets: 64 }, ecn: { threshold: { packets: 20 }, markAt: 'enqueue' as const } }
  const link = {
    rateBps: 25e9,
    delayPs: 1e6,
    framing: 'ethernet' as const,
    bitErrorRate: 1e-9,
    cost: 1,
    queue,
    nicQueue: queue,
  }
  const { nodes, links } = leafSpine({
    region: 'ord1',
    leaves: 4,
    spines: 2,
    hostsPerLeaf: 4,
    hostLink: link,
    fabricLink: link,
    parallelLinks: 1,
    nicsPerHost: 1,
    nicAttachment: 'leaf',
    bond: false,
    ecmp: { mode: 'flowlet', weights: 'equal', flowletGapPs: 50e6 },
  })
  const addressed = assignAddresses(nodes, ['10.0.0.0/8', 'fd00::/64'].map(prefixOf))
  if (!addressed.ok) throw new Error(addressed.message)
  const hosts = addressed.nodes.filter(({ kind }) => kind === 'host').map(({ name }) => name)
  const pairs = { kind: 'all-to-all' as const, hosts }
  const common = { pairs, dscp: 0, priority: 0 }
  return {
    name: 'small',
    seed: 'anywhere',
    network: { nodes: addressed.nodes, links, routing: { detectionPs: 100e6, convergencePs: 100e6 } },
    traffic: [
      {
        ...common,
        name: 'web',
        offered: {
          kind: 'flows',
          sizes: { kind: 'exponential', meanBytes: 100_000 },
          rate: { load: 0.4 },
          startPs: 0,
        },
        transport: { kind: 'tcp', options: { control: 'dctcp', minRtoPs: MS } },
        family: 'ipv4',
      },
      {
        ...common,
        name: 'noise',
        offered: {
          kind: 'stream',
          packetBytes: 500,
          rateBps: 1e9,
          process: { kind: 'on-off', onPs: 50e6, offPs: 50e6 },
          startPs: 0,
        },
        transport: { kind: 'udp' },
        family: 'ipv6',
      },
    ],
    events: [
      { atPs: 0.5 * MS, action: 'fail', target: 'ord1/spine-1' },
      { atPs: 1.2 * MS, action: 'repair', target: 'ord1/spine-1' },
    ],
  }
}

function prefixOf(text: string) {
  const parsed = parsePrefix(text)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.prefix
}
