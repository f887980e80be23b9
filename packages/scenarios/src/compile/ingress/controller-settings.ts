import {
  certificateOptionsIssues,
  type CertificateOptions,
  DEFAULT_CERTIFICATE_OPTIONS,
  type IngressControllerBlueprint,
  resolveTls,
  type TlsBlueprint,
} from '@weft/fabric'
import { ConfigError, SECOND, US } from '@weft/core'
import type { IngressInput } from '../../schema/ingress.ts'
import type { Path, Problems } from '../problems.ts'

const WEEK = 7 * 86_400 * SECOND
/** What controllers are set to as they come: ingress-nginx has as many workers as cores, and keeps 320 connections for 60 s. */
const WORKERS = 4
const WAITING = 1024
const PER_REQUEST_PS = 50 * US
const KEEP_ALIVE = 320
const KEEP_ALIVE_PS = 60 * SECOND
const BACKEND_TIMEOUT_PS = 60 * SECOND

export type ControllerSettings = Pick<
  IngressControllerBlueprint,
  'capacity' | 'keepAlive' | 'backendTimeoutPs' | 'tls' | 'certificateOptions'
>

/** What a controller does in a time, and how it sets up TLS; undefined where that was refused. */
export function controllerSettings(
  input: IngressInput,
  path: Path,
  problems: Problems,
): ControllerSettings | undefined {
  const { perRequest = PER_REQUEST_PS } = input
  const tls = tlsOf(input.tls ?? {}, [...path, 'tls'], problems)
  const certificateOptions = certificatesOf(input.certificates ?? {}, [...path, 'certificates'], problems)
  if (tls === undefined || certificateOptions === undefined) return undefined
  const isExponential = input.times === 'exponential' && perRequest > 0
  return {
    capacity: {
      workers: input.workers ?? WORKERS,
      waitingMax: input.waiting ?? WAITING,
      request: isExponential
        ? { kind: 'exponential', meanPs: perRequest }
        : { kind: 'constant', ps: perRequest },
    },
    keepAlive: { connections: input.keepAlive ?? KEEP_ALIVE, idlePs: input.keepAliveIdle ?? KEEP_ALIVE_PS },
    backendTimeoutPs: input.backendTimeout ?? BACKEND_TIMEOUT_PS,
    tls,
    certificateOptions,
  }
}

type Tls = NonNullable<IngressInput['tls']>

/** Keys of the scenario by those of the blueprint. */
const TLS_KEYS: Readonly<Record<string, string>> = {
  chainBytes: 'chain',
  fullPs: 'handshake',
  resumedPs: 'resumption',
}

function tlsOf(input: Tls, path: Path, problems: Problems): TlsBlueprint | undefined {
  const { version, key, chain, resumed, earlyData, handshake, resumption } = input
  try {
    return resolveTls({
      ...(version !== undefined && { version }),
      ...(key !== undefined && { key }),
      ...(chain !== undefined && { chainBytes: chain }),
      ...(resumed !== undefined && { resumed }),
      ...(earlyData !== undefined && { earlyData }),
      ...(handshake !== undefined && { fullPs: handshake }),
      ...(resumption !== undefined && { resumedPs: resumption }),
    })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const { path: at, message } of error.issues)
      problems.refuse([...path, TLS_KEYS[at[0]!] ?? at[0]!], message)
    return undefined
  }
}

type Certificates = NonNullable<IngressInput['certificates']>

const CERTIFICATE_KEYS: Readonly<Record<string, string>> = {
  lifetimePs: 'lifetime',
  renewBeforePs: 'renewBefore',
  backoffPs: 'retry',
  backoffMaxPs: 'retryMax',
}

function certificatesOf(input: Certificates, path: Path, problems: Problems): CertificateOptions | undefined {
  const { lifetime, renewBefore, issuance, failures, retry, retryMax, initially, perDomainAndWeek } = input
  const usual = DEFAULT_CERTIFICATE_OPTIONS
  const lifetimePs = lifetime ?? usual.lifetimePs
  const backoffPs = retry ?? usual.backoffPs
  const options: CertificateOptions = {
    lifetimePs,
    renewBeforePs: renewBefore ?? lifetimePs / 3,
    issuance: issuance === undefined ? usual.issuance : { kind: 'constant', ps: issuance },
    failureProbability: failures ?? usual.failureProbability,
    backoffPs,
    backoffMaxPs: retryMax ?? Math.max(usual.backoffMaxPs, backoffPs),
    initially: initially ?? usual.initially,
    ...(perDomainAndWeek !== undefined && { rateLimit: { count: perDomainAndWeek, perPs: WEEK } }),
  }
  const keys = certificateOptionsIssues(options).map(
    ({ path: [key] }) => CERTIFICATE_KEYS[key!] ?? String(key),
  )
  for (const key of keys)
    problems.refuse(
      [...path, key],
      key === 'renewBefore'
        ? 'renewal begins before the certificate is there; give less than the lifetime'
        : 'is below "retry"; give more',
    )
  return keys.length > 0 ? undefined : options
}
