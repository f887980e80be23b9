import { erlangB } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { graph, region, type ScenarioOptions, scenario, traffic } from '../index.ts'
import { renderReport, renderSummary } from '../report/index.ts'

const SERVER = 'r/server'

/** Transfers of a second and a bit each to a server, one after the other, too many at once for it. */
function options(
  connections: object,
  clock: 'packet' | 'flow' | 'steady',
  expectations: ScenarioOptions['expect'] = [],
): ScenarioOptions {
  const hosts = ['server', 'a', 'b', 'c']
  const links = hosts.map((host) => ({
    between: [host, 's'] as [string, string],
    rate: clock === 'steady' ? '1Gbps' : '100Mbps',
  }))
  const fabric = {
    ...graph({ switches: ['s'], hosts, links }),
    connections: [{ hosts: SERVER, max: 2, ...connections }],
  }
  const flows = ['a', 'b', 'c'].map((host, i) => ({
    at: `${i * 100}ms`,
    from: `r/${host}`,
    to: SERVER,
    size: '4MB',
  }))
  return {
    regions: { r: region({ fabric }) },
    traffic: [traffic.flows(flows, { name: 'calls', transport: { newreno: { initialRto: '500ms' } } })],
    expect: expectations,
    run: { clock, for: '1s', drain: '5s' },
  }
}

describe('hosts that accept a limited number of connections', () => {
  it.each(['packet', 'flow'] as const)('refuse one more for good by RST: the %s clock', async (clock) => {
    const refusal = { metric: 'pool.refused', atMost: 0 } as const
    const result = await scenario(options({ whenFull: 'reset' }, clock, [refusal])).run()
    const [pool] = result.pools
    expect(pool).toMatchObject({
      name: 'r/server connections',
      owner: SERVER,
      size: 2,
      asked: 3,
      refused: 1,
      blocking: expect.closeTo(1 / 3, 12),
      firstVictim: { from: 'r/c', to: SERVER },
      steady: null,
    })
    expect(pool!.peak!.inUse).toBe(2)
    expect(pool!.firstVictim!.atPs / 1e9).toBeGreaterThanOrEqual(200)
    expect(pool!.firstVictim!.atPs / 1e9).toBeLessThan(300)
    expect(pool!.inUseMean).toBeGreaterThan(0.9)
    expect(result.flows[0]).toMatchObject({ completed: 2, failed: 1 })
    expect(result.expectations[0]).toMatchObject({
      pass: false,
      measured: '1',
      object: 'r/server connections',
    })
    expect(result.expectations[0]!.hints[0]).toMatch(/^refused first: r\/c → r\/server at 2\d\d/)
    expect(renderSummary(result, { color: false })).toMatch(/r\/server +2 .* 1 \(33\.3%\) +r\/c at 2/)
    expect(await renderReport(result)).toContain('Connections that these hosts accept at once')
  })

  it.each(['packet', 'flow'] as const)('take it when it comes again: the %s clock', async (clock) => {
    const result = await scenario(options({}, clock)).run()
    expect(result.pools[0]).toMatchObject({ size: 2, firstVictim: { from: 'r/c' } })
    expect(result.pools[0]!.refused).toBeGreaterThan(0)
    expect(result.flows[0]).toMatchObject({ completed: 3, failed: 0 })
    if (clock === 'packet')
      expect(result.drops!.filter(({ reason }) => reason === 'connections-full')).toMatchObject([
        { place: SERVER, packets: result.pools[0]!.refused },
      ])
  })

  it("fill by Erlang's formula under the steady clock", async () => {
    const share = { metric: 'pool.refused', above: '10%' } as const
    const steady = { whenFull: 'reset', holding: '400ms' }
    const result = await scenario(options(steady, 'steady', [share])).run()
    const blocking = erlangB(1.2, 2)
    expect(result.pools[0]).toMatchObject({
      blocking: expect.closeTo(blocking, 12),
      inUseMean: expect.closeTo(1.2 * (1 - blocking), 9),
      asked: expect.closeTo(3, 9),
      refused: expect.closeTo(3 * blocking, 9),
      peak: null,
      firstVictim: null,
      steady: {
        connectionsPerSecond: expect.closeTo(3, 9),
        carriedPerSecond: expect.closeTo(3 * (1 - blocking), 9),
        holdingPs: 4e11,
        offeredErlangs: expect.closeTo(1.2, 9),
      },
    })
    expect(result.expectations[0]!.pass).toBe(true)
    expect(result.steady!.assumptions.join()).toContain("Erlang's loss formula")
    expect(renderSummary(result, { color: false })).toMatch(/r\/server +2 +0\.\d+ +1\.2 +400ms/)
  })

  it('are named under the steady clock where nobody says how long connections last', async () => {
    const result = await scenario(options({}, 'steady')).run()
    expect(result.pools[0]).toMatchObject({ blocking: null, inUseMean: null, asked: null })
    expect(result.warnings.join()).toContain(
      'how full r/server connections is cannot be told: give "holding"',
    )
    expect(renderSummary(result, { color: false })).toContain('not given')
    expect(await renderReport(result)).toContain('not given')
  })
})
