/** What `weft init` writes: every section once, explained where it is not plain. */
export const TEMPLATE = `# yaml-language-server: $schema=scenario.schema.json
# A small fabric under load, with a spine that fails and comes back.
#   weft check scenario.yaml                          do all expectations hold?
#   weft run scenario.yaml --report report.html       what happens, with pictures
weft: 1
name: first-fabric
seed: "1"                       # same seed, same result

regions:
  ord1:                         # begins the names of all parts: ord1/leaf-0, ord1/leaf-0/host-3
    fabric:
      leafSpine:                # or fatTree, or graph for any other shape
        leaves: 4
        spines: 4
        hostsPerLeaf: 4
        hostLink: { rate: 25Gbps, delay: 1us }
        fabricLink: { rate: 100Gbps, delay: 1us }
        queue: { capacity: 256 packets, ecnThreshold: 65 packets }
        ecmp: five-tuple        # or flowlet, spray, resilient
    routing:                    # until both have passed, packets to a dead link drop as link-down
      detection: 300us
      convergence: 700us

traffic:
  - name: web-search
    between: all hosts
    sizes: WebSearch            # or FB Hadoop, AliStorage2019, 100kB, { exponential: 100kB }
    load: 30%                   # payload bits over each sender's link rate
    # profile: evening          # or business-hours, or points over the day: for --clock flow --for 7d
    transport: dctcp            # or newreno; { dctcp: { minRto: 1ms } } sets options

events:
  - { at: 2ms, fail: ord1/spine-3 }
  - { at: 4ms, repair: ord1/spine-3 }

# reliability:                  # what fails by itself, again and again
#   - { of: link, tier: fabric, mtbf: 365d, mttr: 4h }

expect:
  - { metric: drops, reason: no-route, equals: 0 }
  - { metric: drops, reason: link-down, from: 3.1ms, equals: 0 }     # routes have moved by then

run:
  for: 5ms                      # arrivals end here; flows may finish for as long again
  warmup: 500us                 # left out of the statistics of flows and links
`
