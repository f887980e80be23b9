/** An undirected edge, or a directed one where the colours at its two ends differ. */
export interface ColouredEdge {
  readonly ends: readonly [number, number]
  /** Colour as the first end sees it, and as the second does. */
  readonly colours: readonly [number, number]
}

/** Vertices and edges with colours; parallel edges count. What symmetry is looked for in. */
export class ColouredGraph {
  readonly size: number
  readonly colours: Int32Array
  /** Neighbours of vertex v and the colours of the edges to them: places `start[v]` to `start[v + 1] - 1`. */
  readonly start: Int32Array
  readonly neighbours: Int32Array
  readonly edgeColours: Int32Array

  constructor(colours: ArrayLike<number>, edges: readonly ColouredEdge[]) {
    this.size = colours.length
    this.colours = Int32Array.from(colours)
    this.start = new Int32Array(this.size + 1)
    for (const { ends } of edges) for (const end of ends) this.start[end + 1]!++
    for (let vertex = 0; vertex < this.size; vertex++) this.start[vertex + 1]! += this.start[vertex]!
    this.neighbours = new Int32Array(2 * edges.length)
    this.edgeColours = new Int32Array(2 * edges.length)
    const next = this.start.slice()
    for (const { ends, colours: seen } of edges) {
      for (const side of [0, 1] as const) {
        const place = next[ends[side]]!++
        this.neighbours[place] = ends[1 - side]!
        this.edgeColours[place] = seen[side]
      }
    }
  }

  /** Whether this permutation of the vertices keeps every colour and every edge. */
  isAutomorphism(image: Int32Array): boolean {
    for (let vertex = 0; vertex < this.size; vertex++) {
      const to = image[vertex]!
      if (this.colours[to] !== this.colours[vertex]) return false
      if (to !== vertex || this.#movesNeighbour(vertex, image)) {
        if (!this.#keepsEdges(vertex, image)) return false
      }
    }
    return true
  }

  #movesNeighbour(vertex: number, image: Int32Array): boolean {
    for (let place = this.start[vertex]!; place < this.start[vertex + 1]!; place++) {
      if (image[this.neighbours[place]!] !== this.neighbours[place]) return true
    }
    return false
  }

  /** Compares the images of a vertex's edges with the edges of its image, as multisets. */
  #keepsEdges(vertex: number, image: Int32Array): boolean {
    const to = image[vertex]!
    const from = this.start[vertex]!
    const other = this.start[to]!
    const degree = this.start[vertex + 1]! - from
    if (this.start[to + 1]! - other !== degree) return false
    const mapped = new Float64Array(degree)
    const there = new Float64Array(degree)
    for (let i = 0; i < degree; i++) {
      mapped[i] = this.edgeColours[from + i]! * this.size + image[this.neighbours[from + i]!]!
      there[i] = this.edgeColours[other + i]! * this.size + this.neighbours[other + i]!
    }
    mapped.sort()
    there.sort()
    return mapped.every((edge, i) => edge === there[i])
  }
}
