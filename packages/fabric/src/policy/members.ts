import { refuse } from '@weft/core'
import type { EndId, Ends } from './ends.ts'
import type { LabelGroup, LabelGroups } from './label-groups.ts'
import type { Labels } from './label-selector.ts'
import type { PolicyNode, PolicyWorkload } from './policy-blueprint.ts'

interface WorkloadRow {
  readonly workload: PolicyWorkload
  readonly index: number
  /** Absent for who uses the host's network: no selector holds for it. */
  readonly group: LabelGroup | undefined
  readonly ends: readonly EndId[]
}

/** Workloads and nodes by name, and their ends. */
export class Members {
  private readonly workloads = new Map<string, WorkloadRow>()
  private readonly byIndex: (string | undefined)[] = []
  private readonly freeIndices: number[] = []
  private readonly nodes = new Map<string, { readonly node: PolicyNode; readonly ends: readonly EndId[] }>()
  /** Nodes that workloads name count even where nobody says more of them. */
  private readonly nodeIndices = new Map<string, number>()
  private readonly ends: Ends
  private readonly groups: LabelGroups

  constructor(ends: Ends, groups: LabelGroups) {
    this.ends = ends
    this.groups = groups
  }

  addWorkload(workload: PolicyWorkload): void {
    if (this.workloads.has(workload.name)) refuse(workload.name, 'there are two workloads of that name')
    const index = this.freeIndices.pop() ?? this.byIndex.length
    this.byIndex[index] = workload.name
    const group = workload.hostNetwork ? undefined : this.groups.join(workload)
    const ends = bearing(workload.addresses).map((address) =>
      this.ends.add(this.ownerOf(workload, index, group), address),
    )
    this.workloads.set(workload.name, { workload, index, group, ends })
  }

  removeWorkload(name: string): void {
    const { ends, group, index } = this.workload(name)
    for (const end of ends) this.ends.remove(end)
    if (group !== undefined) this.groups.leave(group)
    this.workloads.delete(name)
    this.byIndex[index] = undefined
    this.freeIndices.push(index)
  }

  setWorkloadLabels(name: string, labels: Labels): void {
    const row = this.workload(name)
    const workload = { ...row.workload, labels }
    const group = row.group === undefined ? undefined : this.groups.join(workload)
    this.workloads.set(name, { ...row, workload, group })
    if (group === undefined) return
    for (const end of row.ends) this.ends.moveTo(end, group)
    this.groups.leave(row.group!)
  }

  /** An address that some workload bears is another one's from now on; nothing happens where either is unknown. */
  moveAddress(address: string, name: string): void {
    const end = this.ends.bearing(address).at(-1)
    const to = this.workloads.get(name)
    if (end === undefined || to === undefined || to.ends.includes(end)) return
    const owner = this.ends.ownerOf(end)
    if (owner.kind !== 'workload') return
    const from = this.workload(this.nameOfWorkload(owner.workload))
    this.ends.remove(end)
    this.workloads.set(from.workload.name, { ...from, ends: from.ends.filter((each) => each !== end) })
    const moved = this.ends.add(this.ownerOf(to.workload, to.index, to.group), address)
    this.workloads.set(name, { ...to, ends: [...to.ends, moved] })
  }

  addNode(node: PolicyNode): void {
    if (this.nodes.has(node.name)) refuse(node.name, 'there are two nodes of that name')
    const index = this.nodeIndex(node.name)
    const ends = bearing(node.addresses).map((address) =>
      this.ends.add({ kind: 'node', node: index, cluster: node.cluster, labels: node.labels }, address),
    )
    this.nodes.set(node.name, { node, ends })
    this.relabelGuests(node.name, node.labels)
  }

  removeNode(name: string): void {
    for (const end of this.node(name).ends) this.ends.remove(end)
    this.nodes.delete(name)
    this.relabelGuests(name, {})
  }

  setNodeLabels(name: string, labels: Labels): void {
    const row = this.node(name)
    this.nodes.set(name, { ...row, node: { ...row.node, labels } })
    for (const end of row.ends) this.ends.relabel(end, labels)
    this.relabelGuests(name, labels)
  }

  endsOfWorkload(name: string): readonly EndId[] {
    const { workload, ends } = this.workload(name)
    if (!workload.hostNetwork || workload.addresses.length > 0) return ends
    return this.nodes.get(workload.node ?? '')?.ends ?? ends
  }

  endsOfNode(name: string): readonly EndId[] {
    return this.node(name).ends
  }

  /** Names in the order in which they came. */
  workloadNames(): IterableIterator<string> {
    return this.workloads.keys()
  }

  nodeNames(): IterableIterator<string> {
    return this.nodes.keys()
  }

  isHostNetwork(name: string): boolean {
    return this.workload(name).workload.hostNetwork
  }

  clusterOfWorkload(name: string): string | undefined {
    return this.workload(name).workload.cluster
  }

  nameOfWorkload(index: number): string {
    return this.byIndex[index]!
  }

  private ownerOf(
    { node, hostNetwork, cluster }: PolicyWorkload,
    index: number,
    group: LabelGroup | undefined,
  ) {
    const home = node === undefined ? NOWHERE : this.nodeIndex(node)
    if (!hostNetwork) return { kind: 'workload' as const, workload: index, group: group!, home }
    return {
      kind: 'node' as const,
      node: home,
      cluster,
      labels: this.nodes.get(node ?? '')?.node.labels ?? {},
    }
  }

  /** Workloads on the host's network bear the node's labels. */
  private relabelGuests(node: string, labels: Labels): void {
    for (const { workload, ends } of this.workloads.values()) {
      if (!workload.hostNetwork || workload.node !== node) continue
      for (const end of ends) this.ends.relabel(end, labels)
    }
  }

  private nodeIndex(name: string): number {
    const index = this.nodeIndices.get(name) ?? this.nodeIndices.size
    this.nodeIndices.set(name, index)
    return index
  }

  private workload(name: string): WorkloadRow {
    return this.workloads.get(name) ?? refuse(name, 'there is no workload of that name')
  }

  private node(name: string) {
    return this.nodes.get(name) ?? refuse(name, 'there is no node of that name')
  }
}

const NOWHERE = -1

/** One end for each address; one without if there is none. */
const bearing = (addresses: readonly string[]): readonly (string | undefined)[] =>
  addresses.length === 0 ? [undefined] : addresses
