import type { ClassReach } from './class-reach.ts'
import type { ClassTable } from './class-table.ts'
import type { Damage } from './damage.ts'
import type { EntryChanges } from './entry-changes.ts'
import type { Interfaces } from './interfaces.ts'
import type { LoadColumn } from './load-column.ts'
import { NOWHERE } from './rows.ts'
import { SecondLegs } from './second-legs.ts'
import { SenderShifts } from './sender-shifts.ts'
import { handOverShares, type SweepDemands } from './sweep-demands.ts'

/** What the failure of hosts' links changes: where their traffic enters, which class they are in, what their links carry. */
export class HostChanges {
  /** By endpoint: 1 where one of its links is dead. */
  readonly touched: Uint8Array
  /** IP bit/s of endpoints that lost their last link, and of demands to such endpoints where that was not so before. */
  lostIp = 0
  readonly #nics: Interfaces
  readonly #demands: SweepDemands
  readonly #classes: ClassTable
  readonly #damage: Damage
  readonly #entries: EntryChanges
  readonly #reach: ClassReach
  readonly #legs: SecondLegs
  readonly #loads: LoadColumn
  /** Of touched endpoints. */
  readonly #shifts: SenderShifts
  readonly #handOverShare: Float64Array
  /** By row of the interfaces: which of its class's switches it hangs off. */
  readonly #slot: Int32Array
  /** What comes to each endpoint from each switch of its class, in the first rows of its interface. */
  readonly #arrival: Float64Array
  readonly #arrivalNow: Float64Array
  readonly #classNow: Int32Array
  readonly #list: Int32Array
  #count = 0
  readonly #switches: number[] = []

  constructor(
    nics: Interfaces,
    demands: SweepDemands,
    classes: ClassTable,
    damage: Damage,
    entries: EntryChanges,
    reach: ClassReach,
    loads: LoadColumn,
  ) {
    const endpoints = demands.classOf.length
    const rows = nics.link.length
    this.#nics = nics
    this.#demands = demands
    this.#classes = classes
    this.#damage = damage
    this.#entries = entries
    this.#reach = reach
    this.#legs = new SecondLegs(demands.stages, classes, reach)
    this.#loads = loads
    this.#shifts = new SenderShifts(nics, demands, damage, loads)
    this.#handOverShare = handOverShares(nics)
    this.#arrival = new Float64Array(rows)
    this.#arrivalNow = new Float64Array(rows)
    this.#slot = new Int32Array(rows)
    this.touched = new Uint8Array(endpoints)
    this.#classNow = demands.classOf.slice()
    this.#list = new Int32Array(endpoints)
    for (let e = 0; e < endpoints; e++) this.#findSlots(e)
  }

  /** Loads hosts' links while everything is up; the classes' entries and reach are those of the base by then. */
  loadBase(): void {
    const { start, up } = this.#nics
    const { sentWire, byReceiver, classOf } = this.#demands
    for (let e = 0; e < classOf.length; e++) {
      for (let nic = start[e]!; nic < start[e + 1]!; nic++)
        this.#loads.now[up[nic]!]! += sentWire[e]! * this.#shifts.bondShare[nic]!
      if (classOf[e] === NOWHERE) continue
      for (let i = byReceiver.start[e]!; i < byReceiver.start[e + 1]!; i++)
        this.#arrive(e, classOf[e]!, byReceiver.key[i]!, byReceiver.wire[i]!, this.#arrival)
      for (let slot = 0; slot < this.#classes.attachments[classOf[e]!]!.length; slot++)
        this.addArrival(e, slot, this.#arrival[start[e]! + slot]!)
    }
  }

  clear(): void {
    for (let i = 0; i < this.#count; i++) {
      const e = this.#list[i]!
      this.touched[e] = 0
      this.#classNow[e] = this.#demands.classOf[e]!
    }
    this.#count = 0
    this.lostIp = 0
    this.#legs.clear()
  }

  /** Endpoints behind dead links, in the state at hand. */
  touchedEndpoints(): Int32Array {
    return this.#list.slice(0, this.#count)
  }

  /** Finds the endpoints behind dead links, and what enters elsewhere or for another class because of them. */
  begin(): void {
    const { endpointStart, endpoints } = this.#nics
    const { links, linkCount } = this.#damage
    for (let i = 0; i < linkCount; i++) {
      const link = links[i]!
      for (let j = endpointStart[link]!; j < endpointStart[link + 1]!; j++) this.#touch(endpoints[j]!)
    }
    for (let i = 0; i < this.#count; i++) this.#moveReceiver(this.#list[i]!)
    for (let i = 0; i < this.#count; i++) {
      const e = this.#list[i]!
      if (!this.#shifts.find(i, e)) this.lostIp += this.#demands.sentIp[e]!
      this.#moveSender(i, e)
    }
  }

  /** Takes what `reach` has just found of a stage. */
  takeReach(stage: number): void {
    this.#legs.takeReach(stage)
  }

  /** What comes out of stages enters for the receivers, once all stages' routes are those of the state at hand. */
  leaveStages(): void {
    if (this.#demands.stages.count === 0) return
    for (let i = 0; i < this.#count; i++) this.#sendByStages(i, this.#list[i]!)
    const { receiver, switch: at } = this.#demands.stages
    const { exits, count, wire, ip } = this.#legs
    for (let i = 0; i < count; i++) {
      const exit = exits[i]!
      this.#enter(this.#classNow[receiver[exit]!]!, at[exit]!, wire[exit]!, ip[exit]!)
    }
  }

  /** What comes to an endpoint that has all its links, beyond the base, from one of its class's switches. */
  addArrival(e: number, slot: number, bps: number): void {
    const { start, down } = this.#nics
    for (let nic = start[e]!; nic < start[e + 1]!; nic++)
      if (this.#slot[nic] === slot) this.#loads.now[down[nic]!]! += bps * this.#handOverShare[nic]!
  }

  /** Loads the links to hosts, once all classes' routes are those of the state at hand. */
  end(): void {
    for (let i = 0; i < this.#count; i++) this.#receiveAnew(this.#list[i]!)
    for (let i = 0; i < this.#count; i++) this.#sendAnew(i, this.#list[i]!)
    this.#arriveFromStages()
    for (let i = 0; i < this.#count; i++) this.#reload(this.#list[i]!)
  }

  #findSlots(e: number): void {
    const classId = this.#demands.classOf[e]!
    if (classId === NOWHERE) return
    const attachments = this.#classes.attachments[classId]!
    for (let nic = this.#nics.start[e]!; nic < this.#nics.start[e + 1]!; nic++)
      this.#slot[nic] = attachments.indexOf(this.#nics.switch[nic]!)
  }

  #touch(e: number): void {
    if (this.touched[e] === 1) return
    this.touched[e] = 1
    this.#list[this.#count++] = e
    if (this.#demands.classOf[e] === NOWHERE) return
    const { start, link, switch: at } = this.#nics
    const switches = this.#switches
    switches.length = 0
    for (let nic = start[e]!; nic < start[e + 1]!; nic++)
      if (this.#damage.dead[link[nic]!] === 0 && !switches.includes(at[nic]!)) switches.push(at[nic]!)
    switches.sort(ascending)
    this.#classNow[e] = switches.length === 0 ? NOWHERE : this.#classes.of(switches, this.#demands.kindOf[e]!)
    this.#entries.reserve()
    this.#reach.reserve()
  }

  #moveReceiver(e: number): void {
    const from = this.#demands.classOf[e]!
    const to = this.#classNow[e]!
    if (from === to) return
    const { start, key, wire, ip } = this.#demands.byReceiver
    for (let i = start[e]!; i < start[e + 1]!; i++) {
      this.#entries.add(from, key[i]!, -wire[i]!, -ip[i]!)
      this.#enter(to, key[i]!, wire[i]!, ip[i]!)
    }
  }

  #enter(classId: number, s: number, wireBps: number, ipBps: number): void {
    if (classId === NOWHERE) this.lostIp += ipBps
    else this.#entries.add(classId, s, wireBps, ipBps)
  }

  #moveSender(i: number, e: number): void {
    const { start, key, stage, wire, ip } = this.#demands.bySource
    const shifts = this.#shifts
    for (let k = shifts.start[i]!; k < shifts.start[i + 1]!; k++) {
      const s = shifts.switch[k]!
      const shift = shifts.change[k]!
      for (let row = start[e]!; row < start[e + 1]!; row++) {
        const to = stage[row] === NOWHERE ? this.#classNow[key[row]!]! : stage[row]!
        this.#enter(to, s, wire[row]! * shift, ip[row]! * shift)
      }
    }
  }

  #sendByStages(i: number, e: number): void {
    const { start, stage, exit, wire, ip } = this.#demands.bySource
    const shifts = this.#shifts
    for (let k = shifts.start[i]!; k < shifts.start[i + 1]!; k++) {
      const s = shifts.switch[k]!
      const shift = shifts.change[k]!
      for (let row = start[e]!; row < start[e + 1]!; row++)
        if (stage[row] !== NOWHERE)
          this.#legs.takeEntry(stage[row]!, s, exit[row]!, wire[row]! * shift, ip[row]! * shift)
    }
  }

  #receiveAnew(e: number): void {
    const first = this.#nics.start[e]!
    this.#arrivalNow.fill(0, first, this.#nics.start[e + 1]!)
    const classId = this.#classNow[e]!
    if (classId === NOWHERE) return
    const { start, key, wire } = this.#demands.byReceiver
    for (let i = start[e]!; i < start[e + 1]!; i++)
      this.#arrive(e, classId, key[i]!, wire[i]!, this.#arrivalNow)
  }

  #arrive(e: number, classId: number, s: number, bps: number, arrival: Float64Array): void {
    const slots = this.#classes.attachments[classId]!.length
    const first = this.#nics.start[e]!
    for (let slot = 0; slot < slots; slot++) arrival[first + slot]! += bps * this.#reach.of(classId, slot, s)
  }

  #sendAnew(i: number, e: number): void {
    const { start, key, stage, wire } = this.#demands.bySource
    const shifts = this.#shifts
    for (let k = shifts.start[i]!; k < shifts.start[i + 1]!; k++) {
      const s = shifts.switch[k]!
      const shift = shifts.change[k]!
      for (let row = start[e]!; row < start[e + 1]!; row++)
        if (stage[row] === NOWHERE) this.#arriveMore(key[row]!, s, wire[row]! * shift)
    }
  }

  #arriveFromStages(): void {
    const { receiver, switch: at } = this.#demands.stages
    const { exits, count, wire } = this.#legs
    for (let i = 0; i < count; i++) this.#arriveMore(receiver[exits[i]!]!, at[exits[i]!]!, wire[exits[i]!]!)
  }

  /** What enters for an endpoint at a switch beyond the base arrives at it. */
  #arriveMore(d: number, s: number, bps: number): void {
    const classId = this.#classNow[d]!
    if (classId === NOWHERE) return
    if (this.touched[d] === 1) {
      this.#arrive(d, classId, s, bps, this.#arrivalNow)
      return
    }
    const slots = this.#classes.attachments[classId]!.length
    for (let slot = 0; slot < slots; slot++) {
      const share = this.#reach.of(classId, slot, s)
      if (share !== 0) this.addArrival(d, slot, bps * share)
    }
  }

  /** The links to an endpoint that lost some: from what they carry while everything is up to what they carry now. */
  #reload(e: number): void {
    const { start, link, switch: at, down, switchWeight } = this.#nics
    const { classOf } = this.#demands
    if (classOf[e] === NOWHERE) return
    const first = start[e]!
    const attachments = this.#classNow[e] === NOWHERE ? [] : this.#classes.attachments[this.#classNow[e]!]!
    for (let nic = first; nic < start[e + 1]!; nic++) {
      let now = 0
      if (this.#damage.dead[link[nic]!] === 0) {
        let weights = 0
        for (let other = first; other < start[e + 1]!; other++)
          if (at[other] === at[nic] && this.#damage.dead[link[other]!] === 0) weights += switchWeight[other]!
        const slot = attachments.indexOf(at[nic]!)
        now = (this.#arrivalNow[first + slot]! * switchWeight[nic]!) / weights
      }
      const before = this.#arrival[first + this.#slot[nic]!]! * this.#handOverShare[nic]!
      this.#loads.now[down[nic]!]! += now - before
    }
  }
}

const ascending = (a: number, b: number): number => a - b
