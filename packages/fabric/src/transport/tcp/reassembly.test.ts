import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PacketTable } from '../../model/packet-table.ts'
import { Reassembly } from './reassembly.ts'

const packets = new PacketTable()
const packet = packets.allocate()

function blocks(reassembly: Reassembly, countMax = 3): number[][] {
  const count = reassembly.writeBlocks(packets, packet, countMax)
  const edge = (i: number) => packets.sackEdges[packet * 8 + i]!
  return Array.from({ length: count }, (_, i) => [edge(2 * i), edge(2 * i + 1)])
}

// segments of 500 bytes from 5000 on, as in the examples of RFC 2018 section 4
const segment = (start: number): [number, number] => [start, start + 500]

describe('SACK blocks', () => {
  it('tell nothing when the last segments are lost (RFC 2018, case 1)', () => {
    expect(blocks(new Reassembly())).toEqual([])
  })

  it('grow with every segment after a lost first one (case 2)', () => {
    const reassembly = new Reassembly()
    const told = [5500, 6000, 6500, 7000, 7500, 8000, 8500].map((start) => {
      reassembly.insert(...segment(start))
      return blocks(reassembly)[0]
    })
    expect(told).toEqual([6000, 6500, 7000, 7500, 8000, 8500, 9000].map((right) => [5500, right]))
  })

  it('come most recent first around lost segments, and merge when those come late (case 3)', () => {
    const reassembly = new Reassembly()
    const told = [6000, 7000, 8000].map((start) => {
      reassembly.insert(...segment(start))
      return blocks(reassembly)
    })
    expect(told).toEqual([
      [[6000, 6500]],
      [
        [7000, 7500],
        [6000, 6500],
      ],
      [
        [8000, 8500],
        [7000, 7500],
        [6000, 6500],
      ],
    ])
    // the fourth segment comes: it joins the blocks beside it
    reassembly.insert(...segment(6500))
    expect(blocks(reassembly)).toEqual([
      [6000, 7500],
      [8000, 8500],
    ])
    // the second comes: only the last block stays above the gap
    expect(reassembly.take(6000)).toBe(7500)
    expect(blocks(reassembly)).toEqual([[8000, 8500]])
  })
})

describe('Reassembly', () => {
  it('joins what a set of bytes joins', () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 12 }))
    fc.assert(
      fc.property(fc.array(range, { maxLength: 40 }), fc.array(fc.boolean()), (ranges, takes) => {
        const reassembly = new Reassembly()
        const oracle = new Set<number>()
        let next = 0
        ranges.forEach(([left, length], i) => {
          if (left > next) {
            reassembly.insert(left, left + length)
            for (let byte = left; byte < left + length; byte++) oracle.add(byte)
          }
          if (takes[i]) {
            let end = next + 1
            while (oracle.has(end)) end++
            next = reassembly.take(next + 1)
            expect(next).toBe(end)
            for (const byte of oracle) if (byte < next) oracle.delete(byte)
          }
          const told = blocks(reassembly, 4)
          for (const [from, to] of told) {
            expect(oracle.has(from! - 1) || oracle.has(to!)).toBe(false)
            for (let byte = from!; byte < to!; byte++) expect(oracle.has(byte)).toBe(true)
          }
          const runs = [...oracle].filter((byte) => !oracle.has(byte - 1)).length
          expect(reassembly.count).toBe(runs)
        })
      }),
    )
  })
})
