/** Where everything goes, in SVG user units (CSS pixels at full size), y downwards. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: readonly Box[]
  readonly wires: readonly Wire[]
  readonly frames: readonly Frame[]
  readonly captions: readonly Caption[]
}

/** A switch, a host, or a block that stands for several hosts. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly label: string
  readonly kind: 'switch' | 'host' | 'hosts'
  /** Names of the nodes that it stands for. */
  readonly members: readonly string[]
}

/** A line between two boxes: one link, or all the links between a switch and a block of hosts. */
export interface Wire {
  readonly links: readonly string[]
  readonly from: Point
  readonly to: Point
  /** Indices of the boxes at `from` and `to`. */
  readonly boxes: readonly [number, number]
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** A region or a pod around its nodes. */
export interface Frame {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly label: string
}

/** A tier's name, left of its row. */
export interface Caption {
  readonly x: number
  readonly y: number
  readonly title: string
  readonly detail: string
}
