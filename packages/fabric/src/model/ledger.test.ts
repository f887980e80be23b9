import { describe, expect, it } from 'vitest'
import { Ledger } from './ledger.ts'
import { PacketTable } from './packet-table.ts'

function setUp() {
  const packets = new PacketTable()
  const ledger = new Ledger(packets)
  const originate = () => {
    ledger.originated++
    return packets.allocate()
  }
  return { packets, ledger, originate }
}

describe('Ledger', () => {
  it('counts drops by reason and place, whenever the reason came to be known', () => {
    const { ledger, originate } = setUp()
    const [leaf, spine] = [ledger.place('leaf'), ledger.place('spine')]
    const full = ledger.reason('queue-full')
    ledger.drop(originate(), full, leaf)
    const down = ledger.reason('link-down')
    ledger.drop(originate(), down, leaf)
    ledger.drop(originate(), down, leaf)
    ledger.drop(originate(), full, spine)
    expect(ledger.drops()).toEqual([
      { reason: 'queue-full', place: 'leaf', packets: 1 },
      { reason: 'link-down', place: 'leaf', packets: 2 },
      { reason: 'queue-full', place: 'spine', packets: 1 },
    ])
    expect(ledger.droppedFor('queue-full')).toBe(2)
    expect(ledger.droppedFor('no-route')).toBe(0)
    expect(ledger.dropped).toBe(4)
    ledger.assertConserved()
  })

  it('numbers a reason once, and places that share a name apart', () => {
    const { ledger } = setUp()
    expect(ledger.reason('queue-full')).toBe(ledger.reason('queue-full'))
    expect(ledger.place('leaf')).not.toBe(ledger.place('leaf'))
  })

  it('tells every listener of a drop while the packet can still be read', () => {
    const { packets, ledger, originate } = setUp()
    const seen: [number, string, string][] = []
    const listener = {
      onDrop: (packet: number, reason: number, place: number) =>
        seen.push([packets.sequence[packet]!, ledger.reasonName(reason), ledger.placeName(place)]),
    }
    ledger.addDropListener(listener)
    ledger.addDropListener(listener)
    const packet = originate()
    packets.sequence[packet] = 42
    ledger.drop(packet, ledger.reason('queue-full'), ledger.place('leaf'))
    expect(seen).toEqual([
      [42, 'queue-full', 'leaf'],
      [42, 'queue-full', 'leaf'],
    ])
    expect(packets.isAlive(packet)).toBe(false)
  })

  it('throws with all four counts when a packet is lost from the books', () => {
    const { ledger, originate } = setUp()
    ledger.deliver(originate())
    originate()
    ledger.assertConserved()
    ledger.originated++
    expect(() => ledger.assertConserved()).toThrow(
      'packets are not conserved: originated 3, delivered 1, dropped 0, in flight 1',
    )
  })
})
