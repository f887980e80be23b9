import { readdirSync, readFileSync } from 'node:fs'
import { ConfigError } from '@weft/core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { readScenario, type ScenarioFile } from '../parse/read-scenario.ts'
import { compileScenario } from '../compile/compile.ts'
import {
  fail,
  fatTree,
  graph,
  leafSpine,
  region,
  repair,
  type ScenarioOptions,
  scenario,
  traffic,
} from '../index.ts'

const small = { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '100Gbps', fabricLink: '400Gbps' }
const ord1 = region({ fabric: leafSpine(small) })

function refusal(options: unknown): readonly string[] {
  try {
    scenario(options as ScenarioOptions)
  } catch (error) {
    if (error instanceof ConfigError)
      return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw error
  }
  return ['accepted']
}

describe('builders', () => {
  it('build the smallest useful scenario', () => {
    const { blueprint, data } = scenario({
      regions: { ord1 },
      traffic: [traffic.allToAll({ sizes: 'WebSearch', load: 0.5 })],
    })
    expect(data.traffic).toEqual([{ between: 'all hosts', sizes: 'WebSearch', load: '50%' }])
    expect(blueprint.network.nodes).toHaveLength(8)
    expect(blueprint.traffic[0]).toMatchObject({ name: 'traffic-1', offered: { rate: { load: 0.5 } } })
  })

  it('give the same data and the same blueprint as the demonstration file', () => {
    const file = new URL('../../../../examples/spine-maintenance/scenario.yaml', import.meta.url)
    const written = readScenario('scenario.yaml', readFileSync(file))
    const link = { rate: '100Gbps', delay: '1us' }
    const built = scenario({
      name: 'spine-maintenance',
      seed: 'rollout-42',
      regions: {
        ord1: region({
          fabric: leafSpine({
            leaves: 8,
            spines: 8,
            hostsPerLeaf: 8,
            hostLink: link,
            fabricLink: link,
            queue: { capacity: '256 packets', ecnThreshold: '65 packets' },
            ecmp: 'five-tuple',
          }),
          routing: { detection: '300us', convergence: '700us' },
        }),
      },
      traffic: [
        traffic.allToAll({
          name: 'web-search',
          sizes: 'WebSearch',
          load: '50%',
          transport: { dctcp: { minRto: '1ms' } },
        }),
      ],
      events: [fail('ord1/spine-3', '2ms'), repair('ord1/spine-3', '6ms')],
      expect: [
        { metric: 'flow.slowdown', of: 'web-search', sizes: '< 100kB', percentile: 99, below: 20 },
        { metric: 'link.utilization', tier: 'fabric', percentile: 99, below: '90%' },
        { metric: 'drops', reason: 'no-route', equals: 0 },
        { metric: 'drops', reason: 'link-down', from: '3.1ms', equals: 0 },
      ],
      run: { clock: 'packet', for: '10ms', warmup: '1ms' },
    })
    expect(built.data).toEqual(written.data)
    expect({ ok: true, value: built.compiled }).toEqual(compileScenario(written.data))
  })

  it.each([
    ['permutation', traffic.permutation({ sizes: '1MB', flowRate: '1000/s' }), 'permutation', 'flows'],
    [
      'fromTo',
      traffic.fromTo({ from: 'ord1/leaf-0', to: 'ord1/leaf-1', sizes: '1MB', load: '10%' }),
      'from-to',
      'flows',
    ],
    [
      'incast',
      traffic.incast({ from: 'ord1/leaf-0', to: 'ord1/leaf-1/host-0', size: '1MB', at: '1us' }),
      'from-to',
      'burst',
    ],
    [
      'stream',
      traffic.stream({ from: 'ord1/leaf-0', to: 'ord1/leaf-1', packet: '1500B', rate: '1Gbps' }),
      'from-to',
      'stream',
    ],
    [
      'flows',
      traffic.flows([{ at: '0us', from: 'ord1/leaf-0/host-0', to: 'ord1/leaf-1/host-0', size: '1kB' }]),
      'from-to',
      'list',
    ],
  ])('traffic.%s', (_name, entry, pairs, offered) => {
    const { blueprint } = scenario({ regions: { ord1 }, traffic: [entry] })
    expect(blueprint.traffic[0]).toMatchObject({ pairs: { kind: pairs }, offered: { kind: offered } })
  })

  it('take all three kinds of fabric, and overrides', () => {
    const links = [
      { between: ['h1', 'a'], rate: '25Gbps' },
      { between: ['a', 'h2'], rate: '25Gbps' },
    ] as [{ between: [string, string]; rate: string }, { between: [string, string]; rate: string }]
    const { blueprint } = scenario({
      regions: {
        tree: region({ fabric: fatTree({ k: 2, hostLink: '10Gbps', fabricLink: '10Gbps' }) }),
        lab: region({ fabric: graph({ switches: ['a'], hosts: ['h1', 'h2'], links }) }),
        mixed: region({
          fabric: leafSpine(small, [{ links: '**:mixed/spine-1', rate: '40Gbps', weight: 2 }]),
        }),
      },
    })
    const rates = blueprint.network.links
      .filter(({ ends }) => ends[1] === 'mixed/spine-1')
      .map((link) => link.rateBps)
    expect(rates).toEqual([40e9, 40e9])
    expect(new Set(blueprint.network.nodes.map(({ name }) => name.split('/')[0]))).toEqual(
      new Set(['lab', 'mixed', 'tree']),
    )
  })

  it('list all problems at once, with paths', () => {
    const fabric = { ...small, leaves: 0, hostLink: '100' }
    expect(refusal({ regions: { ord1: { fabric: { leafSpine: fabric } } }, trafic: [] })).toEqual([
      'regions.ord1.fabric.leafSpine.leaves: 0 is too small; expected 1 or more',
      'regions.ord1.fabric.leafSpine.hostLink: "100" needs a unit; did you mean 100Gbps?',
      'trafic: unknown key "trafic" in the scenario; did you mean "traffic"?',
    ])
  })

  it('change seed and length and check them again', () => {
    const changed = scenario({ regions: { ord1 } }).with({ seed: 'b', for: '2ms' })
    expect(changed.blueprint.seed).toBe('b')
    expect(changed.compiled.run.forPs).toBe(2e9)
    // @ts-expect-error: an option that does not exist
    expect(() => changed.with({ fro: '2ms' })).toThrow(
      'run.fro: unknown key "fro" in run; did you mean "for"?',
    )
    expect(() => changed.with({ for: '2' })).toThrow('run.for: "2" needs a unit; did you mean 2ms?')
  })

  it('run, and check what is expected', async () => {
    const built = scenario({
      regions: { ord1 },
      traffic: [traffic.incast({ from: 'ord1/leaf-0', to: 'ord1/leaf-1/host-0', size: '10kB' })],
      expect: [
        { metric: 'flow.unfinished', equals: 0 },
        { metric: 'flow.fct', statistic: 'max', below: '1ns' },
      ],
      run: { for: '1ms' },
    })
    const { pass, failed, result } = await built.check({ seed: 'again' })
    expect(pass).toBe(false)
    expect(failed.map(({ metric }) => metric)).toEqual(['flow.fct'])
    expect(result).toMatchObject({ seed: 'again', partial: false, flows: [{ completed: 2 }] })
    expect((await built.run({ seed: 'again' })).digest).toBe(result.digest)
  })

  it('explain a packet, and refuse a wrong question in all its parts', () => {
    const built = scenario({ regions: { ord1 }, events: [fail('ord1/spine-1', '1us')] })
    const [from, to] = ['ord1/leaf-0/host-0', 'ord1/leaf-1/host-1']
    const { verdict, hops, reply } = built.explain({ from, to, port: 443, sourcePort: 50_000 })
    expect(verdict).toBe('delivered')
    expect(hops.map(({ node }) => node)).toEqual([
      from,
      'ord1/leaf-0',
      expect.stringContaining('spine'),
      'ord1/leaf-1',
      to,
    ])
    expect(reply?.verdict).toBe('delivered')
    expect(built.explain({ from, to, at: '2us' })).toMatchObject({
      verdict: 'partly delivered',
      reason: 'link-down',
    })
    expect(() => built.explain({ from, to: 'ord1/leaf-1/hots-1', port: 0, at: '2' })).toThrow(
      [
        'port: 0 is no port; expected a whole number from 1 to 65535',
        'at: "2" needs a unit; did you mean 2us?',
        'to: unknown host "ord1/leaf-1/hots-1"; did you mean "ord1/leaf-1/host-1"?',
      ].join('\n'),
    )
  })

  it('know their types', () => {
    expectTypeOf(leafSpine).parameter(0).toHaveProperty('leaves').toEqualTypeOf<number>()
    // @ts-expect-error: a misspelt key
    expect(() => scenario({ regions: { ord1 }, expct: [] })).toThrow('did you mean "expect"?')
    // @ts-expect-error: a rate is text with a unit
    expect(() => region({ fabric: leafSpine({ ...small, hostLink: 100 }) })).not.toThrow()
  })
})

describe('values that no file could hold', () => {
  const loop: unknown[] = []
  loop.push(loop)
  it.each<[string, unknown, string]>([
    ['a function', () => 1, 'description: expected plain data, got a function'],
    ['a date', new Date(0), 'description: expected plain data, got an instance of Date'],
    ['a bigint', 1n, 'description: expected plain data, got a bigint'],
    ['NaN', Number.NaN, 'description: NaN is not a number that a scenario can use'],
    ['Infinity', Number.POSITIVE_INFINITY, 'description: Infinity is too large for a number'],
    ['a loop', loop, 'description.0: this value contains itself'],
    ['a hole', [1, undefined], 'description.1: expected a value, got nothing'],
    [
      '__proto__',
      JSON.parse('{"__proto__": 1}'),
      'description.__proto__: "__proto__" cannot be a key; choose another name',
    ],
  ])('%s', (_name, description, message) => {
    expect(refusal({ regions: { ord1 }, description })).toEqual([message])
  })

  it.each([undefined, null, 5, 'x', []])('%j instead of a scenario', (value) => {
    expect(refusal(value)[0]).toMatch(/^: expected a map, got/)
  })
})

describe('the same words as for files', () => {
  const directory = new URL('../../test/bad-input/', import.meta.url)
  const readable = readdirSync(directory).flatMap((name): [string, ScenarioFile][] => {
    try {
      return [[name, readScenario(name, readFileSync(new URL(name, directory)))]]
    } catch {
      return []
    }
  })

  it('covers most cases', () => expect(readable.length).toBeGreaterThan(120))

  it.each(readable.filter(([name]) => name !== 'no-version.yaml'))('%s', (_name, { data, refused }) => {
    const compiled = compileScenario(data)
    const fromFile = compiled.ok
      ? []
      : refused(compiled.issues).issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    expect(refusal(data)).toEqual(fromFile)
  })
})
