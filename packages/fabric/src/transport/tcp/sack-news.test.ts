import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PacketTable, SACK_BLOCKS_MAX } from '../../model/packet-table.ts'
import { SackNews } from './sack-news.ts'

type Block = readonly [number, number]

function reader() {
  const packets = new PacketTable()
  const news = new SackNews(packets)
  const packet = packets.allocate()
  return (blocks: readonly Block[]): Block[] => {
    packets.sackCount[packet] = blocks.length
    packets.sackEdges.set(blocks.flat(), packet * 2 * SACK_BLOCKS_MAX)
    const pieces: Block[] = []
    news.read(packet)
    while (news.next()) pieces.push([news.left, news.right])
    return pieces
  }
}

const bytesOf = (blocks: readonly Block[]): Set<number> =>
  new Set(
    blocks.flatMap(([left, right]) => Array.from({ length: Math.max(0, right - left) }, (_, i) => left + i)),
  )

describe('news of SACK blocks', () => {
  it('is what a block has grown by at its ends', () => {
    const read = reader()
    expect(read([[100, 200]])).toEqual([[100, 200]])
    expect(read([[50, 300]])).toEqual([
      [50, 100],
      [200, 300],
    ])
    expect(read([[50, 300]])).toEqual([])
  })

  it('is told against the acknowledgement before alone', () => {
    const read = reader()
    read([[100, 200]])
    expect(read([[300, 400]])).toEqual([[300, 400]])
    expect(read([[100, 200]])).toEqual([[100, 200]])
    expect(read([])).toEqual([])
    expect(read([[100, 200]])).toEqual([[100, 200]])
  })

  it('is every byte that is covered now and was not before, and no other', () => {
    const block = fc.tuple(fc.nat(20), fc.nat(20))
    const acknowledgements = fc.array(fc.array(block, { maxLength: SACK_BLOCKS_MAX }), { maxLength: 6 })
    const property = fc.property(acknowledgements, (all) => {
      const read = reader()
      let before = new Set<number>()
      for (const blocks of all) {
        const now = bytesOf(blocks)
        expect(bytesOf(read(blocks))).toEqual(new Set([...now].filter((byte) => !before.has(byte))))
        before = now
      }
    })
    fc.assert(property, { numRuns: 500 })
  })
})
