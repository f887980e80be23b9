import { parseArgs } from 'node:util'
import { Conntrack, CONNTRACK_VERDICTS, ConntrackPacket } from '@weft/fabric'
import {
  type Benchmark,
  type BenchmarkResult,
  bytesOfColumns,
  type Costs,
  Meter,
  wholeNumber,
} from '../harness.ts'

const PROTOCOL_TCP = 6
const [SYN, ACK] = [2, 16]
const { ESTABLISHED } = CONNTRACK_VERDICTS

/** Connections that stay in the processor's cache. */
const FEW = 1000
const PACKET_GAP_PS = 1000

export const conntrack: Benchmark = {
  name: 'conntrack',
  summary: 'connection tracking: TCP connections opened, and packets of established ones',
  smokeArgs: ['--connections', '5000', '--packets', '50000'],
  fullArgs: ['--connections', '1000000', '--packets', '10000000'],
  options: [
    '--connections N      connections, all established',
    '--packets N          packets to time, of few and of all connections',
    '--flags              by flags alone, without sequence numbers and windows',
  ].join('\n'),
  run: (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        connections: { type: 'string', default: '5000' },
        packets: { type: 'string', default: '50000' },
        flags: { type: 'boolean', default: false },
      },
    })
    const connections = wholeNumber('connections', values.connections)
    return runConntrack(connections, wholeNumber('packets', values.packets), !values.flags)
  },
}

function runConntrack(connections: number, packets: number, tracksWindows: boolean): BenchmarkResult {
  const bytesBefore = bytesOfColumns()
  const table = new Connections(connections, tracksWindows)
  const opening = new Meter()
  opening.measure(() => table.open(connections))
  const bytes = bytesOfColumns() - bytesBefore
  const few = timePackets(table, Math.min(FEW, connections), packets)
  const random = timePackets(table, connections, packets)
  const parts = [opening.costs, few, random]
  return {
    benchmark: 'conntrack',
    connections,
    packets,
    tracksWindows,
    bytesPerConnection: bytes / connections,
    nanosecondsPerOpening: (opening.costs.cpuSeconds / connections) * 1e9,
    nanosecondsPerPacket: (few.cpuSeconds / packets) * 1e9,
    nanosecondsPerRandomPacket: (random.cpuSeconds / packets) * 1e9,
    established: table.established,
    cpuSeconds: parts.reduce((sum, part) => sum + part.cpuSeconds, 0),
    wallSeconds: parts.reduce((sum, part) => sum + part.wallSeconds, 0),
    peakRssBytes: Math.max(...parts.map((part) => part.peakRssBytes)),
  } as BenchmarkResult
}

function timePackets(table: Connections, connections: number, packets: number): Costs {
  const meter = new Meter()
  table.exchange(connections, Math.min(packets, 100_000))
  meter.measure(() => table.exchange(connections, packets))
  return meter.costs
}

/** TCP connections of many hosts to 64 servers, which acknowledge each other in turn. */
class Connections {
  /** Packets that were found to be of an established connection. */
  established = 0
  private readonly clock = { now: 0 }
  private readonly conntrack: Conntrack
  private readonly packet = new ConntrackPacket()

  constructor(capacity: number, tracksWindows: boolean) {
    this.conntrack = new Conntrack(this.clock, { capacity, tracksWindows })
    this.packet.protocol = PROTOCOL_TCP
    this.packet.windowBytes = 65_535
  }

  open(connections: number): void {
    for (let connection = 0; connection < connections; connection++) {
      this.send(connection, false, SYN, 0, 0)
      this.conntrack.commit(this.packet)
      this.send(connection, true, SYN | ACK, 0, 1)
      this.send(connection, false, ACK, 1, 1)
    }
  }

  exchange(connections: number, packets: number): void {
    for (let i = 0; i < packets; i++) {
      const connection = (Math.imul(i, 0x9e3779b1) >>> 0) % connections
      if (this.send(connection, i % 2 === 1, ACK, 1, 1) === ESTABLISHED) this.established++
    }
  }

  private send(
    connection: number,
    isReply: boolean,
    tcpFlags: number,
    sequence: number,
    acknowledgement: number,
  ): number {
    const { packet } = this
    const [client, server] = [64 + (connection >>> 6), connection & 63]
    const port = 1024 + (connection % 60_000)
    packet.source = isReply ? server : client
    packet.destination = isReply ? client : server
    packet.sourcePort = isReply ? 80 : port
    packet.destinationPort = isReply ? port : 80
    packet.tcpFlags = tcpFlags
    packet.sequence = sequence
    packet.acknowledgement = packet.sackEnd = acknowledgement
    this.clock.now += PACKET_GAP_PS
    return this.conntrack.inspect(packet)
  }
}
