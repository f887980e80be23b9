import type { IngressListener, RequestAction, RequestRules } from '@weft/fabric'
import type { ClusterIngress } from '../kubernetes/index.ts'

/** How names of a cluster's own are among several clusters. */
export interface Qualified {
  /** `shop/cart:80` as `ord1/shop/cart:80`. */
  readonly name: (own: string) => string
  /** `Ingress shop/front rules[0]` as `Ingress ord1/shop/front rules[0]`. */
  readonly object: (own: string) => string
}

/** An ingress of a cluster among others: its rules, backends, and certificates by secrets are called by their whole names. */
export function qualifiedIngress(ingress: ClusterIngress, cluster: string, to: Qualified): ClusterIngress {
  const { blueprint, backends, hosted } = ingress
  return {
    ...ingress,
    blueprint: {
      name: `${cluster}: ${blueprint.name}`,
      listeners: blueprint.listeners.map((each) => qualifiedListener(each, to)),
    },
    backends: backends.map(({ name, service, port }) => ({
      name: to.name(name),
      service: to.name(service),
      port,
    })),
    hosted: hosted.map((each) => ({ ...each, object: to.object(each.object) })),
  }
}

function qualifiedListener(listener: IngressListener, to: Qualified): IngressListener {
  const { certificates, requests } = listener
  return {
    ...listener,
    ...(certificates !== undefined && {
      certificates: certificates.map(({ host, certificate }) => ({
        host,
        // what no secret names is no object's
        certificate: certificate.includes('/') ? to.name(certificate) : certificate,
      })),
    }),
    requests: qualifiedRules(requests, to),
  }
}

function qualifiedRules({ otherwise, ...requests }: RequestRules, to: Qualified): RequestRules {
  return {
    ...requests,
    rules: requests.rules.map((rule) => ({
      ...rule,
      name: to.object(rule.name),
      action: qualifiedAction(rule.action, to),
    })),
    ...(otherwise !== undefined && { otherwise: qualifiedAction(otherwise, to) }),
  }
}

function qualifiedAction(action: RequestAction, to: Qualified): RequestAction {
  if (action.kind === 'answer') return action
  const { backends, mirrors } = action
  return {
    ...action,
    backends: backends.map(({ backend, ...rest }) =>
      backend === undefined ? rest : { ...rest, backend: to.name(backend) },
    ),
    ...(mirrors !== undefined && {
      mirrors: mirrors.map((each) => ({ ...each, backend: to.name(each.backend) })),
    }),
  }
}
