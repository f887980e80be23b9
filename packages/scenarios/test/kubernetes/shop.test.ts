import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cluster, type ManifestFile, readManifests, toPolicySet } from '../../src/kubernetes/index.ts'
import { filesIn } from './files.fixture.ts'

const files = filesIn('shop')
const shop = readManifests(files)

describe('an online shop', () => {
  it('has ten services, and what is behind them', () => {
    const own = shop.services.filter(
      ({ namespace, selector }) => namespace === 'shop' && selector !== undefined,
    )
    expect(own.map(({ name }) => name)).toEqual([
      'basket',
      'catalogue',
      'checkout',
      'mail',
      'payments',
      'recommendations',
      'search',
      'shipping',
      'store',
      'storefront',
    ])
    expect(shop.workloads.map(({ id, kind, replicas }) => `${id} ${kind} ${replicas}`)).toEqual([
      'edge/ingress-controller Deployment 2',
      'monitoring/collector Deployment 1',
      'monitoring/node-exporter DaemonSet 1',
      'shop/basket Deployment 2',
      'shop/catalogue Deployment 2',
      'shop/checkout Deployment 2',
      'shop/mail Deployment 1',
      'shop/payments Deployment 2',
      'shop/recommendations Deployment 2',
      'shop/search Deployment 2',
      'shop/shipping Deployment 1',
      'shop/stock-taking CronJob 1',
      'shop/store StatefulSet 3',
      'shop/storefront Deployment 3',
    ])
    expect(shop.pods).toHaveLength(25)
  })

  it('has policies for everything that runs in it', () => {
    const set = toPolicySet(shop)
    expect(set.policies).toHaveLength(14)
    expect(set.workloads.map(({ name }) => name)).toEqual(shop.workloads.map(({ id }) => id))
    expect(set.namespaces.map(({ name }) => name)).toEqual(['edge', 'monitoring', 'shop'])
  })

  it('has nothing to warn of but the DNS, which the cluster brings', () => {
    const warned = shop.warnings.filter(({ message }) => !message.startsWith('NetworkPolicy shop/dns:'))
    expect(warned.map(({ file, message }) => `${file} ${message}`)).toEqual([])
  })
})

const text = ({ bytes }: ManifestFile) => new TextDecoder().decode(bytes)
const documents = [...files, ...filesIn('good')].flatMap((file) => text(file).split(/^---$/m))

/** What does not depend on where a manifest stands. */
const withoutPlaces = (cluster: Cluster) => ({
  ...cluster,
  warnings: cluster.warnings.map(({ message }) => message).sort(),
})

describe('the order of manifests', () => {
  const whole = readManifests([...files, ...filesIn('good')])

  it('of files changes nothing', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...files, ...filesIn('good')], { minLength: files.length + 2 }),
        (shuffled) => {
          expect(readManifests(shuffled)).toEqual(whole)
        },
      ),
      { seed: 20_264, numRuns: 10 },
    )
  })

  it('of documents changes nothing, nor does how they are spread over files', () => {
    const spread = fc
      .shuffledSubarray(documents, { minLength: documents.length })
      .chain((shuffled) => fc.tuple(fc.constant(shuffled), fc.integer({ min: 1, max: 5 })))
    fc.assert(
      fc.property(spread, ([shuffled, count]) => {
        const size = Math.ceil(shuffled.length / count)
        const parts = Array.from({ length: count }, (_, index) =>
          shuffled.slice(index * size, (index + 1) * size),
        )
        const bytes = (part: string[]) => new TextEncoder().encode(part.join('\n---\n'))
        const cluster = readManifests(
          parts.map((part, index) => ({ file: `${index}.yaml`, bytes: bytes(part) })),
        )
        expect(withoutPlaces(cluster)).toEqual(withoutPlaces(whole))
      }),
      { seed: 20_264, numRuns: 10 },
    )
  })
})
