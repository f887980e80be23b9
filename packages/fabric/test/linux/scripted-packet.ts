import type { KernelStep } from './linux-kernel.ts'

/** A packet of a random script, as bytes and as words for who reads a disagreement. */
export interface ScriptedPacket {
  readonly step: KernelStep
  readonly words: string
}
