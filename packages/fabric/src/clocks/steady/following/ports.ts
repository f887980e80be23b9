import type { Topology } from '../../../routing/topology.ts'

/**
 * Ports of all nodes in rows one after the other: port p of node n is row `start[n] + p`. A direction of a link is
 * numbered 2 × link + end, where end is that of the sender.
 */
export class Ports {
  /** First row of every node; one more behind the last. */
  readonly start: Int32Array
  readonly direction: Int32Array
  readonly neighbour: Int32Array
  /** Port at the neighbour. */
  readonly neighbourPort: Int32Array
  readonly link: Int32Array

  constructor(topology: Topology) {
    const { ports } = topology
    this.start = new Int32Array(ports.length + 1)
    ports.forEach((adjacencies, node) => {
      this.start[node + 1] = this.start[node]! + adjacencies.length
    })
    const rows = this.start[ports.length]!
    this.direction = new Int32Array(rows)
    this.neighbour = new Int32Array(rows)
    this.neighbourPort = new Int32Array(rows)
    this.link = new Int32Array(rows)
    ports.forEach((adjacencies, node) => {
      adjacencies.forEach(({ link, neighbour, neighbourPort }, port) => {
        const row = this.start[node]! + port
        this.direction[row] = 2 * link + (topology.linkNodes[link]![0] === node ? 0 : 1)
        this.neighbour[row] = neighbour
        this.neighbourPort[row] = neighbourPort
        this.link[row] = link
      })
    })
  }
}
