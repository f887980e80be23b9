import { type Simulation, TIME_MAX, Timer } from '@weft/core'

/** What a pacer holds back. */
export interface PacedSender {
  readonly control: { readonly cwndBytes: number; readonly ssthreshBytes: number }
  readonly rtt: { readonly srttPs: number }
  transmit(): void
}

/** Windows per round trip, as Linux paces: enough to double in slow start, some headroom after. */
const SLOW_START_GAIN = 2
const GAIN = 1.2

/** Spreads a window over the round trip: a segment may leave when the one before it has had its time. */
export class Pacer {
  private readonly sim: Simulation
  private readonly sender: PacedSender
  private readonly timer: Timer
  private nextPs = 0

  constructor(sim: Simulation, sender: PacedSender) {
    this.sim = sim
    this.sender = sender
    this.timer = new Timer(sim, this, 0)
  }

  /** If not, `transmit` is called when it may. */
  mayLeave(): boolean {
    if (this.sim.now >= this.nextPs) return true
    // a round trip of hours may put it beyond the end of time
    this.timer.deadline = Math.min(this.nextPs, TIME_MAX)
    this.timer.arm()
    return false
  }

  /** A segment of this length has left. Nothing is held back before the first round-trip sample. */
  left(bytes: number): void {
    const { control, rtt } = this.sender
    if (!(rtt.srttPs > 0)) return
    // Linux counts half the threshold as slow start's end, so as not to burst into it
    const gain = control.cwndBytes < control.ssthreshBytes / 2 ? SLOW_START_GAIN : GAIN
    const gap = Math.round((bytes * rtt.srttPs) / (gain * control.cwndBytes))
    this.nextPs = Math.max(this.nextPs, this.sim.now) + gap
  }

  onTimer(): void {
    this.sender.transmit()
  }

  release(): void {
    this.timer.release()
  }
}
