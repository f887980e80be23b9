"""Single link failures of a network, the way a planner's script does it: networkx for shortest paths, ECMP by equal shares.

    single_failures.py NETWORK.json OUT.json

NETWORK.json: {"nodes": N, "links": [[a, b], ...], "demands": [[source, destination, bps], ...], "failures": [link, ...]},
nodes and links by number; at most one link between two nodes, every link of cost 1, demands between hosts, which are
attached to switches. OUT.json: the networkx version,
CPU seconds of the sweep, and for each failure the load of every direction: of link l from a to b at 2 l, from b
to a at 2 l + 1.

Shortest paths are computed once per destination and failure (networkx: one breadth-first search) and are reused for all
demands towards it, which travel together from there on.
"""

import json
import sys
import time
from collections import defaultdict

import networkx as nx


def loads_of(graph, directions, towards):
    """Loads by direction when every demand takes its shortest paths in equal shares, and the rate that has no path."""
    loads = [0.0] * len(directions)
    lost = 0.0
    for destination, demands in towards.items():
        distance = nx.single_source_shortest_path_length(graph, destination)
        inflow = defaultdict(float)
        for source, rate in demands:
            if source in distance:
                inflow[source] += rate
            else:
                # a host does not know: its switch finds that there is no way
                lost += rate
                for other in graph[source]:
                    loads[directions[source, other]] += rate / len(graph[source])
        # nodes come nearest first; those farthest away send first
        for node, hops in reversed(distance.items()):
            rate = inflow.get(node)
            if not rate or hops == 0:
                continue
            nearer = [other for other in graph[node] if distance[other] == hops - 1]
            share = rate / len(nearer)
            for other in nearer:
                loads[directions[node, other]] += share
                inflow[other] += share
    return loads, lost


def main(network_path, out_path):
    with open(network_path, encoding="utf-8") as file:
        network = json.load(file)
    links = network["links"]
    graph = nx.Graph()
    graph.add_nodes_from(range(network["nodes"]))
    graph.add_edges_from(links)
    directions = {}
    for link, (a, b) in enumerate(links):
        directions[a, b] = 2 * link
        directions[b, a] = 2 * link + 1
    towards = defaultdict(list)
    for source, destination, rate in network["demands"]:
        towards[destination].append((source, rate))

    start = time.process_time()
    outcomes = []
    for failure in network["failures"]:
        a, b = links[failure]
        graph.remove_edge(a, b)
        outcomes.append(loads_of(graph, directions, towards))
        graph.add_edge(a, b)
    cpu_seconds = time.process_time() - start

    with open(out_path, "w", encoding="utf-8") as file:
        json.dump(
            {
                "version": nx.__version__,
                "cpuSeconds": cpu_seconds,
                "loads": [loads for loads, _ in outcomes],
                "lost": [lost for _, lost in outcomes],
            },
            file,
        )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} NETWORK.json OUT.json")
    main(sys.argv[1], sys.argv[2])
