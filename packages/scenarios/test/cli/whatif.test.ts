import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runIn } from './command-line.fixture.ts'

/** One spine carries what two do, but not at 60 %. */
const SCENARIO = `weft: 1
name: two-spines
regions:
  r:
    fabric:
      leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: 10Gbps, fabricLink: 10Gbps }
traffic:
  - { name: video, from: r/leaf-0, to: r/leaf-1, stream: { packet: 1500B, rate: 4Gbps } }
risks: { trench: "r/leaf-0:r/spine-*" }
availability:
  - { of: link, tier: fabric, up: 99% }
expect:
  - { metric: link.utilization, tier: fabric, statistic: max, below: 60% }
  - { metric: stream.delay, of: video, statistic: max, below: 1ms }
run: { for: 200us }
`

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-whatif-'))
  writeFileSync(join(directory, 'a.yaml'), SCENARIO)
  writeFileSync(join(directory, 'b.yaml'), SCENARIO.replace('spines: 2', 'spines: 3'))
  writeFileSync(
    join(directory, 'silent.yaml'),
    SCENARIO.replace(/traffic:\n.*\n/, '').replace(/.*stream.*\n/g, ''),
  )
  writeFileSync(join(directory, 'd.csv'), 'from,to,rate\nr/leaf-0/host-0,r/leaf-1/host-0,1Gbps\n')
  writeFileSync(join(directory, 'bad.csv'), 'from,to,rate\nr/leaf-0/host-0,r/leaf-1/hots-0,1Gbps\n')
})
afterAll(() => rmSync(directory, { recursive: true }))

const weft = (...words: readonly string[]) => runIn(directory, words)

describe('weft whatif', () => {
  it('one set: what it breaks', async () => {
    const { code, out, err } = await weft('whatif', '@a.yaml', '--fail', 'r/spine-0')
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(out).toContain('✗ link.utilization  fabric max below 60%')
    expect(out).toContain('✓ limit  every link at most 100%')
    expect(out).toContain('not judged: stream.delay')
  })

  it('all sets: the worst first, with the command that shows it alone, which says the same', async () => {
    const { code, out } = await weft('whatif', '@a.yaml', '--any', '1', '--of', 'switch', '--json')
    expect(code).toBe(1)
    const answer = JSON.parse(out)
    expect(answer.coverage).toMatchObject({ sets: 4, covered: 4, partial: false })
    const [worst] = answer.worst
    expect(worst).toMatchObject({ failed: ['r/leaf-1'], unreachableBps: 8e9, lostShare: 1 })
    expect(answer.command).toBe('weft whatif @a.yaml')
    const alone = await weft('whatif', '@a.yaml', '--json', '--fail', ...worst.failed)
    expect(JSON.parse(alone.out).worst[0]).toEqual({ ...worst, alike: 1 })
    for (const { failed, command } of [...answer.worst, ...answer.minimal])
      expect(command).toBe(`weft whatif @a.yaml --fail ${failed.join(' ')}`)
    const table = (await weft('whatif', '@a.yaml', '--any', '1', '--of', 'switch')).out
    expect(table).toContain('see the first alone: weft whatif @a.yaml --fail r/leaf-1')
  })

  it('what fails together, demands of a file, and what is down besides', async () => {
    const risks = JSON.parse((await weft('whatif', '@a.yaml', '--any', '1', '--of', 'risk', '--json')).out)
    expect(risks.worst).toMatchObject([{ failed: ['trench'], unreachableBps: 8e9 }])
    const light = await weft(
      'whatif',
      '@a.yaml',
      '--demands',
      '@d.csv',
      '--fail',
      'r/spine-0',
      '--any',
      '1',
      '--of',
      'host',
      '--json',
    )
    expect(light.code).toBe(0)
    const { worst, demandBps } = JSON.parse(light.out)
    expect(demandBps).toBe(1e9)
    expect(worst[0].failed).toEqual(['r/spine-0', 'r/leaf-1/host-0'])
  })

  it('how much of the time demands are served', async () => {
    const { code, out } = await weft('whatif', '@a.yaml', '--any', '4', '--availability', '99.9%', '--json')
    expect(code).toBe(0)
    const { rows, restOfTime } = JSON.parse(out)
    expect(restOfTime).toBe(0)
    // two ways of two links each, and either has room
    expect(rows).toHaveLength(2)
    for (const { available } of rows) expect(available.least).toBeCloseTo(1 - (1 - 0.99 ** 2) ** 2, 12)
    expect((await weft('whatif', '@a.yaml', '--availability', '99.99%')).code).toBe(1)
  })

  it('an order of drains', async () => {
    const { code, out } = await weft(
      'whatif',
      '@b.yaml',
      '--drain',
      'r/spine-0',
      'r/leaf-0:r/spine-1',
      '--json',
    )
    expect(code).toBe(0)
    const { steps, method } = JSON.parse(out)
    expect(method).toBe('any order is as good')
    expect(steps.map(({ drained }: { drained: string[] }) => drained.length)).toEqual([1, 1])
    const both = await weft(
      'whatif',
      '@b.yaml',
      '--drain',
      'r/spine-0',
      'r/leaf-0:r/spine-1',
      '--cumulative',
      '--json',
    )
    expect(JSON.parse(both.out)).toMatchObject({ method: 'exact', steps: [{}, { drained: { length: 2 } }] })
  })

  it.each([
    [
      ['--any', '1', '--fail', 'r/spine-9'],
      '--fail: unknown link, switch, host or risk "r/spine-9"; did you mean "r/spine-0"?',
    ],
    [
      ['--any', '1', '--of', 'swich'],
      '--of: "swich" is no kind of part; expected one of link, switch, host, risk',
    ],
    [['--any', '1', '--of', 'link/fabrik'], '--of: unknown tier of a link "fabrik"; did you mean "fabric"?'],
    [['--any', '0'], "option '--any <number>' argument '0' is invalid. Expected a whole number, 1 or more."],
    [
      [],
      'weft: nothing fails; name parts with --fail, or say how many with --any 1 --of link; or ask for --drain',
    ],
    [['--of', 'link'], '--of: it says of which parts any fail; give "any", how many'],
    [['--fail', 'r/spine-0', '--cumulative'], '--cumulative goes with --drain'],
    [['--drain', 'r/spine-0', '--any', '1'], '--any does not go with --drain'],
    [['--availability', '2'], 'needs a unit'],
    [
      ['--any', '1', '--demands', '@bad.csv'],
      '@bad.csv:2:17  unknown host "r/leaf-1/hots-0"; did you mean "r/leaf-1/host-0"?',
    ],
    [['--any', '1', '--demands', '@none.csv'], 'cannot read @none.csv'],
  ])('refuses %s', async (words, message) => {
    const { code, out, err } = await weft('whatif', '@a.yaml', ...words)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
  })

  it('refuses what sends nothing', async () => {
    const { code, err } = await weft('whatif', '@silent.yaml', '--any', '1')
    expect({ code, err }).toEqual({
      code: 2,
      err: 'weft: traffic: nothing is sent; give the scenario traffic, or demands in a CSV file\n',
    })
  })
})

describe('weft diff', () => {
  it('says what differs, and ends with 1', async () => {
    const { code, out } = await weft('diff', '@a.yaml', '@b.yaml')
    expect(code).toBe(1)
    expect(out).toContain('+ 1 node: r/spine-2')
    expect(out).toContain('any one link or switch down: fullest link')
    const { failures, differs } = JSON.parse((await weft('diff', '@a.yaml', '@b.yaml', '--json')).out)
    expect(differs).toBe(true)
    expect(failures.changed.length).toBeGreaterThan(0)
  })

  it('sets of failures, as weft whatif has them on each side', async () => {
    const asked = ['--any', '2', '--of', 'link/fabric']
    const { code, out } = await weft('diff', '@a.yaml', '@b.yaml', ...asked)
    expect(code).toBe(1)
    expect(out).toContain(
      'any 2 or fewer of link/fabric down: fullest link 82%, the same; most lost 8Gbps → 0',
    )
    expect(out).toMatch(/r\/leaf-0:r\/spine-0 \+ r\/leaf-0:r\/spine-1 +1 +41% +82% +8Gbps +0\n/)
    expect(out).toContain('before only 0, after only 11')
    const { failureSets } = JSON.parse((await weft('diff', '@a.yaml', '@b.yaml', ...asked, '--json')).out)
    for (const [side, file] of [
      ['before', '@a.yaml'],
      ['after', '@b.yaml'],
    ] as const) {
      const { worst, coverage, losing } = JSON.parse((await weft('whatif', file, ...asked, '--json')).out)
      const { command: _, ...first } = worst[0]
      expect(failureSets[side]).toMatchObject({ coverage, losing, worst: { ...first, reach: null } })
    }
    const top = await weft('diff', '@a.yaml', '@b.yaml', ...asked, '--top', '1', '--json')
    expect(JSON.parse(top.out).failureSets.changed).toEqual(failureSets.changed.slice(0, 1))
  })

  it.each([
    [['--of', 'link'], '--of: it says of which parts any fail; give "any", how many'],
    [['--any', '1', '--of', 'lnik'], '--of: "lnik" is no kind of part'],
    [['--any', '1', '--of', 'link/fabrik'], '--of: unknown tier of a link "fabrik"; did you mean "fabric"?'],
    [['--any', '0'], "option '--any <number>' argument '0' is invalid. Expected a whole number, 1 or more."],
    [['--top', '3'], '--top: it says how many sets are listed; give "any", how many parts fail'],
  ])('%j is refused', async (words, message) => {
    const { code, err } = await weft('diff', '@a.yaml', '@b.yaml', ...words)
    expect(code).toBe(2)
    expect(err).toContain(message)
  })

  it('nothing, and ends with 0', async () => {
    const { code, out } = await weft('diff', '@a.yaml', '@a.yaml')
    expect({ code, out: out.split('\n').at(-2) }).toEqual({ code: 0, out: '✓ nothing differs' })
  })
})
