import type { ColouredGraph } from './coloured-graph.ts'

/**
 * Colour refinement (the one-dimensional Weisfeiler-Leman algorithm) of copies of one graph side by side: vertices of
 * any copy share a colour as long as nothing that can be counted around them differs. Colours are numbered in the order
 * in which they are met, so that copies compare. A collision of hashes leaves colours coarser, never finer. Answers how
 * many vertices and ends of edges it looked at: what it cost.
 */
export function refine(graph: ColouredGraph, copies: readonly Int32Array[]): number {
  const looksPerRound = copies.length * (graph.size + graph.neighbours.length)
  let cells = countColours(copies)
  for (let looks = looksPerRound; ; looks += looksPerRound) {
    renumber(graph, copies)
    const refined = countColours(copies)
    if (refined === cells) return looks
    cells = refined
  }
}

function countColours(copies: readonly Int32Array[]): number {
  const seen = new Set<number>()
  for (const colours of copies) for (const colour of colours) seen.add(colour)
  return seen.size
}

/** One round: a vertex's new colour stands for its old one and the multiset of those around it. */
function renumber(graph: ColouredGraph, copies: readonly Int32Array[]): void {
  const numbers = new Map<number, number>()
  for (const colours of copies) {
    const keys = new Float64Array(graph.size)
    for (let vertex = 0; vertex < graph.size; vertex++) keys[vertex] = signature(graph, colours, vertex)
    for (let vertex = 0; vertex < graph.size; vertex++) {
      let number = numbers.get(keys[vertex]!)
      if (number === undefined) {
        number = numbers.size
        numbers.set(keys[vertex]!, number)
      }
      colours[vertex] = number
    }
  }
}

/** 52 bits: sums of mixed words do not depend on the order of neighbours. */
function signature(graph: ColouredGraph, colours: Int32Array, vertex: number): number {
  let low = 0
  let high = 0
  for (let place = graph.start[vertex]!; place < graph.start[vertex + 1]!; place++) {
    const word = Math.imul(colours[graph.neighbours[place]!]! + 1, 0x9e3779b1) ^ graph.edgeColours[place]!
    low = (low + mix(word)) | 0
    high = (high + mix(word ^ 0x5bd1e995)) | 0
  }
  low = mix(low ^ Math.imul(colours[vertex]! + 1, 0x85ebca6b))
  high = mix(high ^ Math.imul(colours[vertex]! + 1, 0xc2b2ae35))
  return (high >>> 12) * 0x1_0000_0000 + (low >>> 0)
}

function mix(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return h ^ (h >>> 16)
}
