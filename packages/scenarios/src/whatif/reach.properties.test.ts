import { ARRIVES, IS_LOST, LinkState, PROTOCOL_TCP, walk } from '@weft/fabric'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CompiledScenario, compileScenario } from '../compile/compile.ts'
import type { ReachExpectation } from '../compile/questions/reach.ts'
import { smallFabric } from '../kit/fabrics.ts'
import { Subject } from './subject.ts'
import { whatIf } from './whatif.ts'

function compile(data: object): CompiledScenario {
  const compiled = compileScenario({ weft: 1, ...data })
  if (!compiled.ok) throw new Error(compiled.issues.map(({ message }) => message).join('\n'))
  return compiled.value
}

/** Whether a set breaks an expectation, by a walk of every pair on routes computed anew. */
function breaks(
  { network }: Subject,
  failed: readonly string[],
  { kind, from, to }: ReachExpectation,
): boolean {
  const { topology } = network
  const state = new LinkState(topology)
  for (const name of failed) {
    if (topology.hasNode(name)) state.nodeUp[topology.nodeIndex(name)] = 0
    else state.linkUp[topology.linkIndex(name)] = 0
  }
  network.installRoutes(state)
  const wanted = kind === 'reachable' ? ARRIVES : IS_LOST
  const isBroken = from.some((source) =>
    to.some((destination) => {
      if (source === destination) return false
      const [a, b] = [source, destination].map((host) => network.addressOf(host, 'ipv4')!)
      const { delivered, drops } = walk(
        network,
        { source: a!, destination: b!, protocol: PROTOCOL_TCP, destinationPort: 80, sizeBytes: 1500 },
        (link) => state.usable(link),
        (node) => state.nodeUp[node] === 1,
      )
      return ((delivered > 0 ? ARRIVES : 0) | (drops.length > 0 ? IS_LOST : 0)) !== wanted
    }),
  )
  network.installRoutes(new LinkState(topology))
  return isBroken
}

const index = fc.nat(63)

describe('what if, of who reaches whom', () => {
  it('breaks what walks break, set by set and by symmetry alike', async () => {
    const question = fc.record({ from: index, to: index, isAll: fc.boolean(), isReachable: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        smallFabric(),
        fc.array(question, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('link', 'switch', 'host'),
        fc.boolean(),
        async ({ regions }, drawn, of, symmetry) => {
          const base = {
            regions,
            traffic: [{ between: 'all hosts', sizes: '1MB', load: '10%' }],
          }
          const hosts = compile(base).blueprint.network.nodes.filter(({ kind }) => kind === 'host')
          fc.pre(hosts.length > 1)
          const expectations = drawn.map(({ from, to, isAll, isReachable }) => {
            const a = hosts[from % hosts.length]!.name
            const b = hosts.filter(({ name }) => name !== a)[to % (hosts.length - 1)]!.name
            const pairs = isAll ? { from: 'all hosts', to: 'all hosts' } : { from: a, to: b }
            return isReachable ? { reachable: pairs } : { unreachable: pairs }
          })
          const scenario = compile({ ...base, expect: expectations })
          const subject = new Subject(scenario)
          const names = subject.parts.of({ kind: of as 'link' }).map(({ name }) => name)
          const answer = await whatIf(subject, { any: 2, of, top: 100_000, symmetry })
          const sets = names.flatMap((a, i) => [[a], ...names.slice(i + 1).map((b) => [a, b])])
          const fresh = new Subject(scenario)
          const counts = scenario.reach.map(
            (expectation) => sets.filter((failed) => breaks(fresh, failed, expectation)).length,
          )
          expect(answer.criteria.slice(1).map(({ sets: broken }) => broken)).toEqual(counts)
          for (const { broken, reach } of answer.worst.slice(0, 20))
            expect(reach!.map(({ text }) => text)).toEqual(
              broken.filter((text) => text.includes('reachable')),
            )
        },
      ),
      { numRuns: 15, seed: 5 },
    )
  }, 60_000)
})

describe('expectations of reach about some times', () => {
  it('are not judged, as others that loads say nothing about', async () => {
    const leafSpine = { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' }
    const metrics = ['flow.slowdown', 'flow.fct', 'flow.throughput', 'stream.delay', 'queue.depth']
    const counted = [
      'flow.unfinished',
      'flow.retransmissions',
      'flow.timeouts',
      'stream.loss',
      'stream.goodput',
      'stream.jitter',
      'link.marks',
    ]
    const bounds: Record<string, unknown> = {
      'flow.fct': '1s',
      'flow.throughput': '1Gbps',
      'stream.delay': '1s',
      'stream.goodput': '1Gbps',
      'stream.jitter': '1s',
      'queue.depth': '100 packets',
    }
    const subject = new Subject(
      compile({
        regions: { r: { fabric: { leafSpine } } },
        traffic: [
          { name: 'f', between: 'all hosts', sizes: '1MB', load: '10%' },
          { name: 's', from: 'r/leaf-0', to: 'r/leaf-1', stream: { packet: '1500B', rate: '1Gbps' } },
        ],
        expect: [
          ...metrics.map((metric) => ({ metric, statistic: 'max', below: bounds[metric] ?? 10 })),
          ...counted.map((metric) => ({ metric, below: bounds[metric] ?? 10 })),
          { metric: 'drops', of: 'f', equals: 0 },
          { reachable: { from: 'r/leaf-0', to: 'r/leaf-1' }, from: '3ms' },
          { metric: 'drops', equals: 0 },
          { metric: 'link.utilization', statistic: 'max', below: '90%' },
          { reachable: { from: 'r/leaf-0', to: 'r/leaf-1' }, converged: true },
        ],
      }),
    )
    const { notJudged, criteria } = await whatIf(subject, { any: 1 })
    expect(criteria.map(({ text }) => text.split(' ')[0])).toEqual([
      'limit',
      'drops',
      'link.utilization',
      'reachable',
    ])
    expect(notJudged).toHaveLength(metrics.length + counted.length + 2)
    for (const { why } of notJudged) expect(why).not.toContain('undefined')
    expect(notJudged.at(-1)!.why).toBe('it is about times of the scenario, whose events are left out')
  })

  it('alone are enough to ask: a scenario need not send anything', async () => {
    const leafSpine = { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' }
    const subject = new Subject(
      compile({
        regions: { r: { fabric: { leafSpine } } },
        expect: [{ reachable: { from: 'all hosts', to: 'all hosts' } }],
      }),
    )
    const { criteria, worst } = await whatIf(subject, { any: 1, of: 'switch' })
    expect(criteria[1]).toMatchObject({ sets: 2, minimalSets: 2 })
    expect(worst[0]!.reach).toMatchObject([
      { pairs: 12, broken: 10, from: 'r/leaf-0/host-0', to: 'r/leaf-0/host-1', reason: 'no-route' },
    ])
  })
})
