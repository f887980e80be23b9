import { hashWords } from '../model/tuple-table.ts'
import { copied } from '../state-table/expiry-lists.ts'
import type { Mappings } from './mappings.ts'
import { NO_ROW, RowIndex } from './row-index.ts'

const UNCHAINED = -2

/**
 * The newest mapping of each inside endpoint, which Linux tries first for its next one (`find_appropriate_src` in
 * net/netfilter/nf_nat_core.c). Endpoints of which all mappings are where preservation would put the next one anyway have no chain:
 * one begins with the first mapping that is not, and ends with its last.
 */
export class EndpointChains {
  private readonly mappings: Mappings
  /** The newest rows of all chains, by their endpoints. */
  private readonly heads: RowIndex
  private next = new Int32Array(0)
  private previous = new Int32Array(0)
  private chains = 0

  constructor(mappings: Mappings) {
    this.mappings = mappings
    this.heads = new RowIndex((row) =>
      hashWords(mappings.insideAddress[row]!, mappings.insidePortOf(row), 0, mappings.protocol[row]!),
    )
    mappings.onResize.push((rows) => {
      this.next = copied(new Int32Array(rows), this.next)
      this.previous = copied(new Int32Array(rows), this.previous)
      this.heads.resize(rows)
    })
  }

  /** The newest mapping in an endpoint's chain, or NO_ROW. */
  newest(protocol: number, inside: number, insidePort: number): number {
    if (this.chains === 0) return NO_ROW
    const { heads, mappings } = this
    let row = heads.at(hashWords(inside, insidePort, 0, protocol))
    while (row !== NO_ROW) {
      if (
        mappings.insideAddress[row] === inside &&
        mappings.insidePortOf(row) === insidePort &&
        mappings.protocol[row] === protocol
      )
        return row
      row = heads.after()
    }
    return NO_ROW
  }

  add(row: number, isHome: boolean): void {
    const { mappings, heads } = this
    const head = this.newest(
      mappings.protocol[row]!,
      mappings.insideAddress[row]!,
      mappings.insidePortOf(row),
    )
    if (head === NO_ROW && isHome) {
      this.next[row] = UNCHAINED
      return
    }
    this.next[row] = head
    this.previous[row] = NO_ROW
    if (head === NO_ROW) this.chains++
    else {
      this.previous[head] = row
      heads.remove(head)
    }
    heads.add(row)
  }

  remove(row: number): void {
    const next = this.next[row]!
    if (next === UNCHAINED) return
    const previous = this.previous[row]!
    if (next !== NO_ROW) this.previous[next] = previous
    if (previous !== NO_ROW) {
      this.next[previous] = next
      return
    }
    this.heads.remove(row)
    if (next === NO_ROW) this.chains--
    else this.heads.add(next)
  }
}
