import { describe, expect, it } from 'vitest'
import { PacketTable } from './packet-table.ts'

describe('PacketTable', () => {
  it('gives every live packet a handle of its own, and uses freed ones again', () => {
    const packets = new PacketTable({ capacity: 4 })
    const handles = [packets.allocate(), packets.allocate(), packets.allocate()]
    expect(new Set(handles).size).toBe(3)
    packets.free(handles[1]!)
    expect(packets.allocate()).toBe(handles[1])
    expect(packets.live).toBe(3)
  })

  it('keeps every packet when it grows', () => {
    const packets = new PacketTable({ capacity: 2 })
    const handles = Array.from({ length: 1000 }, (_, i) => {
      const packet = packets.allocate()
      packets.sequence[packet] = i * 2 ** 40
      packets.sizeBytes[packet] = i
      packets.ttl[packet] = i % 256
      packets.sackEdges[packet * 8 + 7] = i
      return packet
    })
    expect(new Set(handles).size).toBe(1000)
    handles.forEach((packet, i) => {
      const row = [
        packets.sequence[packet],
        packets.sizeBytes[packet],
        packets.ttl[packet],
        packets.sackEdges[packet * 8 + 7],
      ]
      expect(row).toEqual([i * 2 ** 40, i, i % 256, i])
    })
    expect(packets.capacity).toBe(1024)
  })

  it('copies every header field', () => {
    const packets = new PacketTable()
    const [from, neighbour] = [packets.allocate(), packets.allocate()]
    const headers = [
      'source',
      'destination',
      'sourcePort',
      'destinationPort',
      'protocol',
      'ttl',
      'ecn',
      'dscp',
      'priority',
      'sizeBytes',
      'payloadBytes',
      'tupleHash',
      'flow',
      'tcpFlags',
      'mssBytes',
      'sequence',
      'acknowledgement',
      'windowBytes',
      'timestampValue',
      'timestampEcho',
      'sackCount',
    ] as const
    headers.forEach((header, i) => {
      packets[header][from] = 10 + i
      packets[header][neighbour] = 99
    })
    for (let edge = 0; edge < 8; edge++) packets.sackEdges[from * 8 + edge] = 1000 + edge
    const to = packets.copy(from)
    headers.forEach((header, i) => {
      expect(packets[header][to], header).toBe(10 + i)
      expect(packets[header][neighbour], header).toBe(99)
    })
    expect([...packets.sackEdges.subarray(to * 8, to * 8 + 8)]).toEqual([
      ...packets.sackEdges.subarray(from * 8, from * 8 + 8),
    ])
  })

  it('refuses to free twice, checked or not', () => {
    for (const checked of [false, true]) {
      const packets = new PacketTable({ checked })
      const packet = packets.allocate()
      packets.free(packet)
      expect(() => packets.free(packet)).toThrow(`packet ${packet} freed twice`)
      expect(packets.live).toBe(0)
    }
  })

  it('when checked, poisons what is freed and rests it before it is used again', () => {
    const packets = new PacketTable({ checked: true, capacity: 8 })
    const packet = packets.allocate()
    packets.sizeBytes[packet] = 1500
    packets.free(packet)
    expect(packets.sizeBytes[packet]).toBeLessThan(0)
    expect(() => packets.assertAlive(packet)).toThrow('used after it was freed')
    for (let i = 0; i < 1000; i++) {
      const next = packets.allocate()
      expect(next).not.toBe(packet)
      packets.free(next)
    }
  })
})
