import type { HostCertificate, IngressListener } from '@weft/fabric'
import type { IngressManifest } from '../kinds/ingress.ts'
import type { IngressClassManifest } from '../kinds/ingress-class.ts'
import type { ClusterIngress } from '../model/cluster.ts'
import type { Backends } from './backends.ts'
import { withoutCanaries } from './controller-annotations.ts'
import { byClass } from './ingress-classes.ts'
import { ingressRules } from './ingress-rules.ts'
import { byAge, hostPattern, objectName } from './objects.ts'
import type { Remarks } from './remarks.ts'
import { tellOfShadowed } from './shadowed.ts'

const HTTP_PORT = 80
const HTTPS_PORT = 443

/** What is shown where TLS is asked for without a secret. */
const OWN_CERTIFICATE = "the controller's own"

/** One point for each class that Ingress objects name: its controller serves all of them together. */
export function ingressPoints(
  ingresses: readonly IngressManifest[],
  classes: readonly IngressClassManifest[],
  newBackends: () => Backends,
  remarks: Remarks,
): ClusterIngress[] {
  return [...byClass(withoutCanaries(ingresses, remarks), classes, remarks)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([className, members]) => {
      const controller = classes.find(({ name }) => name === className)?.data.spec.controller
      const point = ingressPoint(className, byAge(members), newBackends(), remarks)
      return controller === undefined ? point : { ...point, controller }
    })
}

function ingressPoint(
  className: string,
  ingresses: readonly IngressManifest[],
  backends: Backends,
  remarks: Remarks,
): ClusterIngress {
  const all = ingresses.map((ingress) => ingressRules(ingress, backends, remarks))
  const placed = all.flatMap(({ rules }) => rules)
  tellOfShadowed(placed, ({ object, path }, message) => remarks.add(object, path, message))
  const otherwise = all.find((each) => each.otherwise !== undefined)?.otherwise
  const requests = {
    rules: [...placed.map(({ rule }) => rule), ...all.flatMap(({ catchAlls }) => catchAlls)],
    // as servers do that choose a virtual host first
    fallsThroughHosts: false,
    ...(otherwise === undefined ? {} : { otherwise }),
  }
  const certificates = ingresses.flatMap(certificatesOf)
  const http: IngressListener = { name: 'http', port: HTTP_PORT, host: { kind: 'any' }, requests }
  const https: IngressListener = { ...http, name: 'https', port: HTTPS_PORT, certificates }
  return {
    kind: 'Ingress',
    className,
    blueprint: {
      name: className === '' ? 'Ingress without a class' : `Ingress class ${className}`,
      listeners: certificates.length > 0 ? [http, https] : [http],
    },
    backends: backends.all(),
    addresses: [],
    hosted: ingresses.map((ingress) => ({
      object: objectName(ingress),
      annotations: ingress.annotations,
      hosts: hostsOf(ingress),
    })),
  }
}

/** Of rules and of certificates. */
function hostsOf({ data: { spec } }: IngressManifest): string[] {
  const hosts = [
    ...(spec.rules ?? []).map(({ host = '' }) => host),
    ...(spec.tls ?? []).flatMap((tls) => tls.hosts ?? []),
  ]
  return [...new Set(hosts)].filter((host) => host !== '').sort()
}

/** Without hosts a secret is for every host. */
function certificatesOf({ namespace, data }: IngressManifest): HostCertificate[] {
  return (data.spec.tls ?? []).flatMap(({ hosts = [], secretName = '' }) => {
    const certificate = secretName === '' ? OWN_CERTIFICATE : `${namespace}/${secretName}`
    const patterns = hosts.length === 0 ? [undefined] : hosts
    return patterns.map((host) => ({ host: hostPattern(host, 'one'), certificate }))
  })
}
