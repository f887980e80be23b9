import { printDuration } from '@weft/core'
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
