import { expect, it } from 'vitest'
import { PacketTable } from '../../model/packet-table.ts'
import { FlowTable } from '../../transport/flow-table.ts'
import { EPHEMERAL_PORT_MAX, EPHEMERAL_PORT_MIN } from '../../transport/ports.ts'
import { PortsInUse } from './ports-in-use.ts'

const ALL = EPHEMERAL_PORT_MAX - EPHEMERAL_PORT_MIN + 1

it('ports go round, leave out those in use to the same place, and run out', () => {
  const flows = new FlowTable(new PacketTable({ checked: false }))
  const ports = new PortsInUse(flows)
  const take = (destination = 2) => {
    const flow = flows.add({ traffic: 0, source: 1, destination, bytes: 1, startPs: 0 })
    flows.destinationPort[flow] = 5001
    return ports.take(flow, 'host') ? flow : undefined
  }
  const first = take()!
  const second = take()!
  expect([first, second].map((flow) => flows.sourcePort[flow]! - EPHEMERAL_PORT_MIN)).toEqual([0, 1])
  ports.release(first)
  for (let i = 2; i < ALL; i++) ports.release(take()!)
  // round once: the first is free again, the second is not
  expect([take()!, take()!].map((flow) => flows.sourcePort[flow]! - EPHEMERAL_PORT_MIN)).toEqual([0, 2])
  for (let i = 3; i < ALL; i++) expect(take()).toBeDefined()
  expect(take()).toBeUndefined()
  // to another place every port is free
  expect(take(3)).toBeDefined()
})
