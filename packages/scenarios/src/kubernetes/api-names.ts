/**
 * The forms that names take in the Kubernetes API (apimachinery, `pkg/util/validation`). Each function says what is
 * wrong with a text, or gives undefined where it will do.
 */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const DNS_LABEL = new RegExp(`^${LABEL}$`)
const DNS_SUBDOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})*$`)
const LETTER_FIRST = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/

const DNS_LABEL_LENGTH_MAX = 63
const DNS_SUBDOMAIN_LENGTH_MAX = 253
const PORT_NAME_LENGTH_MAX = 15
export const PORT_MAX = 65_535

const quoted = (text: string) => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text)

function tooLong(text: string, lengthMax: number, what: string): string | undefined {
  if (text.length <= lengthMax) return undefined
  return `${what} has at most ${lengthMax} characters; this one has ${text.length}`
}

/** RFC 1123's label: names of namespaces, containers, and parts of names in the DNS. */
export function dnsLabelRefusal(text: string, what = 'a name'): string | undefined {
  if (!DNS_LABEL.test(text))
    return `${quoted(text)} is not ${what}; use lower-case letters, digits and "-", and begin and end with a letter or digit`
  return tooLong(text, DNS_LABEL_LENGTH_MAX, what)
}

/** RFC 1035's label, which begins with a letter: names of services. */
export function serviceNameRefusal(text: string): string | undefined {
  if (!LETTER_FIRST.test(text))
    return `${quoted(text)} is not a name of a service; use lower-case letters, digits and "-", begin with a letter and end with a letter or digit`
  return tooLong(text, DNS_LABEL_LENGTH_MAX, 'a name of a service')
}

/** RFC 1123's subdomain: labels with dots between them. Names of most objects, and hosts. */
export function dnsSubdomainRefusal(text: string, what = 'a name'): string | undefined {
  if (!DNS_SUBDOMAIN.test(text))
    return `${quoted(text)} is not ${what}; use lower-case letters, digits, "-" and ".", and begin and end each part with a letter or digit`
  return tooLong(text, DNS_SUBDOMAIN_LENGTH_MAX, what)
}

/** A subdomain after `*.`. */
export function wildcardSubdomainRefusal(text: string): string | undefined {
  const rest = text.startsWith('*.') ? text.slice(2) : ''
  if (!DNS_SUBDOMAIN.test(rest))
    return `${quoted(text)} is not a host with a wildcard; "*" stands alone as the first label before lower-case names, as in "*.example.com"`
  return tooLong(text, DNS_SUBDOMAIN_LENGTH_MAX, 'a host')
}

/** The name of a container's or a service's port (RFC 6335 §5.1). */
export function portNameRefusal(text: string): string | undefined {
  if (/^[0-9]+$/.test(text))
    return `${quoted(text)} is a text of digits alone, which cannot be a port's name; remove the quotes for a port number`
  const isName = /^[-a-z0-9]+$/.test(text) && /[a-z]/.test(text) && !/^-|-$|--/.test(text)
  if (!isName)
    return `${quoted(text)} is not a port's name; use lower-case letters, digits and single "-" between them, with at least one letter`
  return tooLong(text, PORT_NAME_LENGTH_MAX, "a port's name")
}

export function portNumberRefusal(port: number): string | undefined {
  return port >= 1 && port <= PORT_MAX ? undefined : `${port} is not a port; expected 1 to ${PORT_MAX}`
}

/** The key of a label or annotation: a name of at most 63 characters, with a DNS prefix and a slash or without. */
export function labelKeyRefusal(text: string): string | undefined {
  const [first, second, ...more] = text.split('/')
  const name = second ?? first!
  if (more.length > 0) return `${quoted(text)} is not a label's key; it has more than one "/"`
  if (second !== undefined) {
    const prefix = dnsSubdomainRefusal(first!, "a label's prefix")
    if (prefix !== undefined) return prefix
  }
  if (!QUALIFIED.test(name))
    return `${quoted(text)} is not a label's key; use letters, digits, "-", "_" and ".", and begin and end with a letter or digit`
  return tooLong(name, DNS_LABEL_LENGTH_MAX, "a label's key after its prefix")
}

/** A label's value: as a key's name, or empty. */
export function labelValueRefusal(text: string): string | undefined {
  if (!LABEL_VALUE.test(text))
    return `${quoted(text)} is not a label's value; use letters, digits, "-", "_" and ".", and begin and end with a letter or digit`
  return tooLong(text, DNS_LABEL_LENGTH_MAX, "a label's value")
}
