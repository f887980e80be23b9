import { parseArgs } from 'node:util'
import { randomStream } from '@weft/core'
import { Conntrack, ConntrackPacket, Nat, NAT_OUTCOMES, natPool, type NatProfile } from '@weft/fabric'
import { type Benchmark, type BenchmarkResult, bytesOfColumns, Meter, wholeNumber } from '../harness.ts'

const PROTOCOL_TCP = 6
const SYN = 2
const PACKET_GAP_PS = 1000
const CONNECTIONS_PER_ADDRESS = 50_000
const HOSTS = 1000
const REMOTES = 64

export const nat: Benchmark = {
  name: 'nat',
  summary: 'NAT: mappings made and found again, alone and with an entry of connection tracking for each',
  smokeArgs: ['--mappings', '5000', '--packets', '20000'],
  fullArgs: ['--mappings', '1000000', '--packets', '5000000'],
  options: [
    '--mappings N         connections, each with a mapping of its own',
    '--packets N          packets to time, of all of them in random order',
    '--profile P          linux (the default) or rfc',
  ].join('\n'),
  run: (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        mappings: { type: 'string', default: '5000' },
        packets: { type: 'string', default: '20000' },
        profile: { type: 'string', default: 'linux' },
      },
    })
    const profile = values.profile as NatProfile
    return runNat(wholeNumber('mappings', values.mappings), wholeNumber('packets', values.packets), profile)
  },
}

function runNat(mappings: number, packets: number, profile: NatProfile): BenchmarkResult {
  const [making, finding, tracking] = [new Meter(), new Meter(), new Meter()]
  const before = bytesOfColumns()
  const gateway = new Gateway(mappings, profile)
  making.measure(() => gateway.make(mappings))
  const ofNat = bytesOfColumns() - before
  finding.measure(() => gateway.find(packets, mappings))
  tracking.measure(() => gateway.track(mappings))
  const both = bytesOfColumns() - before
  const parts = [making.costs, finding.costs, tracking.costs]
  return {
    benchmark: 'nat',
    profile,
    mappings: gateway.made,
    tracked: gateway.tracked,
    found: gateway.found,
    megabytes: ofNat / 1e6,
    megabytesWithConnections: both / 1e6,
    nanosecondsPerMapping: (making.costs.cpuSeconds / mappings) * 1e9,
    nanosecondsPerRandomPacket: (finding.costs.cpuSeconds / packets) * 1e9,
    cpuSeconds: parts.reduce((sum, part) => sum + part.cpuSeconds, 0),
    wallSeconds: parts.reduce((sum, part) => sum + part.wallSeconds, 0),
    peakRssBytes: Math.max(...parts.map((part) => part.peakRssBytes)),
  } as BenchmarkResult
}

/** Connections of many hosts to 64 servers behind a pool that has room for them. */
class Gateway {
  made = 0
  found = 0
  tracked = 0
  private readonly clock = { now: 0 }
  private readonly nat: Nat
  private readonly conntrack: Conntrack
  private readonly packet = new ConntrackPacket()
  private readonly firstHost: number

  constructor(mappings: number, profile: NatProfile) {
    const pool = Math.ceil(mappings / CONNECTIONS_PER_ADDRESS)
    this.firstHost = pool + REMOTES
    this.nat = new Nat(this.clock, randomStream('bench', 'nat'), {
      profile,
      capacity: mappings,
      pairing: 'arbitrary',
      holdDownPs: 0,
      pool: natPool({ addresses: Array.from({ length: pool }, (_, i) => REMOTES + i) }),
    })
    this.conntrack = new Conntrack(this.clock, { capacity: mappings })
    this.packet.protocol = PROTOCOL_TCP
    this.packet.tcpFlags = SYN
  }

  make(mappings: number): void {
    for (let i = 0; i < mappings; i++) {
      if (this.send(i) !== NAT_OUTCOMES.TRANSLATED) continue
      this.nat.retain(this.nat.mapping, i % REMOTES, 443)
      this.made++
    }
  }

  find(packets: number, mappings: number): void {
    for (let i = 0; i < packets; i++)
      if (this.send((Math.imul(i, 0x9e3779b1) >>> 0) % mappings) === NAT_OUTCOMES.TRANSLATED) this.found++
  }

  track(mappings: number): void {
    const { nat, packet, conntrack } = this
    for (let i = 0; i < mappings; i++) {
      if (this.send(i) !== NAT_OUTCOMES.TRANSLATED) continue
      packet.source = this.firstHost + (i % HOSTS)
      packet.sourcePort = 1024 + Math.floor(i / HOSTS)
      packet.destination = i % REMOTES
      packet.destinationPort = 443
      conntrack.inspect(packet)
      if (conntrack.commitTranslated(packet, packet.destination, nat.address, 443, nat.port) >= 0)
        this.tracked++
    }
  }

  private send(connection: number): number {
    this.clock.now += PACKET_GAP_PS
    const inside = this.firstHost + (connection % HOSTS)
    const port = 1024 + Math.floor(connection / HOSTS)
    return this.nat.outbound(PROTOCOL_TCP, inside, port, connection % REMOTES, 443, SYN)
  }
}
