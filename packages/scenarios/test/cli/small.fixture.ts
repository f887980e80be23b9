/** A scenario that runs in a moment. */
export const SMALL = `weft: 1
regions:
  r:
    fabric:
      leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: 10Gbps, fabricLink: 10Gbps }
traffic:
  - { between: all hosts, sizes: 10kB, load: 20% }
expect:
  - { metric: drops, equals: 0 }
run: { for: 200us }
`
