import { printDuration, SECOND, Simulation } from '@weft/core'
import { randomFailures } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { compiled, controller } from './scripts.fixture.ts'

const HOST = 'r/leaf-1/host-0'
const LEAF = 'r/leaf-1'
const FAIL = { at: '10s', fail: HOST }
interface Told {
  readonly kubernetes?: object
  readonly rest?: object
}

function compiledWith(manifests: string, events: readonly object[], { kubernetes, rest }: Told = {}) {
  const patience = { nodeMonitorGrace: '5s', podEviction: '20s', ...kubernetes }
  const result = compiled({ m: manifests }, events, patience, rest)
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('\n'))
  return result.value
}

/** `15s not-ready db-0` of every event of pods. */
function told(manifests: string, events: readonly object[], options: Told = {}): string[] {
  return compiledWith(manifests, events, options)
    .blueprint.events.filter(({ action }) => action !== 'fail' && action !== 'repair')
    .map(({ atPs, action, target }) => `${printDuration(atPs)} ${action} ${target}`)
    .map((each) => each.replace(/shop\/db(-[a-z0-9]{7})?(-[a-z0-9]{5})?/, 'db'))
}

/** Where what takes its place goes. */
const hostOf = (manifests: string, events: readonly object[], name: string): string | undefined =>
  compiledWith(manifests, events).clusters[0]!.cloud.pods.find((pod) => pod.name.endsWith(name))?.host

/** A pod on each of the four hosts. */
const EVERYWHERE = controller('Deployment', 'db', 4)

describe('a host that fails', () => {
  it('takes its pods out of services after the grace, and a Deployment starts others elsewhere after the eviction', () => {
    expect(told(EVERYWHERE, [FAIL])).toEqual([
      '15s not-ready db',
      '35s stop db',
      '35s start db#2',
      '35s ready db#2',
    ])
    const other = hostOf(EVERYWHERE, [FAIL], '#2')
    expect(other).not.toBe(HOST)
    expect(told(EVERYWHERE, [{ ...FAIL, startup: '3s' }]).slice(2)).toEqual([
      '35s boot db#2',
      '38s start db#2',
      '38s ready db#2',
    ])
  })

  it('that comes back before has its pods as before, or never missed them', () => {
    const back = (at: string) => [FAIL, { at, repair: HOST }]
    expect(told(EVERYWHERE, back('14s'))).toEqual([])
    expect(told(EVERYWHERE, back('30s'))).toEqual(['15s not-ready db', '30s ready db'])
  })

  it('leaves StatefulSets, machines and lone pods without a pod, until it comes back or for good', () => {
    const sets = controller('StatefulSet', 'db', 4)
    const back = [FAIL, { at: '40s', repair: HOST }]
    expect(told(sets, [FAIL])).toEqual(['15s not-ready db-2', '35s stop db-2'])
    expect(told(sets, back)).toEqual([
      '15s not-ready db-2',
      '35s stop db-2',
      '40s start db-2#2',
      '40s ready db-2#2',
    ])
    const pod = `
---
apiVersion: v1
kind: Pod
metadata: { name: db, namespace: shop }
spec: { containers: [{ name: a }] }
`
    expect(told(pod, back, { kubernetes: { pin: { 'shop/db': HOST } } })).toEqual([
      '15s not-ready db',
      '35s stop db',
    ])
  })

  it('keeps the pods of DaemonSets, which are ready again when it is', () => {
    const set = controller('DaemonSet', 'db', 1)
    const own = told(set, [FAIL, { at: '50s', repair: HOST }])
    expect(own).toEqual(['15s not-ready db', '50s ready db'])
  })

  it('keeps pods for as long as they tolerate it', () => {
    const tolerating = (seconds: string) =>
      controller('Deployment', 'db', 4, {
        pod: `tolerations: [{ key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute${seconds} }]`,
      })
    expect(told(tolerating(', tolerationSeconds: 7'), [FAIL])[1]).toBe('22s stop db')
    expect(told(tolerating(''), [FAIL])).toEqual(['15s not-ready db'])
  })

  it('has the defaults of Kubernetes', () => {
    const unset = { nodeMonitorGrace: undefined, podEviction: undefined }
    const events = told(EVERYWHERE, [FAIL], { kubernetes: unset, rest: { run: { for: '400s' } } })
    expect(events.slice(0, 2)).toEqual(['50s not-ready db', '350s stop db'])
  })

  it('is not where pods are started meanwhile', () => {
    const events = [FAIL, { at: '20s', rollout: 'shop/db' }]
    const { cloud } = compiledWith(controller('Deployment', 'db', 8), events).clusters[0]!
    const successors = cloud.pods.filter(({ name }) => name.endsWith('#2'))
    expect(successors).toHaveLength(8)
    expect(successors.map(({ host }) => host)).not.toContain(HOST)
  })

  it('warns of pods that fit on no other host', () => {
    const { warnings } = compiledWith(EVERYWHERE, [FAIL], { kubernetes: { pin: { 'shop/db': HOST } } })
    expect(warnings.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('fits on no node that is left; nothing takes its place'),
    )
  })

  it('does not turn pods ready that are not, and lets probes pass when it is back', () => {
    const PROBE = 'readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 }'
    const probed = controller('DaemonSet', 'db', 1, { container: PROBE })
    const node = (at: string) => ({ at, repair: HOST })
    const { cloud } = compiledWith(probed, []).clusters[0]!
    const here = cloud.pods.find(({ host }) => host === HOST)!.name
    const unhealthy = [{ at: '8s', notReady: here }, FAIL, node('30s')]
    expect(told(probed, unhealthy)).toEqual(['8s not-ready db'])
    const mended = [...unhealthy, { at: '20s', ready: here }]
    expect(told(probed, mended)).toEqual(['8s not-ready db', '30s ready db'])
  })
})

describe('a host that is cut off', () => {
  it('by its link, or by its switch, is lost as one that fails; its pods go on until it hears', () => {
    const events = (fail: string) => [
      { at: '10s', fail },
      { at: '50s', repair: fail },
    ]
    const all = told(EVERYWHERE, events(`${HOST}/vswitch:${LEAF}`))
    expect(all).toEqual(['15s not-ready db', '35s start db#2', '35s ready db#2', '50s stop db'])
    expect(told(EVERYWHERE, events(LEAF)).filter((each) => each.includes('not-ready'))).toHaveLength(2)
  })

  it('is not one that has another link left', () => {
    const links = ['h1', 'h2'].flatMap((host) =>
      ['a', 'b'].map((leaf) => ({ between: [host, leaf], rate: '10Gbps' })),
    )
    const hosts = ['h1', 'h2'].map((name) => ({ name, bond: true }))
    const rest = {
      regions: { r: { fabric: { graph: { switches: ['a', 'b'], hosts, links } } } },
    }
    const set = controller('DaemonSet', 'db', 1)
    const fail = (atS: number, leaf: string) => ({ at: `${atS}s`, fail: `r/${leaf}` })
    expect(told(set, [fail(1, 'a')], { rest })).toEqual([])
    const cut = [fail(1, 'a'), { at: '2s', fail: 'r/b:r/h1/vswitch' }]
    expect(told(set, cut, { rest })).toEqual(['7s not-ready db'])
    const both = [fail(1, 'a'), fail(2, 'b')]
    expect(told(set, both, { rest })).toEqual(['7s not-ready db', '7s not-ready db'])
  })
})

describe('the control plane', () => {
  const RACKS = {
    r: {
      fabric: {
        leafSpine: { leaves: 3, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
      },
    },
  }
  /** On which leaves pods are not ready, and from when on. */
  function lost(events: readonly object[]): string[] {
    const set = controller('DaemonSet', 'db', 1)
    const { blueprint, clusters } = compiledWith(set, events, { rest: { regions: RACKS } })
    const hostOf = new Map(clusters[0]!.cloud.pods.map(({ name, host }) => [name, host]))
    const told = blueprint.events.flatMap(({ action, atPs, target }) =>
      action === 'not-ready' || action === 'ready'
        ? [`${printDuration(atPs)} ${action} ${hostOf.get(target)!.split('/')[1]!}`]
        : [],
    )
    return [...new Set(told)]
  }
  const fail = (atS: number, name: string) => ({ at: `${atS}s`, fail: `r/${name}` })
  const repair = (atS: number, name: string) => ({ at: `${atS}s`, repair: `r/${name}` })
  const link = (leaf: number, spine: number) => `leaf-${leaf}:r/spine-${spine}`

  it('hears nothing of hosts behind a leaf without a way out', () => {
    expect(lost([fail(1, link(1, 0))])).toEqual([])
    const cut = [fail(1, link(1, 0)), fail(2, link(1, 1)), repair(20, link(1, 0))]
    expect(lost(cut)).toEqual(['7s not-ready leaf-1', '20s ready leaf-1'])
    expect(lost([fail(1, link(1, 0)), fail(2, 'spine-1')])).toEqual(['7s not-ready leaf-1'])
  })

  it('is where most hosts are, and among as many with the first', () => {
    const spines = [fail(1, 'spine-0'), fail(1, 'spine-1')]
    expect(lost(spines)).toEqual(['6s not-ready leaf-1', '6s not-ready leaf-2'])
    expect(lost([fail(1, 'spine-0'), fail(1, link(0, 1))])).toEqual(['6s not-ready leaf-0'])
  })

  it('stays there whatever becomes of hosts', () => {
    const apart = [fail(1, 'spine-0'), fail(1, link(0, 1))]
    const hosts = [1, 2].flatMap((leaf) => [0, 1].map((host) => fail(10, `leaf-${leaf}/host-${host}`)))
    expect(lost([...apart, ...hosts])).toEqual([
      '6s not-ready leaf-0',
      '15s not-ready leaf-1',
      '15s not-ready leaf-2',
    ])
  })
})

describe('what fails by itself', () => {
  const OFTEN = { mtbf: '200s', mttr: '30s' }
  const WEEKS = { run: { for: '1000s', clock: 'flow' }, seed: 'losses' }
  const daemons = controller('DaemonSet', 'db', 1)

  /** Times of a host's pod, and those in which the run has the target down for longer than the grace. */
  function timesOf(reliability: readonly object[], target: string) {
    const { blueprint, clusters } = compiledWith(daemons, [], { rest: { ...WEEKS, reliability } })
    const pod = clusters[0]!.cloud.pods.find(({ host }) => host === HOST)!.name
    const told = blueprint.events.flatMap(({ action, atPs, target: of }) =>
      of === pod ? [{ atPs, action }] : [],
    )
    const sim = new Simulation({ seed: blueprint.seed })
    const drawn = randomFailures(blueprint.reliability!, sim, 1000 * SECOND)
    const own = drawn.filter((each) => each.target === target)
    const expected = own.flatMap(({ atPs, action }, i) => {
      if (action === 'repair') return []
      const toPs = own[i + 1]?.atPs ?? Infinity
      if (toPs <= atPs + 5 * SECOND) return []
      return [
        { atPs: atPs + 5 * SECOND, action: 'not-ready' },
        { atPs: toPs, action: 'ready' },
      ]
    })
    return { told, expected: expected.filter(({ atPs }) => atPs <= 2000 * SECOND) }
  }

  it('takes the pods of a host out of services when the run has it down', () => {
    const { told, expected } = timesOf([{ of: 'host', ...OFTEN }], HOST)
    expect(told.length).toBeGreaterThan(4)
    expect(told).toEqual(expected)
  })

  it('cuts hosts off by their links, under the names that these have behind virtual switches', () => {
    const { told, expected } = timesOf([{ of: 'link', tier: 'host', ...OFTEN }], `${LEAF}:${HOST}/vswitch`)
    expect(told.length).toBeGreaterThan(3)
    expect(told).toEqual(expected)
  })

  it('cuts all hosts off that a shared risk has down', () => {
    const rest = { risks: { rack: [LEAF] }, ...WEEKS, reliability: [{ name: 'rack', ...OFTEN }] }
    const { blueprint } = compiledWith(daemons, [], { rest })
    const lost = blueprint.events.filter(({ action }) => action === 'not-ready')
    expect(lost.length).toBeGreaterThan(3)
    expect(new Set(lost.map(({ atPs }) => atPs)).size).toBe(lost.length / 2)
  })

  it('is refused where it would take more pods than fit', () => {
    const rest = {
      run: { for: '50d', clock: 'flow' },
      reliability: [{ of: 'host', mtbf: '60s', mttr: '60s' }],
    }
    expect(() => compiledWith(controller('Deployment', 'db', 200), [], { rest })).toThrow(
      /would lose some [\d,]+ pods, each with another in its place; at most 50,000 fit/,
    )
  })

  it('is told of at the events where these alone say who fails', () => {
    const outages = Array.from({ length: 1100 }, (_, i) => [
      { at: `${100 * i}s`, fail: HOST },
      { at: `${100 * i + 50}s`, repair: HOST },
    ]).flat()
    const rest = { run: { for: '50d', clock: 'flow' } }
    const result = compiled(
      { m: controller('Deployment', 'db', 200) },
      outages,
      { nodeMonitorGrace: '5s' },
      rest,
    )
    expect(result).toMatchObject({
      ok: false,
      issues: [{ path: ['events'], message: expect.stringMatching('some 55,000 pods') }],
    })
  })

  it('has pods started elsewhere, on hosts that have none yet', () => {
    const rest = { ...WEEKS, reliability: [{ of: 'host', mtbf: '100s', mttr: '100s' }] }
    const { clusters } = compiledWith(controller('Deployment', 'db', 1), [], { rest })
    const { pods } = clusters[0]!.cloud
    expect(pods.length).toBeGreaterThan(3)
    expect(new Set(pods.map(({ host }) => host)).size).toBeGreaterThan(1)
  })
})
