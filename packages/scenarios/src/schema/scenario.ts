import { z } from 'zod'
import { availabilitySchema } from './availability.ts'
import { dnsSchema } from './dns.ts'
import { eventsSchema } from './events.ts'
import { expectSchema } from './expect.ts'
import { directAttachSchema, internetSchema } from './internet.ts'
import { kubernetesSchema } from './kubernetes.ts'
import { name } from './names.ts'
import { planSchema } from './plan.ts'
import { regionSchema } from './region.ts'
import { reliabilitySchema } from './reliability.ts'
import { risksSchema } from './risks.ts'
import { runSchema } from './run.ts'
import { strict, text } from './strict.ts'
import { trafficSchema } from './traffic.ts'

/** The version of the scenario file format. */
export const FORMAT = 1

const version = z
  .literal(FORMAT, {
    error: ({ input }) =>
      typeof input === 'number'
        ? `this is format ${input}; this Weft reads format ${FORMAT}`
        : `expected the format version: weft: ${FORMAT}`,
  })
  .meta({ description: 'Version of the file format.', examples: [FORMAT] })

const seed = z.union([z.string().min(1).max(200), z.int().min(0)]).transform(String)

/** A whole scenario file. Everything that users can write goes through here, from YAML and TypeScript alike. */
export const scenarioSchema = strict(
  'the scenario',
  {
    weft: version,
    name: text(200, {
      description: 'Title of reports. Default scenario.',
      examples: ['spine-maintenance'],
    }).optional(),
    description: text(10_000, {
      description: 'Anything that readers should know.',
      examples: ['Spine 3 is replaced.'],
    }).optional(),
    seed: seed
      .meta({ description: 'Same seed, same result. Default weft.', examples: ['rollout-42'] })
      .optional(),
    regions: z
      .record(name('The name of a region begins the names of all its parts.', ['ord1']), regionSchema)
      .meta({
        description: 'The regions by name.',
        examples: [{ ord1: { fabric: { fatTree: { k: 4, hostLink: '100Gbps', fabricLink: '100Gbps' } } } }],
      }),
    internet: internetSchema.optional(),
    kubernetes: kubernetesSchema.optional(),
    directAttach: directAttachSchema.optional(),
    dns: dnsSchema.optional(),
    traffic: trafficSchema.optional(),
    events: eventsSchema.optional(),
    expect: expectSchema.optional(),
    risks: risksSchema.optional(),
    reliability: reliabilitySchema.optional(),
    availability: availabilitySchema.optional(),
    plan: planSchema.optional(),
    run: runSchema.optional(),
  },
  {
    description: 'A network, its traffic, what happens to it, and what must hold.',
    examples: [],
    later: ['vpcs', 'appliances', 'sites', 'vpns', 'directConnects', 'services', 'workloads', 'policies'],
  },
)

/** The data of a scenario file, before validation. */
export type ScenarioData = z.input<typeof scenarioSchema>
/** The same, quantities in base units. */
export type ScenarioInput = z.output<typeof scenarioSchema>
