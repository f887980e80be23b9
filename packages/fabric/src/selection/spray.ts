import type { RandomStream } from '@weft/core'
import type { Decision } from '../model/decision.ts'
import type { OneOfGroup, Selector } from '../model/selector.ts'

/** Per-packet ECMP: every packet draws its member by weight. */
export class SpraySelector implements Selector {
  private readonly stream: RandomStream

  constructor(stream: RandomStream) {
    this.stream = stream
  }

  select(group: OneOfGroup): Decision {
    return group.pick(this.stream.int(group.weightSum))
  }

  preview(): undefined {
    return undefined
  }
}
