/** Protocols that have ports which policies can name. */
export type PolicyProtocol = 'TCP' | 'UDP' | 'SCTP'

/** One condition on labels, as Kubernetes means it: `NotIn` also holds where the key is absent. */
export interface LabelRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  /** At least one for `In` and `NotIn`, none for the others. */
  readonly values: readonly string[]
}

/** All requirements must hold; none at all holds for everything. */
export type LabelSelector = readonly LabelRequirement[]

/** Workloads with these labels in these namespaces. */
export interface WorkloadSelector {
  /** One namespace by name, or all whose labels match. */
  readonly namespaces: { readonly name: string } | { readonly labels: LabelSelector }
  readonly labels: LabelSelector
}

/** Whom a rule is about: any one of its peers will do. */
export type PolicyPeer =
  | { readonly kind: 'workloads'; readonly select: WorkloadSelector }
  /** Prefixes of the same IP version; `except` lies within `cidr` and is left out of this peer alone. */
  | { readonly kind: 'addresses'; readonly cidr: string; readonly except: readonly string[] }
  | { readonly kind: 'nodes'; readonly labels: LabelSelector }
  /** `example.com`, or `*.example.com` for one or more labels before it. */
  | { readonly kind: 'domain'; readonly name: string }

/** Destination ports. */
export type PolicyPort =
  | {
      readonly kind: 'range'
      readonly protocol: PolicyProtocol
      /** 1 to 65535, both included. */
      readonly first: number
      readonly last: number
    }
  /** A container port of the destination by its name; of any protocol where none is given. */
  | { readonly kind: 'named'; readonly name: string; readonly protocol?: PolicyProtocol }

export interface PolicyRule {
  /** How an explanation names it: `ingress[0]`, or the name that its author gave it. */
  readonly name: string
  /** `pass` leaves a tier for the next one. A network policy's rules all accept. */
  readonly action: 'accept' | 'deny' | 'pass'
  /** Absent: anyone, in the cluster or outside. */
  readonly peers?: readonly PolicyPeer[]
  /** Absent: every port of every protocol. */
  readonly ports?: readonly PolicyPort[]
}

/**
 * A firewall's rules for the workloads that it selects, whatever manifest they came from. Verdicts of a direction go
 * through the tiers: `admin` by priority, then `network`, then `baseline` by priority, then accept.
 */
export interface Policy {
  /** Its selectors hold for workloads, namespaces and nodes of this cluster alone; whoever else is an address to it. */
  readonly cluster?: string
  /** Kind and name as people know it: `NetworkPolicy shop/default-deny`. */
  readonly name: string
  readonly tier: 'admin' | 'network' | 'baseline'
  /** 0 to 1000, lower first; for the tiers `admin` and `baseline`. A network policy has 0. */
  readonly priority: number
  readonly subject: WorkloadSelector
  /**
   * In order; the first that matches decides in the tiers `admin` and `baseline`. In the tier `network` a direction that
   * is present isolates the subject in it, and any rule that matches lets a connection through.
   */
  readonly ingress?: readonly PolicyRule[]
  readonly egress?: readonly PolicyRule[]
}

export interface PolicyNamespace {
  readonly cluster?: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

/** What policies look at in a workload. */
export interface PolicyWorkload {
  readonly cluster?: string
  /** `namespace/name`; each once in all clusters together. */
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  /** Declared ports; the named ones can be asked for by name. */
  readonly ports: readonly {
    readonly name?: string
    readonly protocol: PolicyProtocol
    readonly port: number
  }[]
  readonly addresses: readonly string[]
  /** The node that it runs on; traffic between the two is always let in. */
  readonly node?: string
  /** It bears its node's address: no policy selects it, as subject or as peer. */
  readonly hostNetwork: boolean
}

export interface PolicyNode {
  readonly cluster?: string
  /** Each once in all clusters together. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly addresses: readonly string[]
}

/**
 * Everything that verdicts follow from, of one cluster or of several, whose names are their own: what names no cluster is of
 * one without a name.
 */
export interface PolicySet {
  readonly namespaces: readonly PolicyNamespace[]
  readonly workloads: readonly PolicyWorkload[]
  readonly nodes: readonly PolicyNode[]
  readonly policies: readonly Policy[]
  /**
   * Whether a peer given by addresses also matches workloads that bear one of them: true as Kubernetes' own tests
   * demand, false as some analyzers assume. Default true.
   */
  readonly addressesMatchWorkloads?: boolean
  /** What domain names stand for at first, by name; of others nothing is known. */
  readonly domains?: Readonly<Record<string, readonly string[]>>
}
