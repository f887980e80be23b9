import { isPublic } from '../internet/public-addresses.ts'
import { list, quote } from '../problems.ts'
import type { CompiledController } from './compile-ingress.ts'

/**
 * Whether those in a cluster, or in none, mean this controller by an address in canonical form: their own, or another one's by an address
 * that the internet knows. Private ones are each cluster's own.
 */
export const isMeant = (
  { addresses, cluster: own }: CompiledController,
  address: string,
  cluster: string | undefined,
): boolean => addresses.includes(address) && (cluster === undefined || cluster === own || isPublic(address))

/** Why a host of several clusters cannot be asked for. */
export const claimedTwice = (
  host: string,
  clusters: readonly string[],
  service = 'namespace/service',
): string =>
  `${quote(host)} is a public name of ${list(clusters)}; say by dns.records whose it is, as in dns: { records: { ${host}: ${service} } }`
