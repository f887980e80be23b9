import type { Box, Caption, Frame, Layout } from './layout.ts'
import { type DrawableNetwork, type HostGroup, shortName } from './network.ts'
import { type Cluster, type Column, type RegionColumns, tieredColumns } from './tiered-columns.ts'
import { tieredWires } from './tiered-wires.ts'

const MARGIN = 14
const GAP = 8
const COLUMN_GAP = 22
const REGION_GAP = 40
const BOX_HEIGHT = 26
const HOST_SIZE = 12
const HOST_GAP = 3
const HOST_DROP = 58
const CHARACTER = 6.8
/** Beyond this width, labels shrink to their numbers. */
const COMFORTABLE = 1150
const NARROWEST = 460
/** More hosts than this on one switch, or in all, are drawn as one block per switch. */
const HOSTS_APART = 8
const HOSTS_APART_TOTAL = 128

/** Tiers on top of each other, hosts at the bottom, regions and pods side by side. */
export function tieredLayout(network: DrawableNetwork, level: ReadonlyMap<string, number>): Layout {
  const regions = tieredColumns(network, level)
  for (const style of [
    { isCompact: false, hostsApart: true },
    { isCompact: true, hostsApart: true },
  ]) {
    const attempt = new TieredLayout(network, level, regions, style)
    if (attempt.width <= COMFORTABLE) return attempt.layout()
  }
  return new TieredLayout(network, level, regions, { isCompact: true, hostsApart: false }).layout()
}

class TieredLayout {
  readonly width: number
  readonly #network: DrawableNetwork
  readonly #level: ReadonlyMap<string, number>
  readonly #regions: readonly RegionColumns[]
  readonly #isCompact: boolean
  readonly #hostsApart: boolean
  readonly #labels: ReadonlyMap<string, string>
  readonly #top: number
  readonly #depth: number
  readonly #rowGap: number
  readonly #gutter: number
  readonly #boxes: Box[] = []
  readonly #frames: Frame[] = []

  constructor(
    network: DrawableNetwork,
    level: ReadonlyMap<string, number>,
    regions: readonly RegionColumns[],
    { isCompact, hostsApart }: { readonly isCompact: boolean; readonly hostsApart: boolean },
  ) {
    this.#network = network
    this.#level = level
    this.#regions = regions
    this.#isCompact = isCompact
    const groups = regions.flatMap((region) => region.columns.flatMap((column) => groupsOf(column)))
    const hosts = groups.reduce((sum, group) => sum + group.hosts.length, 0)
    const areFew = hosts <= HOSTS_APART_TOTAL && groups.every((group) => group.hosts.length <= HOSTS_APART)
    this.#hostsApart = hostsApart && areFew
    this.#labels = labels(network, isCompact)
    this.#depth = Math.max(...level.values())
    this.#top = MARGIN + (regions.length > 1 ? 26 : 0)
    const content = regions.reduce((sum, region) => sum + this.#regionWidth(region), 0)
    this.#gutter =
      MARGIN + 18 + Math.max(10, ...network.nodes.map((node) => node.tier?.length ?? 0)) * CHARACTER
    this.width = this.#gutter + content + (regions.length - 1) * REGION_GAP + MARGIN
    this.#rowGap = Math.min(network.links.length > 600 ? 240 : 180, Math.max(96, this.width * 0.16))
  }

  layout(): Layout {
    const stretch = Math.max(0, NARROWEST - this.width) / this.#regions.length
    let x = this.#gutter
    for (const region of this.#regions) {
      const width = this.#regionWidth(region) + stretch
      this.#placeRegion(region, x, width)
      x += width + REGION_GAP
    }
    const bottom = Math.max(...this.#boxes.map((box) => box.y + box.height))
    return {
      width: x - REGION_GAP + MARGIN,
      height: bottom + MARGIN + (this.#frames.length > 0 ? 12 : 0),
      boxes: this.#boxes,
      wires: tieredWires(this.#network, this.#boxes),
      frames: this.#frames,
      captions: this.#captions(),
    }
  }

  #placeRegion(region: RegionColumns, x: number, width: number): void {
    const bottom = this.#y(0) + BOX_HEIGHT
    if (this.#regions.length > 1) {
      const y = MARGIN / 2
      const height = bottom + MARGIN - y
      this.#frames.push({ x: x - 10, y, width: width + 20, height, label: region.region })
    }
    for (const [row, names] of region.rows) this.#placeRow(names, row, x, width)
    const widths = region.columns.map((column) => this.#columnWidth(column))
    const gaps = (widths.length - 1) * COLUMN_GAP
    const scale = (width - gaps) / widths.reduce((a, b) => a + b)
    let left = x
    region.columns.forEach((column, index) => {
      const share = widths[index]! * scale
      this.#placeColumn(column, left, share)
      left += share + COLUMN_GAP
    })
  }

  #placeColumn(column: Column, x: number, width: number): void {
    const highest = Math.max(1, ...column.rows.keys())
    if (column.label !== '') {
      const y = this.#y(highest) - 8
      const height = this.#y(0) + BOX_HEIGHT + 6 - y
      this.#frames.push({ x: x - 7, y, width: width + 14, height, label: column.label })
    }
    for (const [row, names] of column.rows) this.#placeRow(names, row, x, width)
    const widths = column.clusters.map((cluster) => this.#clusterWidth(cluster) + GAP)
    const scale = width / widths.reduce((a, b) => a + b, 0)
    let left = x
    column.clusters.forEach((cluster, index) => {
      const share = widths[index]! * scale
      this.#placeRow(cluster.switches, 1, left + GAP / 2, share - GAP)
      this.#placeHosts(cluster.groups, left + GAP / 2, share - GAP)
      left += share
    })
  }

  /** Spreads switches evenly; a box grows with its slot so that its links have room, up to a limit. */
  #placeRow(names: readonly string[], row: number, x: number, width: number): void {
    const slot = (width + GAP) / names.length
    const least = Math.max(...names.map((name) => this.#boxWidth(name)))
    const boxWidth = Math.min(slot - GAP, Math.max(least, Math.min(108, slot * 0.62)))
    names.forEach((name, index) => {
      const left = x - GAP / 2 + slot * (index + 0.5) - boxWidth / 2
      const label = this.#labels.get(name)!
      const y = this.#y(row)
      this.#boxes.push({
        x: left,
        y,
        width: boxWidth,
        height: BOX_HEIGHT,
        label,
        kind: 'switch',
        members: [name],
      })
    })
  }

  #placeHosts(groups: readonly HostGroup[], x: number, width: number): void {
    const slot = (width + GAP) / groups.length
    groups.forEach((group, index) => {
      const own = this.#groupWidth(group)
      const left = x - GAP / 2 + slot * (index + 0.5) - own / 2
      const y = this.#y(0)
      if (!this.#hostsApart) {
        const label = this.#blockLabel(group)
        this.#boxes.push({
          x: left,
          y,
          width: own,
          height: BOX_HEIGHT,
          label,
          kind: 'hosts',
          members: group.hosts,
        })
        return
      }
      group.hosts.forEach((host, position) => {
        const hostX = left + position * (HOST_SIZE + HOST_GAP)
        const size = { width: HOST_SIZE, height: HOST_SIZE }
        this.#boxes.push({ x: hostX, y, ...size, label: '', kind: 'host', members: [host] })
      })
    })
  }

  #y(row: number): number {
    const switchY = (this.#depth - Math.max(1, row)) * (this.#rowGap + BOX_HEIGHT)
    return this.#top + switchY + (row === 0 ? BOX_HEIGHT + HOST_DROP : 0)
  }

  #captions(): Caption[] {
    const rows = new Map<number, string[]>()
    for (const node of this.#network.nodes) {
      const row = this.#level.get(node.name)!
      const known = rows.get(row)
      if (known === undefined) rows.set(row, [node.name])
      else known.push(node.name)
    }
    const tierOf = new Map(this.#network.nodes.map((node) => [node.name, node.tier ?? 'host']))
    return [...rows].map(([row, names]) => {
      const tiers = [...new Set(names.map((name) => (row === 0 ? 'host' : tierOf.get(name)!)))]
      const height = row === 0 && this.#hostsApart ? HOST_SIZE : BOX_HEIGHT
      const y = this.#y(row) + height / 2
      return { x: MARGIN, y, title: tiers.join(', '), detail: countOf(names.length, tiers, row) }
    })
  }

  #regionWidth(region: RegionColumns): number {
    const columns = region.columns.reduce((sum, column) => sum + this.#columnWidth(column), 0)
    return Math.max(columns + (region.columns.length - 1) * COLUMN_GAP, this.#rowsWidth(region.rows))
  }

  #columnWidth(column: Column): number {
    const clusters = column.clusters.reduce((sum, cluster) => sum + this.#clusterWidth(cluster) + GAP, 0)
    return Math.max(clusters, this.#rowsWidth(column.rows))
  }

  #rowsWidth(rows: ReadonlyMap<number, readonly string[]>): number {
    return Math.max(0, ...[...rows.values()].map((names) => this.#rowWidth(names)))
  }

  /** Slots are equal, so the widest box sets them. */
  #rowWidth(names: readonly string[]): number {
    return names.length * (Math.max(...names.map((name) => this.#boxWidth(name))) + GAP)
  }

  #clusterWidth({ switches, groups }: Cluster): number {
    const widest = Math.max(...groups.map((group) => this.#groupWidth(group)))
    return Math.max(this.#rowWidth(switches), groups.length * (widest + GAP)) - GAP
  }

  #groupWidth(group: HostGroup): number {
    if (this.#hostsApart) return group.hosts.length * (HOST_SIZE + HOST_GAP) - HOST_GAP
    return Math.max(26, this.#blockLabel(group).length * CHARACTER + 10)
  }

  #blockLabel({ hosts }: HostGroup): string {
    return this.#isCompact ? `${hosts.length}` : `${hosts.length} host${plural(hosts.length, 's')}`
  }

  #boxWidth(name: string): number {
    return Math.max(24, this.#labels.get(name)!.length * CHARACTER + 10)
  }
}

const groupsOf = (column: Column) => column.clusters.flatMap((cluster) => cluster.groups)

const plural = (count: number, ending: string) => (count === 1 ? '' : ending)

/** Short names, or the numbers at their end: `12` of `leaf-12`. */
function labels(network: DrawableNetwork, isCompact: boolean): Map<string, string> {
  const result = new Map<string, string>()
  for (const { name, kind } of network.nodes) {
    if (kind === 'host') continue
    const short = shortName(name)
    result.set(name, isCompact ? (/\d+$/.exec(short)?.[0] ?? short) : short)
  }
  return result
}

/** `4 switches`; nothing of the internet, which is one. */
function countOf(count: number, tiers: readonly string[], row: number): string {
  if (tiers.length === 1 && tiers[0] === 'internet') return ''
  if (row === 0) return `${count} host${plural(count, 's')}`
  const isGateways = tiers.length === 1 && tiers[0] === 'gateway'
  return `${count} ${isGateways ? `node${plural(count, 's')}` : `switch${plural(count, 'es')}`}`
}
