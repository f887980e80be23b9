import { canonicalAddress } from '@weft/fabric'
import { show } from '../../schema/words.ts'
import { textOf } from '../api-schema.ts'
import { parseCidr } from '../cidr.ts'

/** Read as octal by some and as decimal by others, so the API server refuses them: `010.0.0.1`. */
const ZERO_FIRST = /(^|\.)0[0-9]/

/** What is wrong with an IP address; undefined where nothing is. */
export function addressRefusal(given: string): string | undefined {
  if (!given.includes(':') && ZERO_FIRST.test(given)) return `${show(given)} has leading zeros; remove them`
  try {
    canonicalAddress(given)
    return undefined
  } catch {
    return `${show(given)} is not an IP address`
  }
}

export const address = () => textOf(addressRefusal)

/** A prefix in CIDR notation. */
export const prefix = () =>
  textOf((given) => {
    const parsed = parseCidr(given)
    return typeof parsed === 'string' ? parsed : undefined
  })

export const familyOf = (address: string): 'IPv4' | 'IPv6' => (address.includes(':') ? 'IPv6' : 'IPv4')

/** What stands for one machine, one link or many receivers, and can be nobody's endpoint. */
const SPECIAL = /^(127\.|0\.0\.0\.0$|169\.254\.|22[4-9]\.|23\d\.|::1?$|fe[89ab][0-9a-f]:|ff[0-9a-f]{2}:)/

/** An address that others can connect to. Source: kubernetes/kubernetes ValidateNonSpecialIP. */
export const endpointAddress = () =>
  textOf((given) => {
    const refusal = addressRefusal(given)
    if (refusal !== undefined) return refusal
    return SPECIAL.test(canonicalAddress(given))
      ? `${show(given)} is a loopback, link-local, multicast or empty address, which no endpoint can have`
      : undefined
  })
