import { describe, expect, it } from 'vitest'
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../model/icmp-error.ts'
import { PacketTable, PROTOCOL_TCP, PROTOCOL_UDP } from '../model/packet-table.ts'
import { FlowTable } from './flow-table.ts'

function booksAfter(protocol: number) {
  const packets = new PacketTable({ checked: true })
  const flows = new FlowTable(packets)
  const flow = flows.add({ traffic: 0, source: 0, destination: 1, bytes: Infinity, startPs: 0 })
  const packet = packets.allocate()
  packets.protocol[packet] = protocol
  packets.flow[packet] = flow
  flows.onAnswer(packet)
  flows.onDrop(packet, 0)
  const { packetsOriginated, packetsDropped, answers, answersDropped } = flows
  return [packetsOriginated, packetsDropped, answers, answersDropped].map((books) => books[flow])
}

describe("a flow's books", () => {
  it.each([PROTOCOL_ICMP, PROTOCOL_ICMPV6])(
    'keep ICMP errors apart, those lost too: protocol %i',
    (protocol) => {
      expect(booksAfter(protocol)).toEqual([0, 0, 1, 1])
    },
  )

  it.each([PROTOCOL_TCP, PROTOCOL_UDP])('take other answers for its packets: protocol %i', (protocol) => {
    expect(booksAfter(protocol)).toEqual([1, 1, 0, 0])
  })

  it('tell what keeps a flow from its connection, until it has one or fails', () => {
    const flows = new FlowTable(new PacketTable({ checked: true }))
    const description = { traffic: 0, source: 0, destination: 1, bytes: 9, startPs: 0 }
    const [silent, trying, connected, failed] = [0, 1, 2, 3].map(() => flows.add(description))
    for (const flow of [trying!, connected!, failed!])
      for (const reason of [4, 0]) flows.noteLoss(flow, reason)
    flows.establishedPs[connected!] = 7
    flows.fail(failed!, 'syn-timeout')
    expect([silent, trying, connected, failed].map((flow) => flows.lossOf(flow!))).toEqual([
      undefined,
      0,
      undefined,
      undefined,
    ])
  })
})
