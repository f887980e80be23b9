import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isSame, tupleOf } from './firewall-router.ts'
import {
  IPS_ASSURED,
  IPS_SEEN_REPLY,
  type KernelAnswer,
  type KernelEntry,
  kernelMissing,
  LinuxKernel,
} from './linux-kernel.ts'
import { UDP } from './ip-packets.ts'
import { hexOf, type WirePacket, wireOf, wordsOf } from './server-packets.ts'
import {
  linkName,
  SERVER_SETUP,
  serverRules,
  type ServerPlan,
  serviceAddress,
  SERVICE_PORT,
  WORKLOADS,
} from './server-rules.ts'
import { serverPlan, ServerScript, serverTurns, type Turn } from './server-scripts.ts'
import { type ServerOutcome, WeftServer } from './weft-server.ts'
import type { EntryView } from './weft-firewall.ts'

const missing = kernelMissing()
const why = missing === undefined ? '' : ` (skipped: ${missing})`
/** Plans, each with several scripts: more by the environment, to look for what is rare. */
const RUNS = Number(process.env['WEFT_LINUX_RUNS'] ?? 30)
const SCRIPTS = 6
/** What scripts are for. */
const REACHED = [
  'passed',
  'conntrack-invalid',
  'policy-denied-egress',
  'policy-denied-ingress',
  'service-no-endpoint',
  'service-no-local-endpoint',
]

describe.skipIf(missing !== undefined)(`A server beside Linux itself${why}`, { timeout: 600_000 }, () => {
  let kernel: LinuxKernel
  /** How often something came up. */
  const seen = new Map<string, number>()
  beforeAll(async () => {
    kernel = await LinuxKernel.start({ ...SERVER_SETUP, rules: 'table ip weft {\n}' })
  })
  afterAll(() => kernel?.close())

  /** The same packets through both; the first that they disagree on, and all before it. */
  async function compare(plan: ServerPlan, turns: readonly Turn[]): Promise<void> {
    const weft = new WeftServer(plan)
    const script = new ServerScript()
    const outcomes: { ours: ServerOutcome; entry: EntryView | null }[] = []
    for (const turn of turns) {
      const sent = script.next(turn)
      if (sent === undefined) continue
      const ours = weft.send(sent.link, sent.packet)
      script.came(ours)
      outcomes.push({ ours, entry: weft.entryOf(sent.link, sent.packet) })
    }
    const steps = script.sent.map(({ link, packet }) => [linkName(link), hexOf(packet)] as const)
    const watched = steps.map(([, hex]) => tupleOf(hex))
    const answers = await runAtOnce(steps, watched)
    const lines = [JSON.stringify(plan)]
    for (const [place, { ours, entry }] of outcomes.entries()) {
      const { link, packet } = script.sent[place]!
      const theirs = outOf(answers[place]!)
      const weftOut = ours.out.map((each) => `${linkName(each.link)}: ${wordsOf(each.packet)}`)
      const theirEntry = packet.error === undefined ? viewOf(answers[place]!.entries![place]!) : null
      lines.push(`${linkName(link)}: ${wordsOf(packet)}`)
      lines.push(`    linux ${JSON.stringify(theirs)} ${JSON.stringify(theirEntry)}`)
      count(ours.reason ?? 'passed')
      const [verdict, both] = ['new' as const, [theirEntry, entry] as const]
      const isAlike = isSame({ verdict, entry: both[0] }, { verdict, entry: both[1] })
      // a clash: which port is free to both, and what follows hangs on it
      if (theirEntry?.isAnswered === false && isMoved(packet, ours, answers[place]!)) return
      if (JSON.stringify(theirs) !== JSON.stringify(weftOut) || !isAlike)
        expect.fail(
          `${lines.join('\n')}\n    weft  ${JSON.stringify(weftOut)} ${JSON.stringify(entry)} ${ours.reason}`,
        )
    }
  }

  /** Again if the machine stood still meanwhile: timers must not tell. */
  async function runAtOnce(
    steps: readonly (readonly [string, string])[],
    watched: readonly ReturnType<typeof tupleOf>[],
  ): Promise<KernelAnswer[]> {
    for (let left = 10; ; left--) {
      await kernel.flush()
      const answers = await kernel.run(steps, watched)
      if (left === 0 || (answers.at(-1)?.elapsedS ?? 0) < 0.4) return answers
    }
  }

  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)

  it('translates, lets through, drops and refuses as kube-proxy and a firewall do', async () => {
    const property = fc.asyncProperty(
      serverPlan,
      fc.array(serverTurns, { minLength: SCRIPTS, maxLength: SCRIPTS }),
      async (plan, scripts) => {
        await kernel.setRules(serverRules(plan))
        for (const turns of scripts) await compare(plan, turns)
      },
    )
    await fc.assert(property, { numRuns: RUNS })
    for (const what of REACHED) expect(seen.get(what), what).toBeGreaterThan(RUNS / 4)
  })

  it('keeps connections of one port apart that two services lead to one endpoint', async () => {
    const service = { endpoint: 'far' as const, isLocal: false }
    const plan = { services: [service, service], rules: { a: {}, b: {} }, whenDenied: 'drop' as const }
    await kernel.setRules(serverRules(plan))
    await kernel.flush()
    const weft = new WeftServer(plan)
    const call = (index: number) => ({
      source: WORKLOADS.a,
      destination: serviceAddress(index),
      protocol: UDP,
      sourcePort: 2000,
      destinationPort: SERVICE_PORT,
      flags: 0,
      sequence: 0,
      acknowledgement: 0,
      payloadBytes: 0,
    })
    const answers = await kernel.run([0, 1].map((index) => [linkName('a'), hexOf(call(index))]))
    const theirs = answers.map(({ out }) => wireOf(out[0]![1]).sourcePort)
    const ours = [0, 1].map((index) => weft.send('a', call(index)).out[0]!.packet.sourcePort)
    for (const [first, second] of [theirs, ours] as [number, number][]) {
      expect(first).toBe(2000)
      expect(second).not.toBe(2000)
      expect(second).toBeGreaterThanOrEqual(1024)
    }
  })
})

/** Both gave it a source port of their own choice, and did nothing else differently. */
function isMoved(sent: WirePacket, { out: ours }: ServerOutcome, { out: theirs }: KernelAnswer): boolean {
  if (ours.length !== 1 || theirs.length !== 1 || sent.error !== undefined) return false
  const [weft, linux] = [ours[0]!.packet, wireOf(theirs[0]![1])]
  if (weft.sourcePort === sent.sourcePort || linux.sourcePort === sent.sourcePort) return false
  return (
    linkName(ours[0]!.link) === theirs[0]![0] &&
    linux.sourcePort >= 1024 &&
    wordsOf({ ...linux, sourcePort: weft.sourcePort }) === wordsOf(weft)
  )
}

function outOf({ out }: KernelAnswer): string[] {
  return out.map(([link, hex]) => `${link}: ${wordsOf(wireOf(hex))}`)
}

function viewOf(entry: KernelEntry | null): EntryView | null {
  if (entry === null) return null
  return {
    state: entry.state,
    isAnswered: (entry.status & IPS_SEEN_REPLY) !== 0,
    isAssured: (entry.status & IPS_ASSURED) !== 0,
    timeoutS: entry.timeout,
  }
}
