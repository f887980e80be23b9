import { z } from 'zod'
import { positiveDuration } from './quantity.ts'
import { choice, either, selector, strict, wholeNumber } from './strict.ts'

/** More than any host holds; Erlang's formula takes time in proportion. */
const CONNECTIONS_MAX = 1_000_000

const limitKeys = {
  max: wholeNumber(1, CONNECTIONS_MAX, {
    description: 'Connections that a host accepts at once. Those that it opens do not count.',
    examples: [1000],
  }),
  whenFull: choice(['drop', 'reset'], {
    description:
      'What becomes of a SYN that finds no place. drop (default): lost as connections-full, so that TCP sends it again after ' +
      'its timeout. reset: answered by RST, and the flow fails.',
    examples: ['reset'],
  }).optional(),
  holding: positiveDuration({
    description:
      'Mean time that a connection has its place: what the steady clock and `weft plan` go by. Other clocks find it themselves.',
    examples: ['2s'],
  }).optional(),
}

const LIMIT_EXAMPLE = { max: 1000, whenFull: 'reset', holding: '2s' }

const NOBODY_WAITS = 'nobody waits for a place: a SYN that finds none is dropped or reset'

const limit = strict('connections', limitKeys, {
  description: 'The same for every host of the fabric.',
  examples: [LIMIT_EXAMPLE],
  instead: { hosts: 'limits of some hosts are a list: - { hosts: ..., max: ... }', backlog: NOBODY_WAITS },
})

const hostLimit = strict(
  'connections of some hosts',
  {
    hosts: selector({
      description: 'Which hosts of this region, as in traffic.',
      examples: ['ord1/leaf-0', 'all hosts'],
    }),
    ...limitKeys,
  },
  {
    description: 'Connections of some hosts.',
    examples: [{ hosts: 'ord1/leaf-0', ...LIMIT_EXAMPLE }],
    instead: { backlog: NOBODY_WAITS },
  },
)

export const connections = either([limit, z.array(hostLimit).min(1)], {
  description:
    'How many connections hosts accept at once. A map for all hosts, or a list of maps that name theirs; later ones win. ' +
    'Default: any number.',
  examples: [{ max: 1000 }, [{ hosts: 'ord1/leaf-0', max: 1000, holding: '2s' }]],
})

export type ConnectionsInput = z.output<typeof connections>
