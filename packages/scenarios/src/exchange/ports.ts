/** Names interfaces that have none: `eth1`, `eth2` ... of each node, in the order of its links. */
export class Ports {
  readonly #last = new Map<string, number>()

  next(node: string): string {
    const number = (this.#last.get(node) ?? 0) + 1
    this.#last.set(node, number)
    return `eth${number}`
  }
}
