import { expect, test } from 'vitest'
import { conntrack } from './conntrack.ts'

test.each([[[]], [['--flags']]])(
  'finds every packet to be of an established connection %s',
  async (flags) => {
    const result = await conntrack.run(['--connections', '2000', '--packets', '5000', ...flags])
    expect(result).toMatchObject({
      benchmark: 'conntrack',
      tracksWindows: flags.length === 0,
      // both times, and as many again to warm up
      established: 20_000,
      nanosecondsPerPacket: expect.any(Number),
    })
  },
)
