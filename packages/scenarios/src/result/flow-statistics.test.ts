import { FlowTable, PacketTable } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { leafSpine, region, scenario, traffic } from '../index.ts'
import { star } from '../run/small-scenarios.fixture.ts'
import { flowRows, trafficResult } from './flow-statistics.ts'
import { shownBins } from './reading.ts'

/** A table of flows: size, start, completion (negative: none). */
function tableOf(
  rows: readonly (readonly [bytes: number, startPs: number, completedPs: number])[],
): FlowTable {
  const flows = new FlowTable(new PacketTable({ checked: true }))
  for (const [bytes, startPs, completedPs] of rows) {
    const flow = flows.add({ traffic: 0, source: 0, destination: 1, bytes, startPs })
    if (completedPs >= 0) flows.complete(flow, completedPs)
  }
  return flows
}

const resultOf = (flows: FlowTable, fromPs = 0, toPs = 1e12) =>
  trafficResult(
    { name: 't', transport: 'newreno' },
    flowRows(flows, { fromPs, toPs }, () => 100),
    flows,
    (reason) => `reason ${reason}`,
  )

describe('flow statistics', () => {
  it('take the flows that start in the window, the first instant included', () => {
    const flows = tableOf([
      [1, 9, 50],
      [1, 10, 50],
      [1, 19, 50],
      [1, 20, 50],
    ])
    expect(resultOf(flows, 10, 20).started).toBe(2)
  })

  it('leave streams out', () => {
    expect(
      resultOf(
        tableOf([
          [Infinity, 0, -1],
          [5, 0, 100],
        ]),
      ),
    ).toMatchObject({ started: 1, completed: 1, bytes: 5 })
  })

  it('go on beyond a megabyte where flows do, each bin with those of the next', () => {
    const labels = (sizes: readonly number[]) =>
      resultOf(tableOf(sizes.map((bytes) => [bytes, 0, 200]))).bins.map(({ label, flows }) => [label, flows])
    expect(labels([9_999_999])).toEqual([['>= 1MB', 1]])
    expect(labels([10_000_000, 99_999_999])).toEqual([
      ['>= 1MB', 2],
      ['>= 10MB', 2],
    ])
    expect(labels([2e6, 1e7, 1e8, 1e9])).toEqual([
      ['>= 1MB', 4],
      ['>= 10MB', 3],
      ['>= 100MB', 2],
      ['>= 1GB', 1],
    ])
    const shown = (sizes: readonly number[]) =>
      shownBins(resultOf(tableOf(sizes.map((bytes) => [bytes, 0, 200])))).map(({ label }) => label)
    expect(shown([2e7, 2e9])).toEqual(['>= 10MB', '>= 1GB', 'all'])
    expect(shown([1e3, 2e6])).toEqual(['< 10kB', '>= 1MB', 'all'])
    expect(shown([2e9])).toEqual(['>= 1GB'])
  })

  it('sort into bins by size, the lower end included', () => {
    const flows = tableOf([
      [9_999, 0, 200],
      [10_000, 0, 200],
      [99_999, 0, -1],
      [1_000_000, 0, 200],
    ])
    const bins = resultOf(flows).bins.map(({ label, flows: count, completed, unfinished }) => [
      label,
      count,
      completed,
      unfinished,
    ])
    expect(bins).toEqual([
      ['< 10kB', 1, 1, 0],
      ['10kB..100kB', 2, 1, 1],
      ['>= 1MB', 1, 1, 0],
    ])
    expect(resultOf(flows).bins.map((bin) => bin.slowdown.p50.biased)).toEqual([false, true, false])
  })

  it('count failed flows apart from unfinished ones; both are missing from the percentiles', () => {
    const flows = tableOf([
      [1, 0, 100],
      [1, 0, -1],
      [1, 0, -1],
    ])
    flows.fail(1, 'syn-timeout')
    const result = resultOf(flows)
    expect(result.failures).toEqual([{ reason: 'syn-timeout', flows: 1 }])
    expect(result).toMatchObject({ started: 3, completed: 1, unfinished: 1, failed: 1 })
    expect(result.all).toMatchObject({ flows: 3, completed: 1, unfinished: 1, failed: 1 })
    expect(result.all.slowdown.p50).toMatchObject({ value: 1, samples: 1, biased: true })
  })

  it('have no slowdown of flows that need no time on an empty network, and their completion times all the same', () => {
    const rows = flowRows(
      tableOf([
        [1, 0, 100],
        [2, 0, 300],
      ]),
      { fromPs: 0, toPs: 1 },
      (flow) => flow * 100,
    )
    const result = trafficResult({ name: 'web', transport: 'newreno' }, rows, undefined, String)
    expect(result).toMatchObject({ completed: 2, points: [[2, 3]] })
    expect(result.all.slowdown).toMatchObject({ p50: { value: 3, samples: 1 }, mean: 3 })
    expect(result.all.fctPs.p50.samples).toBe(2)
  })

  it('of no flows are empty', () => {
    expect(resultOf(tableOf([]))).toMatchObject({ started: 0, bins: [], points: [] })
    expect(resultOf(tableOf([])).all.slowdown.mean).toBeNull()
  })

  it('show at most 2,000 points, spread over all', () => {
    const flows = tableOf(Array.from({ length: 5_001 }, (_, i) => [i + 1, i, i + 300] as const))
    const { points } = resultOf(flows)
    expect(points).toHaveLength(1_667)
    expect(points.at(-1)![0]).toBeGreaterThan(4_990)
  })
})

describe('slowdown of a flow alone', () => {
  const lone = (size: string, regions = star(2)) => {
    const from = Object.keys(regions)[0]!
    const [source, destination] = from === 'r' ? ['r/h1', 'r/h2'] : ['p/leaf-0/host-0', 'p/leaf-1/host-0']
    const flows = [{ at: '0us', from: source, to: destination, size }] as [
      { at: string; from: string; to: string; size: string },
    ]
    return scenario({ regions, traffic: [traffic.flows(flows)], run: { for: '10us', drain: '1s' } }).run()
  }

  it('is the ideal and the handshake, to the picosecond', async () => {
    // 800 ps a byte; two links of 1 us. SYN and SYN-ACK: 40 bytes of headers, 20 of options, 38 of Ethernet.
    const handshakePs = 2 * (2 * (60 + 38) * 800 + 2e6)
    // the acknowledgement of the SYN-ACK goes ahead of the data: 52 and 38 bytes
    const ackPs = (52 + 38) * 800
    // 1,000 bytes of payload, 52 of headers, 38 of Ethernet, stored and forwarded once
    const idealPs = 2 * (1000 + 52 + 38) * 800 + 2e6
    const { all } = (await lone('1000B')).flows[0]!
    expect(all.fctPs.p50.value).toBe(handshakePs + ackPs + idealPs)
    expect(all.slowdown.mean).toBe((handshakePs + ackPs + idealPs) / idealPs)
  })

  it.each(['1B', '1448B', '1449B', '20kB', '300kB', '3MB'])('is never below 1: %s', async (size) => {
    const link = { rate: '10Gbps', delay: '1us' }
    const fabric = leafSpine({
      leaves: 2,
      spines: 1,
      hostsPerLeaf: 1,
      hostLink: link,
      fabricLink: { rate: '40Gbps', delay: '2us' },
    })
    for (const regions of [star(2), { p: region({ fabric }) }]) {
      const { flows } = await lone(size, regions as ReturnType<typeof star>)
      expect(flows[0]!.completed).toBe(1)
      expect(flows[0]!.all.slowdown.mean).toBeGreaterThan(1)
    }
  })
})
