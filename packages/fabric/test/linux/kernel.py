"""Lets a test ask the Linux kernel: a router in a network namespace, with a packet socket on each of its links.

Reads one JSON request a line from stdin and answers each by one line on stdout. The namespaces have no names: they end
with this process, which ends when stdin does, so that nothing is left behind however the test ends.

    {"op": "setup", "links": [{"name": "inside", "addresses": ["10.0.0.1/24"], "neighbours": ["10.0.0.2"]}],
     "sysctls": {"net.ipv4.ip_forward": 1}, "rules": "table ip t {...}"}
    {"op": "rules", "text": "..."}     replaces the whole rule set
    {"op": "run", "steps": [["inside", "<packet from the IP header on, in hex>"], ...], "watch": [tuple, ...]}
        a step into "self" is sent by the router itself
        -> for each step what came out, [[link, hex], ...], and after it the connections that have these tuples, or null
    {"op": "entries"} | {"op": "flush"}
    {"op": "sysctl", "set": {...}} | {"op": "sysctl", "get": [...]}
"""

import ctypes
import errno
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
ETH_P_IP, ETH_P_IPV6, ETH_P_ALL = 0x0800, 0x86DD, 0x0003
PACKET_OUTGOING = 4
HOST_MAC = bytes.fromhex("02000000aa02")
libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace):
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def new_namespace():
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    return os.open("/proc/self/ns/net", os.O_RDONLY)


def command(*words, text=None):
    done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=20)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def set_sysctl(name, value):
    with open("/proc/sys/" + name.replace(".", "/"), "w") as file:
        file.write(str(value))


def get_sysctl(name):
    with open("/proc/sys/" + name.replace(".", "/")) as file:
        return file.read().strip()


class Connections:
    """ctnetlink: include/uapi/linux/netfilter/nfnetlink_conntrack.h."""

    GET, DELETE = 0x101, 0x102
    REQUEST, ACK, DUMP = 1, 4, 0x300
    ERROR, DONE = 2, 3

    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        self.socket.bind((0, 0))
        self.socket.settimeout(5)

    def ask(self, kind, flags, family=0, query=b""):
        body = struct.pack("=BBH", family, 0, 0) + query
        self.socket.send(struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) + body)
        while True:
            data = self.socket.recv(1 << 18)
            while len(data) >= 16:
                length, kind, _, _, _ = struct.unpack_from("=IHHII", data)
                if kind == self.DONE:
                    return
                if kind == self.ERROR:
                    code = -struct.unpack_from("=i", data, 16)[0]
                    if code:
                        raise OSError(code, "ctnetlink")
                    return
                yield data[20:length]
                data = data[(length + 3) & ~3 :]

    def find(self, wanted):
        """The connection one of whose tuples this is, or None; a dump of all walks a table of the whole machine."""
        family = socket.AF_INET6 if ":" in wanted["source"] else socket.AF_INET
        addresses = [socket.inet_pton(family, wanted[end]) for end in ("source", "destination")]
        first = 3 if family == socket.AF_INET6 else 1
        ip = attribute(first, addresses[0]) + attribute(first + 1, addresses[1])
        protocol = attribute(1, bytes([wanted["protocol"]]))
        if wanted["protocol"] in (1, 58):
            at = 4 if wanted["protocol"] == 1 else 7
            protocol += attribute(at, struct.pack(">H", wanted["sourcePort"]))
            protocol += attribute(at + 1, bytes([wanted["icmpType"]]))
            protocol += attribute(at + 2, bytes([wanted["icmpCode"]]))
        else:
            protocol += attribute(2, struct.pack(">H", wanted["sourcePort"]))
            protocol += attribute(3, struct.pack(">H", wanted["destinationPort"]))
        nested = attribute(NESTED | 1, ip) + attribute(NESTED | 2, protocol)
        try:
            found = None
            for body in self.ask(self.GET, self.REQUEST | self.ACK, family, attribute(NESTED | 1, nested)):
                found = self.entry(dict(attributes(body)))
            return found
        except OSError as error:
            # EINVAL: ICMP types that no connection can have
            if error.errno in (errno.ENOENT, errno.EINVAL):
                return None
            raise

    def flush(self):
        for _ in self.ask(self.DELETE, self.REQUEST | self.ACK):
            pass

    def entries(self):
        return [self.entry(dict(attributes(body))) for body in self.ask(self.GET, self.REQUEST | self.DUMP)]

    def entry(self, top):
        protocol_info = dict(attributes(top.get(4, b"")))
        state = None
        for kind in (1, 3):
            if kind in protocol_info:
                state = dict(attributes(protocol_info[kind]))[1][0]
        return {
            "original": self.tuple(top[1]),
            "reply": self.tuple(top[2]),
            "status": struct.unpack(">I", top[3])[0],
            "timeout": struct.unpack(">I", top[7])[0] if 7 in top else None,
            "state": state,
            "zone": struct.unpack(">H", top[18])[0] if 18 in top else 0,
        }

    def tuple(self, data):
        parts = dict(attributes(data))
        ip, protocol = dict(attributes(parts[1])), dict(attributes(parts[2]))
        family = socket.AF_INET if 1 in ip else socket.AF_INET6
        source, destination = (ip[1], ip[2]) if 1 in ip else (ip[3], ip[4])
        number = lambda key: int.from_bytes(protocol[key], "big") if key in protocol else 0
        icmp = 4 in protocol or 7 in protocol
        identifier = number(4) or number(7)
        return {
            "protocol": number(1),
            "source": socket.inet_ntop(family, source),
            "destination": socket.inet_ntop(family, destination),
            "sourcePort": identifier if icmp else number(2),
            "destinationPort": identifier if icmp else number(3),
            "icmpType": number(5) or number(8),
            "icmpCode": number(6) or number(9),
        }


NESTED = 0x8000


def attribute(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def attributes(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3FFF, data[4:length]
        data = data[(length + 3) & ~3 :]


class Router:
    def __init__(self, request):
        self.ends = new_namespace()
        set_sysctl("net.ipv6.conf.default.disable_ipv6", 1)
        self.router = new_namespace()
        self.sockets, self.macs = {}, {}
        for name, value in request.get("sysctls", {}).items():
            set_sysctl(name, value)
        for place, link in enumerate(request["links"]):
            self.add_link(link, f"end{place}")
        self.await_links([link["name"] for link in request["links"]])
        self.own = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.connections = Connections()
        self.rules(request["rules"])
        command("ip", "link", "set", "lo", "up")

    def add_link(self, link, end):
        name = link["name"]
        command("ip", "link", "add", name, "type", "veth", "peer", "name", end)
        command("ip", "link", "set", end, "netns", f"/proc/{os.getpid()}/fd/{self.ends}")
        self.compute_checksums(name)
        for address in link["addresses"]:
            words = ["nodad"] if ":" in address else []
            command("ip", "address", "add", address, "dev", name, *words)
        command("ip", "link", "set", name, "up")
        self.macs[name] = bytes.fromhex(json.loads(command("ip", "-j", "link", "show", name))[0]["address"].replace(":", ""))
        for address in link["neighbours"]:
            lladdr = HOST_MAC.hex(":")
            command("ip", "neighbour", "add", address, "lladdr", lladdr, "dev", name, "nud", "permanent")
        for route in link.get("routes", []):
            command("ip", "route", "add", *route.split())
        enter(self.ends)
        command("ip", "link", "set", end, "up")
        port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        port.bind((end, ETH_P_ALL))
        port.setblocking(False)
        self.sockets[name] = port
        enter(self.router)

    def compute_checksums(self, name):
        """Else the router leaves the checksums of what it sends itself to a network card that is not there."""
        set_checksums = ctypes.create_string_buffer(struct.pack("=II", 0x17, 0))
        request = struct.pack("16sP16x", name.encode(), ctypes.addressof(set_checksums))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            fcntl.ioctl(control, 0x8946, request)

    def await_links(self, names):
        deadline = time.monotonic() + 10
        while True:
            states = {link["ifname"]: link["operstate"] for link in json.loads(command("ip", "-j", "link"))}
            if all(states[name] == "UP" for name in names):
                return
            if time.monotonic() > deadline:
                raise RuntimeError(f"links did not come up: {states}")
            time.sleep(0.01)

    def rules(self, text):
        command("nft", "-f", "-", text="flush ruleset\n" + text + "\n")

    def run(self, steps, watched):
        self.drain()
        answers = []
        began = time.monotonic()
        for name, packet in steps:
            self.send(name, bytes.fromhex(packet))
            answer = {"out": self.drain()}
            if watched:
                answer["entries"] = [self.connections.find(wanted) for wanted in watched]
            answer["elapsedS"] = time.monotonic() - began
            answers.append(answer)
        return answers

    def send(self, name, data):
        if name == "self":
            try:
                self.own.sendto(data, (socket.inet_ntoa(data[16:20]), 0))
            except PermissionError:
                pass  # its own rules drop it
            return
        kind = ETH_P_IPV6 if data[0] >> 4 == 6 else ETH_P_IP
        self.sockets[name].send(self.macs[name] + HOST_MAC + struct.pack(">H", kind) + data)

    def drain(self):
        """Forwarding over veth is done before send() returns: what is not there now will not come."""
        out = []
        for name, port in self.sockets.items():
            while True:
                try:
                    data, address = port.recvfrom(65536)
                except BlockingIOError:
                    break
                if address[2] != PACKET_OUTGOING and address[1] in (ETH_P_IP, ETH_P_IPV6) and not is_chatter(data[14:]):
                    out.append([name, data[14:].hex()])
        return out


def is_chatter(packet):
    """Neighbour discovery and reports of multicast listeners, which the router sends unasked."""
    if packet[0] >> 4 != 6:
        return False
    at = 48 if packet[6] == 0 else 40
    return (packet[6] == 58 or packet[6] == 0) and packet[at] in (130, 131, 132, 133, 134, 135, 136, 143)


def answer(router, request):
    op = request["op"]
    if op == "run":
        return router.run(request["steps"], request.get("watch", []))
    if op == "rules":
        return router.rules(request["text"])
    if op == "entries":
        return router.connections.entries()
    if op == "flush":
        return router.connections.flush()
    if op == "sysctl":
        for name, value in request.get("set", {}).items():
            set_sysctl(name, value)
        return {name: get_sysctl(name) for name in request.get("get", [])}
    raise ValueError(f"unknown request {op}")


def main():
    router = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if request["op"] == "setup":
                router = Router(request)
                result = None
            else:
                result = answer(router, request)
            reply = {"ok": result}
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


main()
