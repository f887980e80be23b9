import { describe, expect, it } from 'vitest'
import { fail, leafSpine, region, scenario, traffic } from '../index.ts'
import { renderReport } from '../report/report.ts'
import { renderSummary } from '../report/summary.ts'

const fabric = leafSpine({ leaves: 2, spines: 1, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' })
const regions = { r: region({ fabric, routing: { detection: '50us', convergence: '50us' } }) }
const hosts = (leaf: number) => [`r/leaf-${leaf}/host-0`, `r/leaf-${leaf}/host-1`]
const PACKET_BITS = 1500 * 8

const run = (rate: string, events: Parameters<typeof scenario>[0]['events'] = []) =>
  scenario({
    regions,
    events,
    traffic: [traffic.stream({ name: 'video', from: hosts(0), to: hosts(1), rate, packet: '1500B' })],
    run: { clock: 'flow', for: '1ms' },
  }).run()

describe('packets of streams that the flow clock loses', () => {
  it('are none where everything fits', async () => {
    const result = await run('4Gbps')
    expect(result.streamDrops).toEqual([])
    expect(result.drops).toBeNull()
  })

  it('are lost where more is offered than fits, as many as the streams lose', async () => {
    const result = await run('9Gbps')
    expect(result.streamDrops).toMatchObject([{ reason: 'queue-full', place: 'r/leaf-0 → r/spine-0' }])
    expect(Math.round(result.streamDrops![0]!.packets)).toBe(result.streams[0]!.packetsLost)
    expect(renderSummary(result, { color: false })).toMatch(
      /Streams lost \d+ packets: \d+ queue-full, on r\/leaf-0/,
    )
    expect(await renderReport(result)).toContain('Packets that streams lost')
  })

  it('are lost at a dead link until routes know, and without a way after that', async () => {
    const result = await run('1Gbps', [fail('r/spine-0', '200us')])
    const packets = (seconds: number) => (2 * 1e9 * seconds) / PACKET_BITS
    expect(result.streamDrops).toEqual([
      { reason: 'no-route', place: 'r/leaf-0', packets: expect.closeTo(packets(700e-6), 6) },
      { reason: 'link-down', place: 'r/leaf-0 → r/spine-0', packets: expect.closeTo(packets(100e-6), 6) },
    ])
  })

  it('have rows of their own under the packet clock', async () => {
    const result = await scenario({ regions, traffic: [], run: { for: '1us' } }).run()
    expect(result.streamDrops).toBeNull()
  })
})
