import { canonicalAddress } from '@weft/fabric'

const SCHEME_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** What a URL, an address or a name says of who is called. */
export interface CalledUrl {
  readonly host: string
  readonly port?: number
}

/** A URL, an address, or a name with dots in it; undefined for what selects hosts. */
export function urlOf(term: string): CalledUrl | undefined {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(term) ?? []
  if (scheme !== undefined) {
    const authority = rest!.split(/[/?#]/, 1)[0]!.replace(/^.*@/, '')
    const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(authority) ?? []
    const host = bracketed ?? plain ?? authority
    const number = port === undefined ? SCHEME_PORTS[scheme.toLowerCase()] : Number(port)
    return { host, ...(number !== undefined && { port: number }) }
  }
  if (addressOf(term) !== undefined) return { host: term }
  return /^[^/*\s]+\.[^/*\s]+$/.test(term) ? { host: term } : undefined
}

/** An address in its canonical form; undefined for what is none. */
export function addressOf(text: string): string | undefined {
  if (!text.includes(':') && !/^\d+(\.\d+){3}$/.test(text)) return undefined
  try {
    return canonicalAddress(text)
  } catch {
    return undefined
  }
}
