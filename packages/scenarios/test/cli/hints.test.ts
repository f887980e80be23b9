import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Terminal } from '../../src/cli/terminal.ts'
import { weft as runWeft } from '../../src/cli/weft.ts'

/** Two parallel links to the spine; two flows that share the second of them or not, as the hash has it. */
const SCENARIO = `
weft: 1
regions:
  r:
    fabric:
      leafSpine: { leaves: 2, spines: 1, hostsPerLeaf: 2, parallelLinks: 2, hostLink: 10Gbps, fabricLink: 10Gbps }
traffic:
  - name: pair
    flows:
      - { at: 0us, from: r/leaf-0/host-0, to: r/leaf-1/host-0, size: 100kB }
      - { at: 0us, from: r/leaf-0/host-1, to: r/leaf-1/host-1, size: 50kB }
  - { name: voice, from: r/leaf-0/host-1, to: r/leaf-1/host-0, stream: { packet: 200B, rate: 10Mbps }, start: 20us }
expect:
  - { metric: link.utilization, tier: fabric, statistic: max, below: 1% }
  - { metric: queue.depth, tier: host, statistic: max, below: 1 packets }
  - { metric: flow.fct, percentile: 50, below: 1us }
  - { metric: stream.delay, statistic: max, below: 1us }
run: { for: 200us, window: 50us }
`

let directory: string
beforeAll(() => {
  // a name that a shell would take apart
  directory = mkdtempSync(join(tmpdir(), "weft hints' "))
  writeFileSync(join(directory, 'two flows.yaml'), SCENARIO)
})
afterAll(() => rmSync(directory, { recursive: true }))

async function weft(args: readonly string[]) {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const code = await runWeft(args, new Terminal(out, err, {}))
  return { code, out: String(out.read() ?? ''), err: String(err.read() ?? '') }
}

/** The words of a command line, as a POSIX shell splits them. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\(.)/g, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ''),
  )

describe('what a failed expectation suggests', () => {
  it('works as it stands, and names the flow that was put there', async () => {
    const checked = await weft(['check', join(directory, 'two flows.yaml'), '--json', '-'])
    expect(checked.code).toBe(1)
    const { scenarios } = JSON.parse(checked.out) as {
      scenarios: { expectations: { hints: string[]; object: string }[] }[]
    }
    const { expectations } = scenarios[0]!
    expect(expectations).toHaveLength(4)
    for (const { hints, object } of expectations) {
      const command = hints.find((hint) => hint.startsWith('see it: '))!.slice('see it: '.length)
      const [program, ...args] = wordsOf(command)
      const { code, out, err } = await weft(args)
      expect([program, code, err]).toEqual(['weft', 0, ''])
      const [from, to] = object.replace(/,.*|#.*/, '').split(' → ') as [string, string]
      expect(out).toContain(from)
      expect(out).toContain(to)
    }
    const [demands] = expectations[0]!.hints
    expect(demands).toMatch(/^top demands: r\/leaf-0\/host-\d → r\/leaf-1\/host-\d \d+%/)
    // the parallel link that was busy, not its twin
    const rank = /#2$/.exec(expectations[0]!.object)?.[0] ?? ''
    expect(expectations[0]!.hints[1]).toContain(`--link r/leaf-0:r/spine-0${rank} --at`)
  })
})
