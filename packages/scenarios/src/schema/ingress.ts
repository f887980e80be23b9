import { z } from 'zod'
import { delay, linkRate, percent, quantities, size, timer } from './quantity.ts'
import { choice, type Documented, flag, strict, text, wholeNumber } from './strict.ts'

/** Of any length: what lies beyond the end of a run does not happen. */
const anyTime = (doc: Documented) =>
  quantities(['duration'], doc, { positive: true }).transform(({ value }) => value)

const tls = strict(
  'tls',
  {
    version: choice(['1.3', '1.2'], {
      description:
        'Of TLS. Default 1.3: one round trip before the request; 1.2 has two, and one when resumed.',
      examples: ['1.2'],
    }).optional(),
    key: choice(['ecdsa-p256', 'rsa-2048'], {
      description:
        "The server's key, which says what a handshake costs and how long the chain is. Default ecdsa-p256.",
      examples: ['rsa-2048'],
    }).optional(),
    chain: size({
      description:
        'Certificates that the server sends. Default 2100 bytes with ecdsa-p256, 2600 with rsa-2048.',
      examples: ['4kB'],
    }).optional(),
    resumed: percent(
      {
        description: 'Connections that resume an earlier session. Default 0%.',
        examples: ['60%'],
      },
      { max: 1 },
    ).optional(),
    earlyData: flag({
      description: 'Those that resume send their request at once (0-RTT). TLS 1.3 alone. Default false.',
      examples: [true],
    }).optional(),
    handshake: delay({
      description:
        'Time of a worker for a whole handshake. Default 100us with ecdsa-p256, 370us with rsa-2048.',
      examples: ['370us'],
    }).optional(),
    resumption: delay({
      description: 'Time of a worker for one that resumes. Default 75us in 1.3, 15us in 1.2.',
      examples: ['60us'],
    }).optional(),
  },
  { description: 'How clients and replicas set up TLS.', examples: [{ key: 'rsa-2048', resumed: '60%' }] },
)

const certificates = strict(
  'certificates',
  {
    initially: choice(['issued', 'ordered'], {
      description:
        'Whether they are there when the run begins, just issued, or ordered then. Default issued.',
      examples: ['ordered'],
    }).optional(),
    lifetime: anyTime({ description: 'From issue to expiry. Default 90d.', examples: ['6d'] }).optional(),
    renewBefore: anyTime({
      description: 'Renewal begins so long before expiry. Default a third of the lifetime.',
      examples: ['30d'],
    }).optional(),
    issuance: delay({
      description: 'From the order to the certificate, or to the failed challenge. Default 30s.',
      examples: ['10s'],
    }).optional(),
    failures: percent(
      { description: 'Of orders, each by itself. Default 0%.', examples: ['5%'] },
      { max: 1 },
    ).optional(),
    retry: anyTime({
      description:
        'From a failure to the next order, doubled with every further failure in a row. Default 1h.',
      examples: ['10m'],
    }).optional(),
    retryMax: anyTime({ description: 'The longest such wait. Default 32h.', examples: ['8h'] }).optional(),
    perDomainAndWeek: wholeNumber(1, 1_000_000, {
      description:
        "Certificates for new names of one registered domain in a week, 50 at Let's Encrypt. Default any number.",
      examples: [50],
    }).optional(),
  },
  {
    description: 'How the certificates of its TLS hosts are issued and renewed.',
    examples: [{ failures: '5%', perDomainAndWeek: 50 }],
  },
)

const controller = strict(
  'an ingress controller',
  {
    controller: text(200, {
      description:
        'The workload whose pods are its replicas. Default the one that labels of its gateway or the name of its class point to, else what is behind the only load balancer with its ports.',
      examples: ['ingress-nginx/controller'],
    }).optional(),
    service: text(200, {
      description: 'The service in front of it. Default the one that selects its pods.',
      examples: ['ingress-nginx/controller'],
    }).optional(),
    class: text(253, {
      description:
        'The IngressClass or GatewayClass that it serves; another entry may name a further one. Default all that the controller is found for.',
      examples: ['nginx'],
    }).optional(),
    workers: wholeNumber(1, 10_000, {
      description: 'Requests and handshakes that a replica works on at once. Default 4.',
      examples: [8],
    }).optional(),
    waiting: wholeNumber(0, 10_000_000, {
      description:
        'Those that may wait for a worker; the next is refused, controller-overloaded. Default 1024.',
      examples: [100],
    }).optional(),
    perRequest: delay({
      description: 'Time of a worker for a request. Default 50us.',
      examples: ['200us'],
    }).optional(),
    times: choice(['constant', 'exponential'], {
      description:
        'Whether every request takes that time, or it is the mean of exponential ones. Default constant.',
      examples: ['exponential'],
    }).optional(),
    rate: linkRate({
      description: "Of each replica's virtual link. Default that of its host's link.",
      examples: ['10Gbps'],
    }).optional(),
    keepAlive: wholeNumber(0, 1_000_000, {
      description:
        'Idle connections that a replica keeps to each backend; 0 opens one for every request. Default 320.',
      examples: [0],
    }).optional(),
    keepAliveIdle: timer({
      description: 'After so long without a request they are closed. Default 60s.',
      examples: ['10s'],
    }).optional(),
    backendTimeout: timer({
      description:
        'A backend that is not heard of for so long has failed: 504, backend-timeout. Default 60s.',
      examples: ['5s'],
    }).optional(),
    tls: tls.optional(),
    certificates: certificates.optional(),
  },
  {
    description: 'An ingress controller, or a gateway, of the cluster.',
    examples: [{ controller: 'ingress-nginx/controller', workers: 4, perRequest: '50us' }],
  },
)

export const ingressSchema = z
  .array(controller)
  .min(1)
  .max(100)
  .meta({
    description:
      'What takes requests to the hosts of Ingress objects and HTTPRoutes. Default the controllers that can be found; what is missing is warned of.',
    examples: [[{ controller: 'ingress-nginx/controller', class: 'nginx', workers: 4 }]],
  })

export const requestSchema = strict(
  'request',
  {
    method: text(32, { description: 'Default GET.', examples: ['POST'] }).optional(),
    headers: z
      .record(text(256, { description: 'A name.', examples: ['x-canary'] }), z.string().max(8192))
      .meta({ description: 'Headers, by name.', examples: [{ 'x-canary': 'always' }] })
      .optional(),
  },
  {
    description:
      'What requests to a URL of an ingress look like, beside their bytes: those are the sizes of the flows.',
    examples: [{ method: 'POST' }],
  },
)

export type IngressInput = z.output<typeof controller>
export type RequestInput = z.output<typeof requestSchema>
