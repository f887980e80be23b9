import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runIn } from './command-line.fixture.ts'

const scenarioWith = (connections: string) => `weft: 1
name: server
regions:
  r:
    fabric:
      leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: 10Gbps, fabricLink: 10Gbps }
      connections: ${connections}
traffic:
  - { name: calls, from: r/leaf-0, to: r/leaf-1/host-0, sizes: 10kB, flowRate: 100/s }
run: { for: 100ms }
`

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-pools-'))
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
  write('enough.yaml', scenarioWith('{ max: 40, whenFull: reset, holding: 100ms }'))
  write('few.yaml', scenarioWith('{ max: 20, whenFull: reset, holding: 100ms }'))
  write('wrong.yaml', scenarioWith('{ max: 20.5, holding: 100 }'))
})
afterAll(() => rmSync(directory, { recursive: true }))

const weft = (line: string) => runIn(directory, line.split(' '))

describe('limits on connections, on the command line', () => {
  it('let a plan fail where they are too low, and say so', async () => {
    const enough = await weft('plan @enough.yaml --check --growth 1.2x')
    expect(enough.code).toBe(0)
    expect(enough.out).toMatch(/✓ connections at once: room for 1\.4\d*x/)
    const few = await weft('plan @few.yaml --check')
    expect(few.code).toBe(1)
    expect(few.out).toMatch(
      /✗ connections at once: too few by 1\.6\d*x\n {2}r\/leaf-1\/host-0 .*\d+\.\d% of at most 1%/,
    )
  })

  it('are in the table and the JSON document of a run', async () => {
    const run = await weft('run @few.yaml --clock steady')
    expect(run.out).toMatch(/r\/leaf-1\/host-0 +20 +16\.8 +20 +100ms +20 +3 \(15\.9%\)/)
    const { pools } = JSON.parse((await weft('run @few.yaml --clock flow --json -')).out)
    expect(pools).toHaveLength(4)
    expect(pools[2]).toMatchObject({ owner: 'r/leaf-1/host-0', size: 20, refused: 0, firstVictim: null })
  })

  it('are refused with line and column', async () => {
    const { err, code } = await weft('run @wrong.yaml')
    expect(code).toBe(2)
    expect(err).toContain('wrong.yaml:7:27  20.5 is not a whole number')
    expect(err).toContain('wrong.yaml:7:42')
  })
})
