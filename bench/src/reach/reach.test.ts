import { expect, test } from 'vitest'
import { reach } from './reach.ts'

test('goes from manifests to the document, by workload and by pod', async () => {
  const result = await reach.run(['--namespaces', '3', '--pods', '12', '--policies', '6', '--replicas', '2'])
  expect(result).toMatchObject({
    benchmark: 'reach',
    perWorkload: { workloads: 6, cpuSeconds: expect.any(Number), readCpuSeconds: expect.any(Number) },
    perPod: { workloads: 12 },
    halfOpen: { workloads: 12, tableCpuSeconds: expect.any(Number) },
  })
  const { perWorkload, perPod } = result as unknown as Record<'perWorkload' | 'perPod', { bytes: number }>
  expect(perPod.bytes).toBeGreaterThan(perWorkload.bytes)
})

test('refuses what is no count', () => {
  expect(() => reach.run(['--pods', '0'])).toThrow('--pods is 0; expected a whole number of at least 1')
})
