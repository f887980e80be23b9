import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FIREWALL, isSame, judgementOf, tupleOf } from './firewall-router.ts'
import { kernelMissing, LinuxKernel } from './linux-kernel.ts'
import { datagramScript, datagramsOf } from './datagram-scripts.ts'
import type { ScriptedPacket } from './scripted-packet.ts'
import { chunksOf, sctpScript } from './sctp-scripts.ts'
import { segmentsOf, tcpScript } from './tcp-scripts.ts'
import { WeftFirewall } from './weft-firewall.ts'
import type { ConntrackOptions } from '../../src/conntrack/conntrack-options.ts'

const missing = kernelMissing()
/** Scripts a property: more by the environment, to look for what is rare. */
const RUNS = Number(process.env['WEFT_LINUX_RUNS'] ?? 500)
const why = missing === undefined ? '' : ` (skipped: ${missing})`

describe.skipIf(missing !== undefined)(`Conntrack beside Linux itself${why}`, () => {
  let kernel: LinuxKernel
  /** In how many scripts a verdict came up. */
  const verdicts = new Map<string, number>()
  beforeAll(async () => {
    kernel = await LinuxKernel.start(FIREWALL)
  })
  afterAll(() => kernel?.close())

  /** The same packets through both; what the first packet did that they disagree on, and all before it. */
  async function compare(script: readonly ScriptedPacket[], options: ConntrackOptions = {}): Promise<void> {
    await kernel.flush()
    const answers = await kernel.run(
      script.map(({ step }) => step),
      script.map(({ step }) => tupleOf(step[1])),
    )
    const weft = new WeftFirewall(options)
    const lines: string[] = []
    const seen = new Set<string>()
    for (const [place, { step, words }] of script.entries()) {
      const theirs = judgementOf(answers[place]!, place)
      const ours = weft.judge(...step)
      seen.add(theirs.verdict)
      lines.push(words, `    linux ${JSON.stringify(theirs)}`)
      if (!isSame(theirs, ours)) expect.fail(`${lines.join('\n')}\n    weft  ${JSON.stringify(ours)}`)
    }
    for (const verdict of seen) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
  }

  it('follows TCP', async () => {
    await fc.assert(
      fc.asyncProperty(tcpScript, (script) => compare(segmentsOf(script))),
      { numRuns: RUNS },
    )
    for (const verdict of ['new', 'established', 'invalid', 'dropped'])
      expect(verdicts.get(verdict)).toBeGreaterThan(RUNS / 20)
  })

  it('follows UDP, ICMP and other protocols of several flows', async () => {
    verdicts.clear()
    await fc.assert(
      fc.asyncProperty(datagramScript, (script) => compare(datagramsOf(script))),
      { numRuns: RUNS },
    )
    for (const verdict of ['new', 'established', 'related', 'invalid', 'dropped'])
      expect(verdicts.get(verdict)).toBeGreaterThan(RUNS / 20)
  })

  it('follows SCTP associations from their opening on', async () => {
    await fc.assert(
      fc.asyncProperty(sctpScript, (script) => compare(chunksOf(script))),
      { numRuns: RUNS },
    )
  })

  it('finds out a Weft that waits a second too long', async () => {
    const wrong = { timeoutsPs: { icmp: 32e12 } }
    const property = fc.asyncProperty(datagramScript, (script) => compare(datagramsOf(script), wrong))
    const { failed, counterexample } = await fc.check(property, { numRuns: RUNS })
    expect(failed).toBe(true)
    expect(counterexample![0].packets).toHaveLength(1)
  })
})
