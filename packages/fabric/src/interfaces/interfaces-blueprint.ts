import type { ConntrackOptions } from '../conntrack/conntrack-options.ts'
import type { PolicySet } from '../policy/policy-blueprint.ts'

/** What acts at the interfaces of workloads, behind every vswitch alike. */
export interface InterfacesBlueprint {
  readonly policies: PolicySet
  /** Of the table that each vswitch keeps; absent: as Linux has it. */
  readonly conntrack?: ConntrackOptions
}
