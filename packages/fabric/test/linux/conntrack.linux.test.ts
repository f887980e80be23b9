import { SECOND } from '@weft/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FIREWALL, INSIDE, isSame, judgementOf, OUTSIDE, tupleOf } from './firewall-router.ts'
import { GOLDEN_QUESTIONS, goldenLine } from './golden-scripts.ts'
import { ipPacket, UDP, udpDatagram } from './ip-packets.ts'
import {
  type KernelAnswer,
  type KernelStep,
  type KernelTuple,
  kernelMissing,
  LinuxKernel,
} from './linux-kernel.ts'
import { datagramScript, datagramsOf } from './datagram-scripts.ts'
import type { ScriptedPacket } from './scripted-packet.ts'
import { chunksOf, sctpScript } from './sctp-scripts.ts'
import { segmentsOf, tcpScript } from './tcp-scripts.ts'
import { WeftFirewall } from './weft-firewall.ts'
import { TIMEOUT_NAMES, type TimeoutName, timeoutsOf } from '../../src/conntrack/timeouts.ts'
import type { ConntrackOptions } from '../../src/conntrack/conntrack-options.ts'

const missing = kernelMissing()
/** Scripts a property: more by the environment, to look for what is rare. */
const RUNS = Number(process.env['WEFT_LINUX_RUNS'] ?? 300)
const why = missing === undefined ? '' : ` (skipped: ${missing})`

describe.skipIf(missing !== undefined)(`Conntrack beside Linux itself${why}`, { timeout: 600_000 }, () => {
  let kernel: LinuxKernel
  /** In how many scripts a verdict came up. */
  const verdicts = new Map<string, number>()
  beforeAll(async () => {
    kernel = await LinuxKernel.start(FIREWALL)
  })
  afterAll(() => kernel?.close())

  /** A script on an empty table, again if the machine stood still meanwhile: timers must not tell. */
  async function runAtOnce(
    steps: readonly KernelStep[],
    watched: readonly KernelTuple[],
  ): Promise<KernelAnswer[]> {
    for (let left = 10; ; left--) {
      await kernel.flush()
      const answers = await kernel.run(steps, watched)
      if (left === 0 || answers.at(-1)!.elapsedS < 0.4) return answers
    }
  }

  /** The same packets through both; what the first packet did that they disagree on, and all before it. */
  async function compare(script: readonly ScriptedPacket[], options: ConntrackOptions = {}): Promise<void> {
    const steps = script.map(({ step }) => step)
    const answers = await runAtOnce(
      steps,
      steps.map(([, packet]) => tupleOf(packet)),
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
      expect(verdicts.get(verdict), verdict).toBeGreaterThan(RUNS / 10)
  })

  it('follows UDP, ICMP and other protocols of several flows', async () => {
    verdicts.clear()
    await fc.assert(
      fc.asyncProperty(datagramScript, (script) => compare(datagramsOf(script))),
      { numRuns: RUNS },
    )
    for (const verdict of ['new', 'established', 'related', 'invalid', 'dropped'])
      expect(verdicts.get(verdict), verdict).toBeGreaterThan(RUNS / 10)
  })

  it('follows SCTP associations from their opening on', async () => {
    await fc.assert(
      fc.asyncProperty(sctpScript, (script) => compare(chunksOf(script))),
      { numRuns: RUNS },
    )
  })

  it('finds out a Weft that waits two seconds too long, by a few packets', async () => {
    const wrong = { timeoutsPs: { icmp: 32e12 } }
    const property = fc.asyncProperty(datagramScript, (script) => compare(datagramsOf(script), wrong))
    const { failed, counterexample } = await fc.check(property, { numRuns: RUNS })
    expect(failed).toBe(true)
    expect(counterexample![0].packets.length).toBeLessThanOrEqual(3)
  })

  it('has the timeouts that Linux has', async () => {
    const names = Object.entries(SYSCTLS)
    const values = await kernel.getSysctls(names.map(([, sysctl]) => sysctl))
    const linux = timeoutsOf('linux')
    for (const [name, sysctl] of names)
      expect(`${name} ${values[sysctl]}`).toBe(`${name} ${linux[name as TimeoutName] / SECOND}`)
    expect(names).toHaveLength(TIMEOUT_NAMES.length - NOT_A_SYSCTL.length)
  })

  it('is what the golden file says', async () => {
    const lines: string[] = []
    for (const { name, packets } of GOLDEN_QUESTIONS) {
      const steps = packets.map(({ step }) => step)
      const answers = await runAtOnce(steps, [tupleOf(steps[0]![1])])
      // whole seconds of the table: 119 are 120 that have begun to run out
      lines.push(goldenLine(name, judgementOf(answers.at(-1)!, 0), (left) => Math.ceil(left / 10) * 10))
    }
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/tcp.txt')
  })

  it('tells streams of UDP from single answers by the first two seconds', async () => {
    await kernel.flush()
    const weft = new WeftFirewall()
    const flows = udpFlows(['one way', 'answered', 'answered late'])
    const compareAll = async (steps: readonly KernelStep[]) => {
      const answers = await kernel.run(
        steps,
        steps.map(([, packet]) => tupleOf(packet)),
      )
      steps.forEach((step, place) => {
        const [theirs, ours] = [judgementOf(answers[place]!, place), weft.judge(...step)]
        expect({ theirs, ours, same: isSame(theirs, ours) }).toMatchObject({ same: true })
      })
    }
    await compareAll([flows[0]!.out, flows[1]!.out, flows[1]!.back, flows[2]!.out])
    await new Promise((resolve) => setTimeout(resolve, 2100))
    weft.clock.now = 2.1 * SECOND
    await compareAll([flows[0]!.out, flows[1]!.out, flows[2]!.back, flows[2]!.out])
  })
})

/** Those of `TIMEOUT_NAMES` that Linux lets nobody set: a state of its own table, and the same for both kinds of ICMP. */
const NOT_A_SYSCTL = ['tcpSynSent2']
const SYSCTLS: Partial<Record<TimeoutName, string>> = Object.fromEntries(
  Object.entries({
    tcpSynSent: 'tcp_timeout_syn_sent',
    tcpSynReceived: 'tcp_timeout_syn_recv',
    tcpEstablished: 'tcp_timeout_established',
    tcpFinWait: 'tcp_timeout_fin_wait',
    tcpCloseWait: 'tcp_timeout_close_wait',
    tcpLastAck: 'tcp_timeout_last_ack',
    tcpTimeWait: 'tcp_timeout_time_wait',
    tcpClose: 'tcp_timeout_close',
    tcpUnacknowledged: 'tcp_timeout_unacknowledged',
    tcpRetransmitted: 'tcp_timeout_max_retrans',
    sctpClosed: 'sctp_timeout_closed',
    sctpCookieWait: 'sctp_timeout_cookie_wait',
    sctpCookieEchoed: 'sctp_timeout_cookie_echoed',
    sctpEstablished: 'sctp_timeout_established',
    sctpShutdownSent: 'sctp_timeout_shutdown_sent',
    sctpShutdownReceived: 'sctp_timeout_shutdown_recd',
    sctpShutdownAckSent: 'sctp_timeout_shutdown_ack_sent',
    sctpHeartbeatSent: 'sctp_timeout_heartbeat_sent',
    udp: 'udp_timeout',
    udpStream: 'udp_timeout_stream',
    icmp: 'icmp_timeout',
    gre: 'gre_timeout',
    greStream: 'gre_timeout_stream',
    other: 'generic_timeout',
  } satisfies Partial<Record<TimeoutName, string>>).map(([name, sysctl]) => [
    name,
    `net.netfilter.nf_conntrack_${sysctl}`,
  ]),
)

function udpFlows(names: readonly string[]): { out: KernelStep; back: KernelStep }[] {
  return names.map((_, place) => {
    const [source, destination, port] = [INSIDE[0], OUTSIDE[0], 1000 + place]
    const out = ipPacket({ source, destination, protocol: UDP, payload: udpDatagram(port, 53) })
    const back = ipPacket({
      source: destination,
      destination: source,
      protocol: UDP,
      payload: udpDatagram(53, port),
    })
    return { out: ['inside', out], back: ['outside', back] }
  })
}
