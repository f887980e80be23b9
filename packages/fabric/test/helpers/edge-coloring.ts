/** An edge of a bipartite multigraph: from a vertex of the left side to one of the right. */
export type Edge = readonly [left: number, right: number]

const NOBODY = -1

/**
 * Colours edges so that no two of one vertex have the same: by as many colours as the largest degree, which always
 * suffice (D. König 1916). Every edge takes a colour that is free at its left end; where that is taken at the right, the
 * path of that colour and of one free there is turned round. Throws where the colours do not suffice.
 */
export function colorEdges(edges: readonly Edge[], colors: number): number[] {
  const vertices = 1 + Math.max(-1, ...edges.flat())
  /** By vertex, left ones first, and colour: the edge that has it. */
  const held = Array.from({ length: 2 * vertices }, () => new Array<number>(colors).fill(NOBODY))
  const colorOf = new Array<number>(edges.length)
  const freeAt = (vertex: number): number => {
    const color = held[vertex]!.indexOf(NOBODY)
    if (color < 0) throw new Error(`vertex ${vertex} has more than ${colors} edges`)
    return color
  }
  edges.forEach(([left, right], edge) => {
    const [from, to] = [left, vertices + right]
    const [a, b] = [freeAt(from), freeAt(to)]
    if (held[to]![a] !== NOBODY) turnRound(to, a, b)
    give(edge, a)
  })
  return colorOf

  function give(edge: number, color: number): void {
    const [left, right] = edges[edge]!
    colorOf[edge] = color
    held[left]![color] = edge
    held[vertices + right]![color] = edge
  }

  /** Swaps two colours along the path that begins at a vertex with the first of them. */
  function turnRound(start: number, first: number, second: number): void {
    const path: number[] = []
    let vertex = start
    for (let color = first; held[vertex]![color] !== NOBODY; color = color === first ? second : first) {
      const edge = held[vertex]![color]!
      path.push(edge)
      const [left, right] = edges[edge]!
      vertex = vertex === left ? vertices + right : left
    }
    for (const edge of path) {
      const [left, right] = edges[edge]!
      for (const end of [left, vertices + right]) held[end]![colorOf[edge]!] = NOBODY
    }
    for (const edge of path) give(edge, colorOf[edge] === first ? second : first)
  }
}
