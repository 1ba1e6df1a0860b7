"""The cascade with networkx, as a worklist over a directed graph. Prints JSON."""

import csv
import json
import statistics
import sys
import time

import networkx

folder, runs = sys.argv[1], int(sys.argv[2])


def rows(name):
    with open(f"{folder}/{name}", newline="") as file:
        yield from csv.reader(file)


begin = time.perf_counter()
graph = networkx.MultiDiGraph()
graph.add_nodes_from(int(node) for (node,) in rows("parties.csv"))
graph.add_edges_from(
    (int(holder), int(subject), int(kind), {"lower": int(lower)}) for holder, subject, kind, lower in rows("holdings.csv")
)
seeds = [int(node) for (node,) in rows("seeds.csv")]
load = time.perf_counter() - begin


def cascade():
    members = set(seeds)
    queue = list(seeds)
    sums = {}
    while queue:
        for _, subject, kind, lower in graph.out_edges(queue.pop(), keys=True, data="lower"):
            if subject in members:
                continue
            held = sums[subject, kind] = sums.get((subject, kind), 0) + lower
            if held > 500_000_000:
                members.add(subject)
                queue.append(subject)
    return len(members)


def memory():
    """The most memory that this process had, without what it began with as a fork."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


times = []
for _ in range(runs):
    begin = time.perf_counter()
    restricted = cascade()
    times.append(time.perf_counter() - begin)

print(json.dumps({
    "load": load,
    "answer": statistics.median(times),
    "restricted": restricted,
    "memory": memory(),
    "version": networkx.__version__,
    "python": sys.version.split()[0],
}))
