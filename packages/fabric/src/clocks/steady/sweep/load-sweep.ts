import { UNREACHED } from '../../../routing/shortest-paths.ts'
import { LinkState } from '../../../routing/topology.ts'
import { SWITCHES_MAX } from '../following/class-plan.ts'
import type { SteadyClock } from '../steady-clock.ts'
import { BorderWatch } from './border-watch.ts'
import { ChangeRecorder } from './change-recorder.ts'
import { ClassDelta, type ClassRoutes } from './class-delta.ts'
import { ClassReach } from './class-reach.ts'
import { ClassRepair } from './class-repair.ts'
import { ClassTable } from './class-table.ts'
import type { Damage } from './damage.ts'
import { EntryChanges } from './entry-changes.ts'
import { HostChanges } from './host-changes.ts'
import type { Interfaces } from './interfaces.ts'
import type { LedIndex } from './led-demands.ts'
import { LoadColumn } from './load-column.ts'
import { PairSweep } from './pair-sweep.ts'
import { type PartChange, risesOf } from './part-change.ts'
import { NOWHERE } from './rows.ts'
import type { SwitchGraph } from './switch-graph.ts'
import { layOut, type SweepDemands } from './sweep-demands.ts'
import { WayTable } from './way-table.ts'

/** Loads under one state after another, each found from what differs from everything being up. One framing. */
export class LoadSweep {
  readonly loads: LoadColumn
  /** IP bit/s of demand that finds no way in the state at hand. */
  lostIp = 0
  /**
   * Whether a path of the state at hand may be longer than a TTL, something private is led over the internet, where it does not
   * go, or a server that stands for clients has lost its address: then the loads are not to be used.
   */
  isInexact = false
  /** Puts what two parts change together; absent where endpoints hang off several switches, and where demands go by way of stages. */
  readonly pairs: PairSweep | undefined
  readonly #nics: Interfaces
  /** 1 over the rate of every direction. */
  readonly #perBps: Float64Array
  readonly #routes: ClassRoutes
  readonly #demands: SweepDemands
  readonly #entries: EntryChanges
  readonly #reach: ClassReach
  readonly #delta: ClassDelta
  readonly #hosts: HostChanges
  /** Classes that demands are for while everything is up; those behind them came with failures. */
  readonly #baseClasses: number
  /** The same while everything is up. */
  readonly lostIpBase: number
  /** Distance up to which no path can have more switches than a TTL allows. */
  readonly #distanceMax: number
  #isInexactBase = false
  readonly #border: BorderWatch

  constructor(
    clock: SteadyClock,
    index: LedIndex,
    graph: SwitchGraph,
    nics: Interfaces,
    damage: Damage,
    wireChannel: number,
  ) {
    const { topology } = clock.network
    const ways = new WayTable(graph)
    this.#nics = nics
    this.#perBps = clock.rateBps.map((rate) => 1 / rate)
    const classes = new ClassTable(graph, new LinkState(topology), ways)
    this.#demands = layOut(index, wireChannel, nics, classes, graph)
    this.#baseClasses = classes.count
    this.#routes = { graph, classes, ways, damage, repair: new ClassRepair(graph, classes, ways, damage) }
    this.loads = new LoadColumn(clock.rateBps.length)
    this.#border = new BorderWatch(clock.network, index, classes, this.loads)
    this.#entries = new EntryChanges(classes)
    this.#reach = new ClassReach(this.#routes)
    this.#delta = new ClassDelta(this.#routes, this.#entries, this.loads)
    this.#entries.reserve()
    this.#reach.reserve()
    this.#hosts = new HostChanges(
      nics,
      this.#demands,
      classes,
      damage,
      this.#entries,
      this.#reach,
      this.loads,
    )
    const legs = index.stages.length > 0 ? 2 : 1
    this.#distanceMax =
      ((SWITCHES_MAX - 1) / legs) * graph.cost.reduce((least, cost) => Math.min(least, cost), Infinity)
    this.lostIpBase = this.#loadBase(nics)
    this.#isInexactBase ||= classes.distance.some(
      (distance, at) => classes.inflow[at]! > 0 && distance !== UNREACHED && distance > this.#distanceMax,
    )
    const isPlain = classes.attachments.every(({ length }) => length === 1)
    if (isPlain && legs === 1 && !this.#isInexactBase)
      this.pairs = new PairSweep(this.loads.base, this.#perBps, this.#routes, this.#demands, nics)
  }

  /**
   * Finds the loads of the state that `damage` describes, and what it changes: undefined where that cannot be put together
   * with what another changes. Only where there is `pairs`.
   */
  change(): PartChange | undefined {
    const { classes, damage, graph } = this.#routes
    const recorder = new ChangeRecorder(classes.count, graph.count)
    this.run(recorder)
    const endpoints = this.#hosts.touchedEndpoints()
    const { start } = this.#nics
    const isBonded = endpoints.some((e) => start[e + 1]! - start[e]! > 1)
    if (this.isInexact || isBonded) return undefined
    const loads = this.loads.now.map((load, direction) => load - this.loads.base[direction]!)
    return {
      ...recorder.take(),
      links: damage.links.slice(0, damage.linkCount),
      endpoints,
      loads,
      rises: risesOf(loads, this.#perBps),
      lostIp: this.lostIp - this.lostIpBase,
    }
  }

  /** Finds the loads of the state that `damage` describes. */
  run(recorder?: ChangeRecorder): void {
    this.#delta.recorder = recorder
    this.loads.restore()
    this.#entries.clear()
    this.#reach.clear()
    this.#hosts.clear()
    this.isInexact = this.#isInexactBase || this.#border.isStandInGone(this.#routes.damage)
    this.#hosts.begin()
    const stages = this.#demands.stages.count
    let lost = this.#runClasses(0, stages)
    this.#hosts.leaveStages()
    lost += this.#runClasses(stages, this.#routes.classes.count)
    this.#hosts.end()
    this.#silenceDeadLinks()
    this.lostIp = this.lostIpBase + lost + this.#hosts.lostIp
  }

  /** What is recorded is that of all classes. */
  #runClasses(from: number, to: number): number {
    const { repair } = this.#routes
    let lost = 0
    for (let classId = from; classId < to; classId++) {
      const isOfBase = classId < this.#baseClasses
      const isTouched = isOfBase && (this.#delta.recorder !== undefined || repair.touches(classId))
      if (isTouched || this.#entries.isChanged(classId)) lost += this.#runClass(classId)
    }
    return lost
  }

  #runClass(classId: number): number {
    const { repair } = this.#routes
    this.#border.note()
    repair.repair(classId)
    this.#checkLength(classId)
    this.#delta.spread(classId)
    this.#reach.update(classId)
    if (classId < this.#demands.stages.count) this.#hosts.takeReach(classId)
    else if (classId < this.#baseClasses) this.#passOn(classId)
    repair.clear()
    if (this.#border.leavesPrivately(classId)) this.isInexact = true
    return this.#delta.lostIp
  }

  /** Hands what changed at the switches that a class hangs off to its receivers; those that lost links come later. */
  #passOn(classId: number): void {
    const { start, key, wire } = this.#demands.byCell
    const { switches, slots, changes, count } = this.#reach
    const at = this.#routes.classes.at(classId)
    const { touched } = this.#hosts
    for (let i = 0; i < count; i++) {
      const cell = at + switches[i]!
      for (let row = start[cell]!; row < start[cell + 1]!; row++)
        if (touched[key[row]!] === 0) this.#hosts.addArrival(key[row]!, slots[i]!, wire[row]! * changes[i]!)
    }
  }

  #checkLength(classId: number): void {
    const { repair, classes } = this.#routes
    const { movedList, reachedCount, distance } = repair
    const farthest = classes.distance[classes.at(classId) + classes.order[classes.at(classId)]!]!
    if (this.#entries.isChanged(classId) && farthest !== UNREACHED && farthest > this.#distanceMax)
      this.isInexact = true
    if (reachedCount > 0 && distance[movedList[reachedCount - 1]!]! > this.#distanceMax) this.isInexact = true
  }

  #silenceDeadLinks(): void {
    const { links, linkCount } = this.#routes.damage
    for (let i = 0; i < linkCount; i++) {
      this.loads.now[2 * links[i]!] = 0
      this.loads.now[2 * links[i]! + 1] = 0
    }
  }

  /** Everything up: fills the classes' columns and the loads, and returns the IP bit/s that find no way. */
  #loadBase(nics: Interfaces): number {
    const { classes } = this.#routes
    const { classOf, byReceiver, sentIp } = this.#demands
    let lost = 0
    for (let e = 0; e < classOf.length; e++) {
      if (nics.start[e] === nics.start[e + 1]) lost += sentIp[e]!
      for (let i = byReceiver.start[e]!; i < byReceiver.start[e + 1]!; i++) {
        if (classOf[e] === NOWHERE) {
          lost += byReceiver.ip[i]!
          continue
        }
        const cell = classes.at(classOf[e]!) + byReceiver.key[i]!
        classes.entry[cell]! += byReceiver.wire[i]!
        classes.entryIp[cell]! += byReceiver.ip[i]!
      }
    }
    const { byCell } = this.#demands.stages
    for (let cell = 0; cell + 1 < byCell.start.length; cell++) {
      for (let row = byCell.start[cell]!; row < byCell.start[cell + 1]!; row++) {
        classes.entry[cell]! += byCell.wire[row]!
        classes.entryIp[cell]! += byCell.ip[row]!
      }
    }
    for (let classId = 0; classId < classes.count; classId++) {
      this.#border.note()
      lost += this.#loadClass(classId)
      if (this.#border.leavesPrivately(classId)) this.#isInexactBase = true
    }
    this.#hosts.loadBase()
    this.loads.settle()
    return lost
  }

  #loadClass(classId: number): number {
    const { classes, ways, graph } = this.#routes
    const at = classes.at(classId)
    let lost = 0
    for (let s = 0; s < graph.count; s++) classes.inflow[at + s] = classes.entry[at + s]!
    for (let rank = 0; rank < graph.count; rank++) {
      const s = classes.order[at + rank]!
      if (classes.distance[at + s] === UNREACHED) lost += classes.entryIp[at + s]!
      const range = classes.range[at + s]!
      for (let way = ways.start[range]!; way < ways.start[range + 1]!; way++) {
        const row = ways.row[way]!
        const part = classes.inflow[at + s]! * ways.share[way]!
        classes.inflow[at + graph.neighbour[row]!]! += part
        this.loads.now[graph.direction[row]!]! += part
      }
    }
    return lost
  }
}
