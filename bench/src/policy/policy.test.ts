import { expect, test } from 'vitest'
import { policy } from './policy.ts'

test('counts what it compiled and asked', async () => {
  const result = await policy.run([
    '--namespaces',
    '4',
    '--workloads',
    '40',
    '--policies',
    '8',
    '--verdicts',
    '1000',
  ])
  expect(result).toMatchObject({
    benchmark: 'policy',
    workloads: 40,
    nanosecondsPerVerdict: expect.any(Number),
    cpuSeconds: expect.any(Number),
  })
  const { identities, reachPairs, reachConnected } = result as unknown as Record<string, number>
  expect(identities).toBeGreaterThan(8)
  // pairs of classes and of blocks with them; some connect, some do not
  expect(reachPairs).toBeGreaterThan(64)
  expect(reachConnected).toBeGreaterThan(0)
  expect(reachConnected).toBeLessThan(reachPairs!)
})

test('refuses what is no count', () => {
  expect(() => policy.run(['--policies', '0'])).toThrow(
    '--policies is 0; expected a whole number of at least 1',
  )
})
