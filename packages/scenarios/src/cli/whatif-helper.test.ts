import { describe, expect, it } from 'vitest'
import { type CompiledScenario, compileScenario } from '../compile/compile.ts'
import type { ShareTask } from '../whatif/question.ts'
import { SetSweep } from '../whatif/set-sweep.ts'
import { Subject } from '../whatif/subject.ts'
import { helperThread } from './whatif-helper.ts'

function compile(leaves: number, spines: number): CompiledScenario {
  const leafSpine = { leaves, spines, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' }
  const compiled = compileScenario({
    weft: 1,
    regions: { r: { fabric: { leafSpine } } },
    traffic: [{ name: 'all', between: 'all hosts', sizes: '100kB', load: '60%' }],
  })
  if (!compiled.ok) throw new Error(compiled.issues.map(({ message }) => message).join('\n'))
  return compiled.value
}

function taskOf(leaves: number, spines: number, of = 'link'): ShareTask {
  const scenario = compile(leaves, spines)
  return { scenario, demand: new Subject(scenario).demand, question: { any: 2, of, top: 20 } }
}

describe('a second thread', { timeout: 60_000 }, () => {
  it('reads the sources and comes to what its share is', async () => {
    const task = taskOf(6, 4)
    const here = await new SetSweep(new Subject(task.scenario), task.question).runShare()
    expect(here.sets).toBe(315)
    expect(await helperThread(task, () => {}, undefined)).toEqual(here)
  })

  it('hands over what it has when it is told to stop', async () => {
    const stopping = new AbortController()
    const found = helperThread(taskOf(24, 24), () => stopping.abort(), stopping.signal)
    const { sets, worst } = await found
    expect(sets).toBeGreaterThan(0)
    expect(sets).toBeLessThan((624 * 623) / 4)
    expect(worst.length).toBe(Math.min(sets, 20))
  })

  it('says why it does not work', async () => {
    const task = taskOf(2, 2, 'llama')
    await expect(helperThread(task, () => {}, undefined)).rejects.toThrow(/"llama" is no kind of part/)
  })
})
