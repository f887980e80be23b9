import { expect, test } from 'vitest'
import { nat } from './nat.ts'

test.each(['linux', 'rfc'])(
  'has a mapping and an entry for every connection, profile %s',
  async (profile) => {
    const result = await nat.run(['--mappings', '2000', '--packets', '5000', '--profile', profile])
    expect(result).toMatchObject({ benchmark: 'nat', profile, mappings: 2000, tracked: 2000, found: 5000 })
  },
)
