import { z } from 'zod'
import { manifestFiles } from './manifest-files.ts'
import { delay, duration } from './quantity.ts'
import { ttl } from './dns.ts'
import { choice, selector, strict, text } from './strict.ts'

const target = (what: string) =>
  z
    .string()
    .min(1)
    .meta({
      description: `The switch, host or link that ${what}. A switch or host takes all its links with it.`,
      examples: ['ord1/spine-3', 'ord1/leaf-0:ord1/spine-3'],
    })

const workload = (description: string) =>
  selector({
    description: `${description} A pod, as namespace/name, or a workload, such as a Deployment, which stands for its pods.`,
    examples: ['shop/cart', 'shop/db-0'],
  }).optional()

const policies = (description: string) =>
  manifestFiles({ description, examples: ['policies/deny-all.yaml'] }).optional()

const podCount = (description: string) =>
  z
    .union(
      [z.int().min(0), z.string().regex(/^\d+%$/, { error: 'expected a number, or a share such as 25%' })],
      {
        error: 'expected a number, or a share such as 25%',
      },
    )
    .meta({ description, examples: [1, '25%'] })
    .optional()

const event = strict(
  'an event',
  {
    at: duration({ description: 'When, from the start of the run.', examples: ['2ms'] }),
    fail: target('goes down').optional(),
    repair: target('comes back').optional(),
    ready: workload('Pods that are ready from now on, whatever their probes say.'),
    notReady: workload('Pods that are not ready from now on: new connections to services go to others.'),
    healthy: workload('Pods whose application answers its readiness probes again.'),
    unhealthy: workload(
      'Pods whose application fails its readiness probes from now on; not ready after as many failures as their threshold says.',
    ),
    stop: workload('Pods that are asked to stop, drain, and are gone.'),
    start: workload('Pods that start. Those whose first event this is do not run before.'),
    restart: workload(
      'Pods that are asked to stop, drain, and start again in their place with their addresses.',
    ),
    reschedule: workload('Pods in whose stead others start on other hosts, with addresses of their own.'),
    rollout: text(256, {
      description:
        'The Deployment, StatefulSet or DaemonSet whose pods are replaced, as namespace/name, by the rules of its controller.',
      examples: ['shop/cart'],
    }).optional(),
    apply: policies(
      'Files or directories of network policies, from where the scenario file is, or a map of texts by the names of files: each is added, or replaces that of its name.',
    ),
    delete: policies('Network policies that are deleted: by namespace/name, or files that have them.'),
    record: text(253, {
      description: 'A name that stands for "to" from now on, in place of what it stood for.',
      examples: ['shop.example.com'],
    }).optional(),
    removeRecord: text(253, {
      description: 'A name that has no records from now on.',
      examples: ['shop.example.com'],
    }).optional(),
    move: text(256, {
      description:
        'What moves: a service, as namespace/name, by all names that lead to its addresses, or a name. They stand for "to" from now on, and its old addresses go out of service after "retire".',
      examples: ['shop/store', 'shop.example.com'],
    }).optional(),
    to: selector({
      description:
        'Of reschedule: the host, or the node of the cluster. Default by the rules of placement. Of record and move: addresses; a host, pod or service, for its addresses; or one other name.',
      examples: ['ord1/leaf-1/host-0', '203.0.113.9'],
    }).optional(),
    ttl: ttl(
      'Of record and move: how long the new record may be kept. Default as the one before.',
    ).optional(),
    retire: delay({
      description:
        'Of move: from then until the old addresses go out of service: a service is not reached by them, pods stop, hosts are switched off. Default 0s.',
      examples: ['60s'],
    }).optional(),
    startup: delay({
      description:
        "From the start of a pod until its application listens and answers its readiness probes: until then its address refuses connections; a virtual machine's does not answer. Of fail: of pods that are started elsewhere in the end. Default 0s.",
      examples: ['3s'],
    }).optional(),
    drain: delay({
      description:
        'For how long a pod goes on serving once it is asked to stop, the grace period at most. Default the sleep of its preStop, else 0s.',
      examples: ['10s'],
    }).optional(),
    grace: delay({
      description: 'The longest that a pod may drain. Default its terminationGracePeriodSeconds, else 30s.',
      examples: ['30s'],
    }).optional(),
    maxSurge: podCount('Of rollout: pods beyond those wanted. Default as the manifest says, else 25%.'),
    maxUnavailable: podCount('Of rollout: pods that may be missing. Default as the manifest says, else 25%.'),
    minReady: delay({
      description:
        'Of rollout: so long must a pod be ready before it counts. Default minReadySeconds, else 0s.',
      examples: ['5s'],
    }).optional(),
    connections: choice(['block', 'keep'], {
      description:
        'Of apply and delete: whether connections that are not allowed any more are blocked (default) or live on.',
      examples: ['keep'],
    }).optional(),
    cluster: text(200, {
      description: 'Of apply and delete: whose policies these are, where there are several clusters.',
      examples: ['blue'],
    }).optional(),
  },
  {
    description:
      'Something that happens: a failure or a repair, a change of pods, of network policies or of names. Exactly one of these.',
    examples: [
      { at: '2ms', fail: 'ord1/spine-3' },
      { at: '5s', rollout: 'shop/cart', drain: '10s' },
    ],
  },
)

export const eventsSchema = z.array(event).meta({
  description: 'What fails and comes back, what becomes of pods and policies, and when.',
  examples: [
    [
      { at: '2ms', fail: 'ord1/spine-3' },
      { at: '6ms', repair: 'ord1/spine-3' },
    ],
    [
      { at: '2s', unhealthy: 'shop/cart' },
      { at: '4s', apply: 'policies' },
    ],
  ],
})

export type EventInput = z.output<typeof event>
