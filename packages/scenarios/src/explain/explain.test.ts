import { describe, expect, it } from 'vitest'
import {
  type Explanation,
  fail,
  leafSpine,
  region,
  repair,
  renderExplanation,
  type ScenarioOptions,
  scenario,
} from '../index.ts'

const shape = { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '40Gbps' } as const
const routing = { detection: '100us', convergence: '100us' }
const addresses = { hosts: ['10.0.0.0/24', 'fd00::/64'] }
const regions = { r: region({ fabric: leafSpine(shape), routing, addresses }) }
const [from, to] = ['r/leaf-0/host-0', 'r/leaf-1/host-1']

const ask = (events: ScenarioOptions['events'], question: object = {}): Explanation =>
  scenario({ regions, ...(events !== undefined && { events }) }).explain({ from, to, ...question })

/** Keys of a document, with those of what it holds. */
function keysOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [keysOf(value[0])]
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === 'reply' ? 'reply' : keysOf(each)]),
  )
}

describe('a packet', () => {
  it('that arrives: every ECMP member with its weight, and the reply', () => {
    const { verdict, delivered, reason, at, hops, reply } = ask([])
    expect({ verdict, delivered, reason, at }).toEqual({
      verdict: 'delivered',
      delivered: 1,
      reason: null,
      at: null,
    })
    expect(hops.map(({ node, depth, share, action }) => [node, depth, share, action])).toEqual([
      [from, 0, 1, 'forward'],
      ['r/leaf-0', 1, 1, 'forward'],
      ['r/spine-0', 2, 0.5, 'forward'],
      ['r/spine-1', 2, 0.5, 'forward'],
      ['r/leaf-1', 3, 1, 'forward'],
      [to, 4, 1, 'deliver'],
    ])
    expect(hops[1]!.next.map(({ link, weight, rateBps, up }) => [link, weight, rateBps, up])).toEqual([
      ['r/leaf-0 → r/spine-0', 0.5, 40e9, true],
      ['r/leaf-0 → r/spine-1', 0.5, 40e9, true],
    ])
    expect(reply).toMatchObject({
      verdict: 'delivered',
      question: { from: { host: to }, to: { host: from } },
      reply: null,
    })
  })

  it('with a source port takes one way', () => {
    const { hops, delivered } = ask([], { sourcePort: 50_000 })
    expect(delivered).toBe(1)
    expect(hops).toHaveLength(5)
    expect(hops[1]!.next.map(({ share }) => share).sort()).toEqual([0, 1])
  })

  it('meets a dead spine until routing knows, and then goes round it', () => {
    const events = [fail('r/spine-1', '1ms')]
    expect(ask(events, { at: '999us' }).verdict).toBe('delivered')
    for (const at of ['1ms', '1199us']) {
      expect(ask(events, { at })).toMatchObject({
        verdict: 'partly delivered',
        delivered: 0.5,
        reason: 'link-down',
        at: 'r/leaf-0',
      })
    }
    const after = ask(events, { at: '1200us' })
    expect([after.verdict, after.hops.some(({ node }) => node === 'r/spine-1')]).toEqual(['delivered', false])
  })

  it('and after the repair uses it again', () => {
    const events = [fail('r/spine-1', '1ms'), repair('r/spine-1', '2ms')]
    expect(ask(events, { at: '2100us' }).hops.some(({ node }) => node === 'r/spine-1')).toBe(false)
    expect(ask(events, { at: '2200us' }).hops.some(({ node }) => node === 'r/spine-1')).toBe(true)
  })

  it('from a dead host drops there, and has no reply', () => {
    const { verdict, reason, at, reply } = ask([fail(from, '0s')])
    expect({ verdict, reason, at, reply }).toEqual({
      verdict: 'dropped',
      reason: 'node-down',
      at: from,
      reply: null,
    })
  })

  it('to a dead host drops before it, as link-down until there is no route', () => {
    const events = [fail(to, '1ms')]
    expect(ask(events, { at: '1ms' })).toMatchObject({
      verdict: 'dropped',
      reason: 'link-down',
      at: 'r/leaf-1',
    })
    expect(ask(events, { at: '2ms' })).toMatchObject({ verdict: 'dropped', reason: 'no-route', delivered: 0 })
  })

  it('whose reply is lost is delivered all the same', () => {
    const events = [fail('r/leaf-0:r/spine-0', '0s')]
    const verdicts = Array.from({ length: 40 }, (_, sourcePort) => {
      const { verdict, reply } = ask(events, { sourcePort: sourcePort + 1 })
      return `${verdict}, ${reply?.verdict ?? 'no reply'}`
    })
    // forward and reply hash on their own
    expect(new Set(verdicts)).toEqual(
      new Set(['delivered, delivered', 'delivered, dropped', 'dropped, no reply']),
    )
    const both = ask(events)
    expect([both.verdict, both.reply?.verdict]).toEqual(['partly delivered', 'partly delivered'])
  })

  it('of IPv6, by address in any of its forms', () => {
    const { question } = ask([], { from: 'FD00:0:0:0::1', to: 'fd00::4' })
    expect(question.from).toEqual({ host: from, address: 'fd00::1' })
    expect(question.to).toEqual({ host: to, address: 'fd00::4' })
    expect(ask([], { from, to: 'fd00::4' }).question.from.address).toBe('fd00::1')
    expect(() => ask([], { to: '10.0.0.99' })).toThrow('to: unknown host "10.0.0.99"')
    expect(() => ask([], { to: 'fd00::x' })).toThrow('to: unknown host "fd00::x"')
    expect(() => ask([], { to: from })).toThrow('is the sender itself')
  })
})

describe('bonded hosts', () => {
  const bonded = leafSpine({ ...shape, nicsPerHost: 2, nicAttachment: 'neighbours', bond: true })
  const dual = (events: NonNullable<ScenarioOptions['events']>, at: string) =>
    scenario({ regions: { r: region({ fabric: bonded, routing }) }, events }).explain({
      from,
      to: 'r/leaf-0/host-1',
      at,
    })

  it('choose among their links, and live on with one', () => {
    const whole = dual([], '0s')
    expect(whole.hops[0]!.next.map(({ node, share }) => [node, share]).sort()).toEqual([
      ['r/leaf-0', 0.5],
      ['r/leaf-1', 0.5],
    ])
    const events = [fail('r/leaf-0', '1ms')]
    expect(dual(events, '1ms').verdict).not.toBe('delivered')
    expect(dual(events, '2ms')).toMatchObject({ verdict: 'delivered', delivered: 1 })
  })
})

describe('the document', () => {
  it('has these keys', () => {
    expect(keysOf(ask([fail('r/spine-1', '0s')]))).toMatchInlineSnapshot(`
      {
        "at": "string",
        "delivered": "number",
        "drops": [
          {
            "node": "string",
            "reason": "string",
            "share": "number",
          },
        ],
        "established": [],
        "hops": [
          {
            "action": "string",
            "before": null,
            "depth": "number",
            "next": [
              {
                "link": "string",
                "node": "string",
                "rateBps": "number",
                "share": "number",
                "up": "boolean",
                "weight": "number",
              },
            ],
            "node": "string",
            "reason": null,
            "service": null,
            "share": "number",
            "translated": null,
          },
        ],
        "notes": [],
        "question": {
          "atPs": "number",
          "from": {
            "address": "string",
            "host": "string",
          },
          "port": "number",
          "protocol": "string",
          "to": {
            "address": "string",
            "host": "string",
          },
        },
        "reason": "string",
        "reply": "reply",
        "request": null,
        "resolution": null,
        "rule": null,
        "schema": "number",
        "service": null,
        "verdict": "string",
      }
    `)
  })

  it('reads well', () => {
    expect(renderExplanation(ask([fail('r/spine-1', '0s')]), false)).toMatchInlineSnapshot(`
      "r/leaf-0/host-0 (10.0.0.1) → r/leaf-1/host-1 (10.0.0.4) tcp port 80
        r/leaf-0/host-0 → r/leaf-0 10Gbps
          r/leaf-0 one of 2 (ECMP): every member, by weight
            → 50% r/spine-0 40Gbps
            → 50% r/spine-1 40Gbps DOWN: link-down
            r/spine-0 (50% comes this way) → r/leaf-1 40Gbps
              r/leaf-1 (50% comes this way) → r/leaf-1/host-1 10Gbps
                r/leaf-1/host-1 (50% comes this way) delivered
      ! 50% of the ways deliver; the rest: link-down at r/leaf-0

      reply
        r/leaf-1/host-1 → r/leaf-1 10Gbps
          r/leaf-1 one of 2 (ECMP): every member, by weight
            → 50% r/spine-0 40Gbps
            → 50% r/spine-1 40Gbps DOWN: link-down
            r/spine-0 (50% comes this way) → r/leaf-0 40Gbps
              r/leaf-0 (50% comes this way) → r/leaf-0/host-0 10Gbps
                r/leaf-0/host-0 (50% comes this way) delivered
      ! 50% of the ways deliver; the rest: link-down at r/leaf-1
      "
    `)
  })
})
