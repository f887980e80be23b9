export * from './certificate-manager.ts'
export {
  type CertificateOptions,
  certificateOptionsIssues,
  DEFAULT_CERTIFICATE_OPTIONS,
  type DelayBlueprint,
  LETS_ENCRYPT_RATE_LIMIT,
  type RateLimit,
  resolveCertificateOptions,
} from './certificate-options.ts'
export { registeredDomain } from './domain-limits.ts'
export { type ExpiryOdds, expiryOdds } from './expiry-odds.ts'
