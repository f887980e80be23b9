import { randomStream } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { NatOptions } from '../nat/nat-options.ts'
import { natPool, type NatPoolOptions } from '../nat/nat-pool.ts'
import { NAT_OUTCOMES } from '../nat/nat-outcome.ts'
import { Nat } from '../nat/nat.ts'
import { PROTOCOL_TCP } from '../model/packet-table.ts'
import { type MappingEnds, natStages } from './nat-parts.ts'

const [POOL, OTHER_POOL] = [1, 2]
const [INSIDE, OTHER_INSIDE, REMOTE, OTHER_REMOTE] = [11, 12, 21, 22]
const ends = (rest: Partial<MappingEnds> = {}): MappingEnds => ({
  protocol: 'tcp',
  inside: INSIDE,
  remote: REMOTE,
  remotePort: 443,
  ...rest,
})

function placed(options: Partial<NatOptions>, pool: Partial<NatPoolOptions> = {}) {
  const addresses = natPool({ addresses: [POOL], ports: [[2000, 2019]], ...pool })
  const nat = new Nat({ now: 0 }, randomStream('nat', 'parts'), { ...options, pool: addresses })
  return { nat, addresses }
}

/** Reasons, sizes and members of the stages but the table's, which is never short here. */
const stagesOf = (of: ReturnType<typeof placed>, mappings: readonly MappingEnds[]) =>
  natStages(of, mappings).flatMap((parts) =>
    parts.flatMap(({ reason, size, members }) =>
      reason === 'nat-table-full' ? [] : [[reason, size, members]],
    ),
  )

describe('what mappings share of a NAT', () => {
  it('is all ports of a protocol, or all towards one remote endpoint where they are overloaded', () => {
    const mappings = [
      ends(),
      ends({ inside: OTHER_INSIDE }),
      ends({ remote: OTHER_REMOTE }),
      ends({ remotePort: 80 }),
    ]
    const udp = ends({ protocol: 'udp' })
    expect(stagesOf(placed({ overloading: false }), [...mappings, udp])).toEqual([
      ['nat-ports-exhausted', 20, [0, 1, 2, 3]],
      ['nat-ports-exhausted', 20, [4]],
    ])
    expect(stagesOf(placed({ overloading: true }), mappings)).toEqual([
      ['nat-ports-exhausted', 20, [0, 1]],
      ['nat-ports-exhausted', 20, [2]],
      ['nat-ports-exhausted', 20, [3]],
    ])
  })

  it('is what the hosts may have, and the table', () => {
    const of = placed({ overloading: false, mappingsPerHostMax: 3, capacity: 7 })
    const stages = natStages(of, [ends(), ends({ inside: OTHER_INSIDE })])
    expect(stages.map((parts) => parts.map(({ reason, size, members }) => [reason, size, members]))).toEqual([
      [
        ['nat-limit', 3, [0]],
        ['nat-limit', 3, [1]],
      ],
      [['nat-table-full', 7, [0, 1]]],
      [['nat-ports-exhausted', 20, [0, 1]]],
    ])
    expect(natStages(of, [])).toEqual([])
  })

  it('is the ports of an address where they are paired', () => {
    const pool = { addresses: [POOL, OTHER_POOL] }
    const arbitrary = placed({ overloading: false, pairing: 'arbitrary' }, pool)
    const many = Array.from({ length: 8 }, (_, inside) => ends({ inside: 100 + inside }))
    expect(stagesOf(arbitrary, many)).toEqual([['nat-ports-exhausted', 40, [0, 1, 2, 3, 4, 5, 6, 7]]])
    const paired = placed({ overloading: false, pairing: 'paired', holdDownPs: 0 }, pool)
    const parts = natStages(paired, many).at(-1)!
    expect(parts).toHaveLength(2)
    for (const { size, external, members } of parts) {
      expect(size).toBe(20)
      for (const member of members) {
        expect(paired.nat.outbound(PROTOCOL_TCP, many[member]!.inside, 5000, REMOTE, 443)).toBe(
          NAT_OUTCOMES.TRANSLATED,
        )
        expect(paired.nat.address).toBe(external)
      }
    }
  })

  it('is so many blocks of ports, to each host its own', () => {
    const blocks = { size: 4, blocksMax: 2 }
    const of = placed({ overloading: false, blocks })
    expect(stagesOf(of, [ends(), ends({ inside: OTHER_INSIDE })])).toEqual([
      ['nat-ports-exhausted', 8, [0]],
      ['nat-ports-exhausted', 8, [1]],
      ['nat-ports-exhausted', 20, [0, 1]],
    ])
    // as many as it gives
    let given = 0
    while (of.nat.outbound(PROTOCOL_TCP, INSIDE, 5000 + given, REMOTE, 443) === NAT_OUTCOMES.TRANSLATED)
      given++
    expect(given).toBe(8)
  })

  it('is the ports of their own block for hosts that have one for good, and for others what these leave', () => {
    const blocks = { size: 4, hosts: [INSIDE, 13] }
    const mappings = [ends(), ends({ inside: OTHER_INSIDE })]
    expect(stagesOf(placed({ overloading: false, blocks }), mappings)).toEqual([
      ['nat-ports-exhausted', 4, [0]],
      ['nat-ports-exhausted', 4, [1]],
      ['nat-ports-exhausted', 12, [1]],
    ])
    // further blocks are anybody's, but for those of hosts that send nothing
    const more = { ...blocks, blocksMax: 2 }
    expect(stagesOf(placed({ overloading: false, blocks: more }), mappings).at(-1)).toEqual([
      'nat-ports-exhausted',
      16,
      [0, 1],
    ])
  })

  it('is the ports of a class where they are preserved, as many as the NAT gives', () => {
    const ports = [[1000, 1029]] as const
    for (const [allocation, size] of [
      ['preserve', 6],
      ['random', 30],
    ] as const) {
      const of = placed({ allocation }, { ports })
      expect(stagesOf(of, [ends()])).toEqual([['nat-ports-exhausted', size, [0]]])
      let given = 0
      while (of.nat.outbound(PROTOCOL_TCP, INSIDE, 50_000 + given, REMOTE, 443) === NAT_OUTCOMES.TRANSLATED)
        given++
      expect(given).toBe(size)
    }
  })
})
