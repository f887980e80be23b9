import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { Subject } from '../whatif/subject.ts'
import { type DiffAnswer, diffScenarios, diffSteps } from './diff.ts'

function subject(
  fabric: object,
  traffic: object = { between: 'all hosts', sizes: '100kB', load: '40%' },
): Subject {
  const compiled = compileScenario({
    weft: 1,
    regions: { r: { fabric } },
    traffic: [{ name: 'all', ...traffic }],
  })
  if (!compiled.ok) throw new Error(compiled.issues.map(({ message }) => message).join('\n'))
  return new Subject(compiled.value)
}

const leafSpine = (spines: number, hostsPerLeaf = 2, rate = '10Gbps') => ({
  leafSpine: { leaves: 3, spines, hostsPerLeaf, hostLink: '10Gbps', fabricLink: { rate, delay: '1us' } },
})

const diff = (a: object, b: object): DiffAnswer => diffScenarios(subject(a), subject(b))

describe('two scenarios side by side', () => {
  it('nothing differs between a scenario and itself', () => {
    const answer = diff(leafSpine(2), leafSpine(2))
    expect(answer.differs).toBe(false)
    expect(answer.loads).toMatchObject({ changed: [], same: 2 * (6 + 6) })
    expect(answer.failures).toMatchObject({ changed: [], same: 12 + 5 })
  })

  it('a spine less: names, loads in proportion, failures that now cut off', () => {
    const { network, loads, failures, reach, paths } = diff(leafSpine(2), leafSpine(1))
    expect(network.nodes).toEqual({ onlyBefore: ['r/spine-1'], onlyAfter: [] })
    expect(network.links.onlyBefore).toEqual([
      'r/leaf-0:r/spine-1',
      'r/leaf-1:r/spine-1',
      'r/leaf-2:r/spine-1',
    ])
    expect(loads.changed).toHaveLength(6)
    for (const { before, after } of loads.changed) expect(after / before).toBeCloseTo(2, 12)
    expect(failures.worstUnreachableBps.after).toBeGreaterThan(failures.worstUnreachableBps.before)
    // without its spine, a packet finds the hosts of its own leaf alone
    const spine = failures.changed.find(({ failed }) => failed === 'r/spine-0')!
    expect(spine.unreachableBps.before).toBe(0)
    expect(spine.unreachableBps.after).toBeGreaterThan(0)
    expect(reach).toMatchObject({ both: 30, onlyBefore: 0, onlyAfter: 0, neither: 0 })
    expect(paths.map(({ through, before, after }) => [through, before!.pairs, after!.pairs])).toEqual([
      ['leaf', 6, 6],
      ['leaf spine leaf', 24, 24],
    ])
  })

  it('hosts that accept another number of connections are named', () => {
    const { network } = diff(leafSpine(2), {
      ...leafSpine(2),
      connections: [{ hosts: 'r/leaf-0/host-1', max: 5 }],
    })
    expect(network.changed).toEqual([{ name: 'r/leaf-0/host-1', keys: ['connections'] }])
  })

  it('changed links are named with what changed, and ways through them take their time', () => {
    const { network, paths, loads } = diff(leafSpine(2), leafSpine(2, 2, '40Gbps'))
    expect(network.changed).toHaveLength(6)
    expect(network.changed[0]).toEqual({ name: 'r/leaf-0:r/spine-0', keys: ['rateBps'] })
    expect(loads.changed.every(({ before, after }) => Math.abs(before / after - 4) < 1e-9)).toBe(true)
    const across = paths.find(({ through }) => through === 'leaf spine leaf')!
    // two fabric links of 1538 bytes on the wire, each a quarter of the time
    const wirePs = (rateBps: number) => (1538 * 8 * 1e12) / rateBps
    expect(across.before!.meanPs - across.after!.meanPs).toBeCloseTo(2 * (wirePs(10e9) - wirePs(40e9)), 3)
    expect(paths.find(({ through }) => through === 'leaf')).toMatchObject({
      before: { mostPs: paths[0]!.after!.mostPs },
    })
  })

  it('hosts of one scenario alone are said, and not compared', () => {
    const { network, reach } = diff(leafSpine(2, 1), leafSpine(2, 2))
    expect(network.nodes.onlyAfter).toEqual(['r/leaf-0/host-1', 'r/leaf-1/host-1', 'r/leaf-2/host-1'])
    expect(reach.both).toBe(6)
  })

  it('expectations that hold in one alone are named', () => {
    const expecting = (fabric: object, reach: object) => {
      const compiled = compileScenario({
        weft: 1,
        regions: { r: { fabric } },
        traffic: [{ name: 'all', between: 'all hosts', sizes: '100kB', load: '40%' }],
        expect: [reach, { metric: 'link.utilization', statistic: 'max', below: '50%' }],
      })
      if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
      return new Subject(compiled.value)
    }
    const apart = {
      graph: {
        switches: ['a', 'b'],
        hosts: ['h1', 'h2'],
        links: [
          { between: ['h1', 'a'], rate: '10Gbps' },
          { between: ['h2', 'a'], rate: '10Gbps' },
          { between: ['a', 'b'], rate: '10Gbps' },
        ],
      },
    }
    const reach = { reachable: { from: 'r/h1', to: 'r/h2' } }
    const before = expecting(apart, reach)
    const [h1, h2, ab] = apart.graph.links as [object, object, object]
    const moved = {
      graph: { ...apart.graph, links: [h1, { ...h2, between: ['h2', 'b'] }, { ...ab, rate: '5Gbps' }] },
    }
    const { expectations, reach: pairs, differs } = diffScenarios(before, expecting(moved, reach))
    expect(differs).toBe(true)
    expect(pairs).toMatchObject({ both: 2, onlyBefore: 0 })
    expect(expectations).toEqual([
      { text: 'limit  every link at most 100%', before: true, after: true },
      { text: 'link.utilization  max below 50%', before: true, after: false },
      { text: 'reachable  r/h1 to r/h2', before: true, after: true },
    ])
  })

  it('interrupted, it has what was compared until then', () => {
    const steps = diffSteps(subject(leafSpine(2)), subject(leafSpine(3)))
    const taken: string[] = []
    for (let step = steps.next(); ; ) {
      if (step.done === true) {
        const { partial, notCompared, failures, reach } = step.value
        expect({ partial, notCompared }).toEqual({
          partial: true,
          notCompared: ['single failures', 'delays'],
        })
        expect(reach.both).toBe(30)
        expect(failures.changed.length + failures.same).toBeGreaterThan(0)
        break
      }
      taken.push(step.value.step)
      step = steps.next(taken.filter((name) => name === 'single failures').length < 2)
    }
    expect(new Set(taken)).toEqual(new Set(['reach', 'symmetry', 'single failures']))
  })

  it('interrupted amid losses in a circle of full links, it does not compare them', () => {
    const links = [0, 1, 2, 3, 4].flatMap((i) => [
      { between: [`h${i}`, `s${i}`], rate: '10Gbps' },
      { between: [`s${i}`, `s${(i + 1) % 5}`], rate: '10Gbps' },
    ])
    const names = (letter: string) => [0, 1, 2, 3, 4].map((i) => `${letter}${i}`)
    const flows = [0, 1, 2, 3, 4].map((i) => {
      return { at: '0s', from: `r/h${i}`, to: `r/h${(i + 2) % 5}`, size: '10MB' }
    })
    const circling = subject({ graph: { switches: names('s'), hosts: names('h'), links } }, { flows })
    const steps = diffSteps(circling, circling)
    const digits: number[] = []
    for (let step = steps.next(); ; ) {
      if (step.done === true) {
        const { partial, notCompared, expectations, lostBps, differs } = step.value
        expect({ partial, notCompared, expectations, differs }).toEqual({
          partial: true,
          notCompared: ['losses and expectations', 'reach', 'single failures', 'delays'],
          expectations: [],
          differs: false,
        })
        expect(lostBps).toEqual({ before: 0, after: 0 })
        break
      }
      expect(step.value.step).toBe('digits of losses at full links')
      digits.push(step.value.done)
      step = steps.next(digits.length < 12)
    }
    expect(digits[0]).toBe(0)
    expect(digits.at(-1)).toBeGreaterThan(0)
    // taken to the end, nothing differs
    const { differs, partial, lostBps } = diffScenarios(circling, circling)
    expect({ differs, partial }).toEqual({ differs: false, partial: false })
    expect(lostBps.before).toBeGreaterThan(0)
    expect(lostBps.after).toBe(lostBps.before)
  })
})
