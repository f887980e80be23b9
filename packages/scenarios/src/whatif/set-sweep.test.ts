import { demandMatrix } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { type CompiledScenario, compileScenario } from '../compile/compile.ts'
import type { ShareRunner } from './question.ts'
import { SetSweep } from './set-sweep.ts'
import { Subject } from './subject.ts'
import { whatIf } from './whatif.ts'

function compile(): CompiledScenario {
  const leafSpine = { leaves: 10, spines: 8, hostsPerLeaf: 13, hostLink: '10Gbps', fabricLink: '10Gbps' }
  const compiled = compileScenario({
    weft: 1,
    regions: { r: { fabric: { leafSpine } } },
    expect: [{ metric: 'link.utilization', tier: 'fabric', statistic: 'max', below: '72%' }],
  })
  if (!compiled.ok) throw new Error(compiled.issues.map(({ message }) => message).join('\n'))
  return compiled.value
}

/** Every host to three others at a rate of its own, so that nothing is alike. */
const uneven = ({ topology }: Subject['network']) => {
  const hosts = topology.nodes.flatMap(({ kind }, node) => (kind === 'host' ? [node] : []))
  return demandMatrix(
    hosts.flatMap((source, i) =>
      [17, 41, 83].map((step) => ({
        source,
        destination: hosts[(i + step) % hosts.length]!,
        ipBps: 5e8 + 7e6 * i + 1e5 * step,
      })),
    ),
  )
}

/** The other half of the work, on this thread: what is handed over is cloned as threads clone it. */
const beside: ShareRunner = async (task) => {
  const { scenario, demand, question } = structuredClone(task)
  return structuredClone(await new SetSweep(new Subject(scenario, () => demand), question).runShare({}))
}

describe('pairs shared between two threads', () => {
  it('come to the same answer as those of one, and so where the other thread fails', {
    timeout: 60_000,
  }, async () => {
    const ask = (helper?: ShareRunner) =>
      whatIf(new Subject(compile(), uneven), {
        fail: ['r/leaf-4:r/spine-7'],
        any: 2,
        symmetry: false,
        top: 50,
        ...(helper && { helper }),
      })
    const alone = await ask()
    expect(alone.coverage).toMatchObject({ sets: 21_946, covered: 21_946, computed: 21_946 })
    expect(alone.criteria[1]!.minimalSets).toBeGreaterThan(0)
    expect(await ask(beside)).toEqual(alone)
    expect(await ask(() => Promise.reject(new Error('no thread')))).toEqual(alone)
  })
})
