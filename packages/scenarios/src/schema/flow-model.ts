import { z } from 'zod'
import { size } from './quantity.ts'
import { choice, either, number, strict } from './strict.ts'

/** SimGrid's models by their names there. */
export const LATENCY_MODELS = ['cm02', 'lv08'] as const

export type LatencyModel = (typeof LATENCY_MODELS)[number]

const FACTOR_MAX = 1e6
const BANDWIDTH_FACTOR_MIN = 1e-6

const gamma = size({ description: 'Bytes.', examples: ['4MiB'] })

/** What SimGrid calls `network/...`, each by its name there. */
const latencyKeys = {
  latencyFactor: number(0, FACTOR_MAX, {
    description:
      'A flow waits for so many times the latency of its path before it drains. cm02: 1, lv08: 13.01.',
    examples: [13.01],
  }).optional(),
  bandwidthFactor: number(BANDWIDTH_FACTOR_MIN, 1, {
    description: 'The part of a rate that payload can take. cm02: 1, lv08: 0.97.',
    examples: [0.97],
  }).optional(),
  weightS: size(
    {
      description:
        'Flows share in proportion to 1 over the latency of their path in seconds plus, for each of its links, so many ' +
        'bytes over its rate. cm02: 0B, lv08: 20537B.',
      examples: ['20537B', '0B'],
    },
    {},
  ).optional(),
  tcpGamma: either([gamma, z.literal('unlimited')], {
    description: 'A flow has at most so many bytes per twice the latency of its path. Default 4MiB.',
    examples: ['4MiB', 'unlimited'],
  }).optional(),
  crossTraffic: number(0, 1, {
    description:
      "A flow also takes this part of its rate on the way back. cm02: 0, lv08: 0.05. SimGrid's own default for both is 0.05.",
    examples: [0.05],
  }).optional(),
  duplex: choice(['full', 'half'], {
    description:
      'full (default): each direction of a link has its rate. half: both share it, and all that they carry counts in the first.',
    examples: ['half'],
  }).optional(),
}

const latencyModel = (name: LatencyModel, description: string) =>
  strict(name, latencyKeys, { description, examples: [{ crossTraffic: 0.05 }] })

const sharing = either(
  [
    z.enum(['max-min', ...LATENCY_MODELS]),
    strict(
      'sharing',
      {
        cm02: latencyModel('cm02', 'Casanova and Marchal 2002.').optional(),
        lv08: latencyModel('lv08', "Velho and Legrand 2009, SimGrid's default.").optional(),
      },
      {
        description: "One of SimGrid's models with its options.",
        examples: [{ lv08: { crossTraffic: 0 } }],
        instead: { 'max-min': 'it has no options; write sharing: max-min' },
      },
    ),
  ],
  {
    description:
      'How flows share links. max-min (default): alike. cm02, lv08: by the latencies of their paths, as in SimGrid, which ' +
      'also has its own start and window: then payload alone takes capacity, without handshakes, slow start, ' +
      'headers, acknowledgements and buffers. A map sets options: { lv08: { crossTraffic: 0 } }.',
    examples: ['lv08', { lv08: { crossTraffic: 0 } }],
  },
)

/** What the flow clock alone is told. */
export const flowModelSchema = strict(
  'flow',
  {
    sharing: sharing.optional(),
    startUp: choice(['slow-start', 'none'], {
      description:
        'Under max-min. slow-start (default): connections shake hands, and begin to drain as much later as slow start would wait ' +
        'on an idle network. none: they have their share at once.',
      examples: ['none'],
    }).optional(),
  },
  {
    description: 'Of the flow clock alone: how flows share links, and how they begin.',
    examples: [{ sharing: 'lv08' }],
  },
)

export type FlowModelInput = z.output<typeof flowModelSchema>
export type LatencyInput = z.output<ReturnType<typeof latencyModel>>
