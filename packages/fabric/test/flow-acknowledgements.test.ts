import { MS, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { graph } from '../src/blueprint/generators/graph.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { flowsOver } from './helpers/flow-lists.ts'
import { networkOf, plainLink } from './helpers/networks.ts'

const SENDERS = 6

/** Hosts around a switch, at 10 Gbit/s: six send to `h0`, which sends to `h7`, all by DCTCP. */
function star() {
  const names = Array.from({ length: SENDERS + 2 }, (_, i) => `h${i}`)
  const queue = {
    capacity: { packets: 1000 },
    ecn: { threshold: { packets: 65 }, markAt: 'enqueue' as const },
  }
  const options = { ...plainLink(10e9, US), framing: 'ethernet' as const, queue, nicQueue: queue }
  const ecmp = { mode: 'five-tuple', weights: 'equal', flowletGapPs: 0 } as const
  const network = networkOf(
    graph({
      region: 'r',
      switches: [{ name: 's', tier: 'any', ecmp }],
      hosts: names.map((name) => ({ name, bond: false })),
      links: names.map((name) => ({ between: [name, 's'], options })),
    }),
  )
  const to = Array.from({ length: SENDERS }, (_, i) => ({
    startPs: 0,
    from: `r/h${i + 1}`,
    to: 'r/h0',
    bytes: 15e6,
  }))
  const from = { startPs: 2 * MS, from: 'r/h0', to: `r/h${SENDERS + 1}`, bytes: 40e6 }
  return flowsOver(network, [...to, from], { control: 'dctcp', minRtoPs: MS, initialRtoPs: 10 * MS })
}

describe('a flow whose acknowledgements come back through a full link', () => {
  it('takes as long as its packets do, not as if it had a share of that link', () => {
    const [packets, fluid] = [PacketRun, FlowRun].map((Run) => {
      const run = new Run(star(), { arrivalsEndPs: MS })
      run.sim.run(200 * MS)
      const { flows } = run
      return Array.from({ length: flows.size }, (_, row) => flows.completedPs[row]! - flows.startPs[row]!)
    })
    const [alone, byPackets] = [fluid!.at(-1)! / MS, packets!.at(-1)! / MS]
    // 40 MB at 10 Gbit/s take 32 ms; with headers, framing and the acknowledgements of the others a tenth more
    expect(alone).toBeGreaterThan(32)
    expect(alone).toBeLessThan(1.1 * 32)
    // a share of that link until the others have ended, at 77 ms, would make it 96 ms. Packets lose 9 % to round trips
    // that the queue in front of acknowledgements makes longer, and uneven
    expect(byPackets / alone).toBeGreaterThan(1)
    expect(byPackets / alone).toBeLessThan(1.12)
  })
})
