import { z } from 'zod'
import { optional, text } from '../api-schema.ts'
import { type CertificateFacts, readCertificate } from '../certificates/certificate.ts'
import { DerError } from '../certificates/der.ts'
import { firstCertificate, fromBase64 } from '../certificates/pem.ts'
import { manifestSchema } from '../schema/object-meta.ts'
import { defineKind, type Manifest, type Path } from './kind.ts'

const TLS = 'kubernetes.io/tls'
const CERTIFICATE = 'tls.crt'
/** On secrets that cert-manager keeps up. */
const CERT_MANAGER = 'cert-manager.io/'

/** What is in it is looked at by `check` alone: messages must not show what is secret. */
const schema = manifestSchema(
  'Secret',
  { type: optional(text()), data: z.unknown().optional(), stringData: z.unknown().optional() },
  ['immutable'],
)

export type SecretManifest = Manifest<z.output<typeof schema>>

/** Who has a certificate, or why he has none that can be read. */
type Found =
  | { readonly path: Path; readonly facts: CertificateFacts }
  | { readonly path: Path; readonly refusal: string }
  /** What is there is no certificate, which the API server does not look at. */
  | { readonly path: Path; readonly warning: string }

/** Secrets with a server's certificate: when it begins and ends, and whom it is for. Keys are not looked at. */
export const secretKind = defineKind({
  kind: 'Secret',
  apiVersions: ['v1'],
  types: [TLS],
  scope: 'namespaced',
  schema,
  check: ({ data }, report) => {
    const found = certificateIn(data)
    if ('refusal' in found) report.refuse(found.path, found.refusal)
    if ('warning' in found) report.warn(found.path, found.warning)
  },
  add: ({ namespace, name, annotations, data }, draft) => {
    const found = certificateIn(data)
    if (!('facts' in found)) return
    const isRenewed = Object.keys(annotations).some((key) => key.startsWith(CERT_MANAGER))
    draft.certificates.push({ secret: `${namespace}/${name}`, ...found.facts, isRenewed })
  },
})

function certificateIn({ data, stringData }: SecretManifest['data']): Found {
  for (const [key, value] of Object.entries({ data, stringData }))
    if (value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value)))
      return { path: [key], refusal: 'expected a map' }
  // as the API server merges them
  const plain = (stringData as Record<string, unknown> | null | undefined)?.[CERTIFICATE]
  const isPlain = plain !== undefined && plain !== null
  const given = isPlain ? plain : (data as Record<string, unknown> | null | undefined)?.[CERTIFICATE]
  const path = [isPlain ? 'stringData' : 'data', CERTIFICATE]
  if (given === undefined || given === null)
    return { path: [], refusal: `a Secret of type ${TLS} needs ${JSON.stringify(CERTIFICATE)} in data` }
  if (typeof given !== 'string') return { path, refusal: 'expected text' }
  if (given.startsWith('ENC[')) return { path, warning: `it is encrypted, ${AS_IF_NONE}` }
  if (given.trim() === '') return { path, warning: `it is empty, ${AS_IF_NONE}` }
  return isPlain ? factsIn(given, path) : inBase64(given, path)
}

const AS_IF_NONE = 'so that nothing is known of the certificate, as if there were no Secret'

function inBase64(given: string, path: Path): Found {
  const bytes = fromBase64(given)
  if (bytes === undefined)
    return { path, refusal: 'it is no base64; data has values in base64, stringData as they are' }
  return factsIn(new TextDecoder().decode(bytes), path)
}

function factsIn(pem: string, path: Path): Found {
  const der = firstCertificate(pem)
  if (der === undefined)
    return {
      path,
      warning: `no certificate in PEM (-----BEGIN CERTIFICATE----- and its end), ${AS_IF_NONE}`,
    }
  try {
    return { path, facts: readCertificate(der) }
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    return { path, warning: `the certificate is broken (${error.message}), ${AS_IF_NONE}` }
  }
}
