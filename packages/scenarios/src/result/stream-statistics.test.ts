import { describe, expect, it } from 'vitest'
import { leafSpine, region, scenario, traffic } from '../index.ts'
import { renderSummary } from '../report/summary.ts'

const fabric = leafSpine({ leaves: 2, spines: 1, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' })
const regions = { r: region({ fabric }) }
const hosts = (leaf: number) => [`r/leaf-${leaf}/host-0`, `r/leaf-${leaf}/host-1`]

const run = (rate: string) =>
  scenario({
    regions,
    traffic: [traffic.stream({ name: 'video', from: hosts(0), to: hosts(1), rate, packet: '1500B' })],
    run: { for: '1ms' },
  }).run()

describe('streams in a result', () => {
  it('account for every packet', async () => {
    const result = await run('4Gbps')
    const [video] = result.streams
    expect(video).toMatchObject({ traffic: 'video', streams: 2, packetsLost: 0 })
    // 4 Gbit/s of 1500-byte packets leave every 3 us, from 0 up to but not including 1 ms
    expect(video!.packetsSent).toBe(2 * 334)
    expect(video!.packetsReceived).toBe(video!.packetsSent)
    expect(video!.goodputBps / (2 * 4e9)).toBeCloseTo((1472 / 1500) * (334 / 333.33), 2)
  })

  it('say what was lost where two of them share too little', async () => {
    const result = await run('9Gbps')
    const [video] = result.streams
    expect(video!.packetsLost).toBe(result.packets!.dropped)
    expect(video!.packetsLost).toBeGreaterThan(0)
    expect(video!.packetsReceived + video!.packetsLost).toBe(video!.packetsSent)
    expect(video!.delayPs!.p99).toBeGreaterThanOrEqual(video!.delayPs!.p50)
    expect(renderSummary(result, { color: false })).toMatch(/Streams .*lost[\s\S]*video/)
  })
})
