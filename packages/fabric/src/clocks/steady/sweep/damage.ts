import type { Ports } from '../following/ports.ts'

/** Which links are dead in the state at hand, those of dead nodes among them. */
export class Damage {
  /** By link: 1 where it is dead. */
  readonly dead: Uint8Array
  /** By node. */
  readonly deadNode: Uint8Array
  readonly links: Int32Array
  readonly nodes: Int32Array
  linkCount = 0
  nodeCount = 0
  readonly #ports: Ports

  constructor(links: number, nodes: number, ports: Ports) {
    this.dead = new Uint8Array(links)
    this.deadNode = new Uint8Array(nodes)
    this.links = new Int32Array(links)
    this.nodes = new Int32Array(nodes)
    this.#ports = ports
  }

  set(links: ArrayLike<number>, nodes: ArrayLike<number>): void {
    this.#clear()
    for (let i = 0; i < links.length; i++) this.#kill(links[i]!)
    const { start, link } = this.#ports
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!
      if (this.deadNode[node] === 1) continue
      this.deadNode[node] = 1
      this.nodes[this.nodeCount++] = node
      for (let port = start[node]!; port < start[node + 1]!; port++) this.#kill(link[port]!)
    }
  }

  #kill(link: number): void {
    if (this.dead[link] === 1) return
    this.dead[link] = 1
    this.links[this.linkCount++] = link
  }

  #clear(): void {
    for (let i = 0; i < this.linkCount; i++) this.dead[this.links[i]!] = 0
    for (let i = 0; i < this.nodeCount; i++) this.deadNode[this.nodes[i]!] = 0
    this.linkCount = 0
    this.nodeCount = 0
  }
}
