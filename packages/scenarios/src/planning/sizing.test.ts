import { describe, expect, it } from 'vitest'
import { fatTree, graph, leafSpine, region } from '../builders/fabric.ts'
import { scenario, type ScenarioOptions } from '../builders/scenario.ts'
import { compileScenario } from '../compile/compile.ts'
import { clusterWith, scenarioWith } from '../compile/ingress/ingress.fixture.ts'
import { planScenario } from './make-plan.ts'

const WIRE = 1538 / 1500
const SHAPE = { leaves: 4, spines: 2, hostsPerLeaf: 8, hostLink: '25Gbps', fabricLink: '40Gbps' }
const HOST_BPS = 2e9

const costs: NonNullable<ScenarioOptions['plan']>['costs'] = {
  links: { fabric: { each: 10 }, host: { each: 1 } },
  devices: { spine: 1000, leaf: 500, host: 100 },
}

const planOf = (growth: number, shape = SHAPE) =>
  scenario({ regions: { r: region({ fabric: leafSpine(shape) }) }, plan: { costs } }).plan({
    growth,
    upgrades: 0,
    demands: [{ from: 'r', to: 'r', rateBps: 32 * HOST_BPS }],
  })

/** What a leaf of so many hosts sends out when all hosts together send `times` today's demand. */
function leafBps(hostsPerLeaf: number, times: number): number {
  const hosts = 4 * hostsPerLeaf
  return (32 * HOST_BPS * times * WIRE * (hosts - hostsPerLeaf)) / (hosts - 1) / 4
}

/** Whether limits of 80 % and, without a spine, 100 % are kept. */
function holds(spines: number, parallel: number, hostsPerLeaf: number, times: number): boolean {
  if (spines < 2) return false
  const leaf = leafBps(hostsPerLeaf, times)
  const host = (32 * HOST_BPS * times * WIRE) / (4 * hostsPerLeaf)
  const isRoomy = leaf / (spines * parallel * 40e9) <= 0.8 && leaf / ((spines - 1) * parallel * 40e9) <= 1
  return isRoomy && host / 25e9 <= 0.8
}

const least = (fits: (size: number) => boolean): number | null => {
  for (let size = 1; size <= 64; size++) if (fits(size)) return size
  return null
}

describe('sizes for grown demand', () => {
  it.each([0.5, 1, 2.5, 4, 6, 9, 14])('%f times: as by the closed form', async (times) => {
    const { sizing } = await planOf(times)
    const needed = Object.fromEntries(sizing.map((each) => [each.key, each.needed]))
    expect(needed).toEqual({
      spines: least((spines) => holds(spines, 1, 8, times)),
      parallelLinks: least((parallel) => holds(2, parallel, 8, times)),
      hostsPerLeaf: least((hosts) => holds(2, 1, hosts, times)),
    })
  })

  it('say what is added, what it costs, and what helps nothing', async () => {
    const { sizing } = await planOf(4)
    const [spines, parallel, hosts] = sizing
    const more = spines!.needed! - 2
    expect(more).toBeGreaterThan(0)
    expect(spines).toMatchObject({
      switches: more,
      hosts: 0,
      links: 4 * more,
      cost: more * 1000 + 4 * more * 10,
    })
    const pairs = parallel!.needed! - 1
    expect(parallel).toMatchObject({ switches: 0, hosts: 0, links: 8 * pairs, cost: 8 * pairs * 10 })
    expect(hosts!.needed).toBeNull()
    expect(hosts!.why).toMatch(
      /^r\/leaf-0 → r\/spine-\d passes its limit when .+ fails, and more hosts per leaf do not help$/,
    )
  })

  it('never rest on one spine', async () => {
    const { sizing } = await planOf(0.1, { ...SHAPE, spines: 1 })
    expect(sizing.find(({ key }) => key === 'spines')!.needed).toBe(2)
    expect(sizing.find(({ key }) => key === 'parallelLinks')).toMatchObject({
      needed: null,
      why: 'a failure of r/spine-0 cuts hosts off, and more parallel links do not help',
    })
  })

  it('fat-trees grow by ports; graphs do not', async () => {
    const tree = fatTree({ k: 4, hostLink: '10Gbps', fabricLink: '10Gbps' })
    const pair = graph({
      switches: ['a'],
      hosts: ['h1', 'h2'],
      links: [
        { between: ['h1', 'a'], rate: '10Gbps' },
        { between: ['h2', 'a'], rate: '10Gbps' },
      ],
    })
    const { sizing, notSized } = await scenario({
      regions: {
        tree: region({ fabric: tree }),
        pair: region({ fabric: pair, addresses: { hosts: '11.0.0.0/8' } }),
      },
    }).plan({ growth: 3, upgrades: 0, demands: [{ from: 'tree', to: 'tree', rateBps: 16 * 3e9 }] })
    expect(notSized).toEqual(['pair'])
    // 16 hosts at 9 Gbit/s pass 80 %; 54 hosts share it at 2.7
    expect(sizing).toMatchObject([
      { region: 'tree', generator: 'fatTree', key: 'k', now: 4, needed: 6, hosts: 38, cost: null },
    ])
  })

  it('are found with the clusters that run on them', async () => {
    const shape = { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '100Gbps', fabricLink: '10Gbps' }
    const traffic = { from: 'r/leaf-*/host-*', sizes: '200kB', flowRate: '1000/s' }
    const data = scenarioWith(undefined, traffic, { regions: { r: { fabric: { leafSpine: shape } } } })
    const compile = (of: unknown) => compileScenario(of, { cluster: () => clusterWith() })
    const compiled = compile(data)
    if (!compiled.ok) throw new Error(compiled.issues[0]!.message)
    const { sizing } = await planScenario({ data, compiled: compiled.value, compile }, { growth: 4 })
    const [spines] = sizing
    expect(spines).toMatchObject({ key: 'spines', now: 2, why: null })
    expect(spines!.needed).toBeGreaterThan(2)
  })
})
