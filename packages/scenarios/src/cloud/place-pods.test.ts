import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import type { Pod } from '../kubernetes/index.ts'
import { type PlacementOptions, placePods, type PodHost } from './place-pods.ts'

const pod = (
  workload: string,
  index: number,
  rest: Partial<Pod> = {},
  template: Partial<Pod['template']> = {},
): Pod => ({
  id: `shop/${workload}-${index}`,
  namespace: 'shop',
  name: `${workload}-${index}`,
  workload: `shop/${workload}`,
  labels: {},
  hostname: `${workload}-${index}`,
  addresses: [],
  phase: 'Running',
  isReady: true,
  isTerminating: false,
  isDeclared: false,
  template: {
    labels: {},
    annotations: {},
    ports: [],
    readinessProbes: [],
    hostNetwork: false,
    nodeSelector: {},
    tolerations: [],
    dns: { from: 'cluster', nameservers: [], searches: [], ndots: 5 },
    terminationGracePeriodSeconds: 30,
    ...template,
  },
  ...rest,
})

const hosts = (count: number, node: (index: number) => Partial<PodHost['node']> = () => ({})): PodHost[] =>
  Array.from({ length: count }, (_, index) => ({
    host: `ord1/leaf-0/host-${index}`,
    node: { name: `node-${index}`, labels: {}, taints: [], ...node(index) },
  }))

const SPREAD: PlacementOptions = { strategy: 'spread', podsPerHost: 110 }

const counts = (pods: Pod[], on: PodHost[], options = SPREAD) => {
  const { hostOf } = placePods(pods, on, options)
  return on.map(({ host }) => [...hostOf.values()].filter((each) => each === host).length)
}

describe('placing pods', () => {
  it('spreads those of a workload, and then all of them', () => {
    const pods = [pod('cart', 0), pod('cart', 1), pod('web', 0), pod('web', 1)]
    expect(counts(pods, hosts(4))).toEqual([1, 1, 1, 1])
    expect(counts([pod('cart', 0), pod('cart', 1), pod('cart', 2)], hosts(2))).toEqual([2, 1])
  })

  it('packs host after host', () => {
    const pods = Array.from({ length: 5 }, (_, index) => pod('cart', index))
    expect(counts(pods, hosts(3), { strategy: 'pack', podsPerHost: 2 })).toEqual([2, 2, 1])
  })

  it('leaves pods where they run, whatever taints and room say', () => {
    const on = hosts(2, () => ({ taints: [{ key: 'gpu', value: '', effect: 'NoSchedule' }] }))
    const pods = [0, 1, 2].map((index) => pod('cart', index, { nodeName: 'node-1' }))
    expect(counts(pods, on, { strategy: 'spread', podsPerHost: 1 })).toEqual([0, 3])
  })

  it('goes by labels and taints', () => {
    const on = hosts(3, (index) => ({
      labels: { disk: index === 2 ? 'ssd' : 'hdd' },
      taints: index === 0 ? [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] : [],
    }))
    expect(counts([pod('db', 0, {}, { nodeSelector: { disk: 'ssd' } })], on)).toEqual([0, 0, 1])
    expect(counts([pod('web', 0, {}, { nodeSelector: { disk: 'hdd' } })], on)).toEqual([0, 1, 0])
    const tolerations = [{ key: 'gpu', operator: 'Equal' as const, value: 'yes' }]
    expect(counts([pod('train', 0, {}, { nodeSelector: { disk: 'hdd' }, tolerations })], on)).toEqual([
      1, 0, 0,
    ])
  })

  it('says why a pod fits nowhere', () => {
    const reasons = (pods: Pod[], options = SPREAD) =>
      placePods(pods, hosts(1), options).unplaced.map(({ pod: { id }, reason }) => `${id}: ${reason}`)
    expect(reasons([pod('db', 0, { nodeName: 'node-7' })])).toEqual(['shop/db-0: there is no node "node-7"'])
    expect(reasons([pod('db', 0, {}, { nodeSelector: { disk: 'ssd' } })])).toEqual([
      'shop/db-0: no node has the labels that it asks for and taints that it tolerates',
    ])
    expect(reasons([pod('db', 0), pod('db', 1)], { strategy: 'pack', podsPerHost: 1 })).toEqual([
      'shop/db-1: the only node that it may run on has 1 pod already',
    ])
  })

  test.prop([
    fc.array(fc.tuple(fc.nat({ max: 3 }), fc.boolean()), { maxLength: 40 }),
    fc.integer({ min: 1, max: 5 }),
    fc.constantFrom('spread' as const, 'pack' as const),
    fc.integer({ min: 1, max: 12 }),
  ])(
    'puts every pod on one host or says why not, never too many on one, and evenly where it spreads',
    (drawn, size, strategy, podsPerHost) => {
      const pods = drawn.map(([workload], index) => pod(`w${workload}`, index))
      const on = hosts(size)
      const { hostOf, unplaced } = placePods(pods, on, { strategy, podsPerHost })
      expect(hostOf.size + unplaced.length).toBe(pods.length)
      expect(hostOf.size).toBe(Math.min(pods.length, size * podsPerHost))
      const perHost = on.map(({ host }) => [...hostOf.values()].filter((each) => each === host).length)
      expect(Math.max(...perHost)).toBeLessThanOrEqual(podsPerHost)
      if (strategy === 'pack')
        expect(perHost.filter((count) => count > 0 && count < podsPerHost).length).toBeLessThan(2)
      else if (unplaced.length === 0) {
        for (const workload of new Set(pods.map((each) => each.workload))) {
          const own = on.map(
            ({ host }) =>
              pods.filter((each) => each.workload === workload && hostOf.get(each.id) === host).length,
          )
          const isFull = perHost.some((count) => count === podsPerHost)
          if (!isFull) expect(Math.max(...own) - Math.min(...own)).toBeLessThanOrEqual(1)
        }
      }
    },
  )
})
