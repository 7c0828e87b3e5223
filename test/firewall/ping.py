"""Sends one ICMP echo request from an address to another: exit status 0 if it is answered within a second."""
import socket
import struct
import sys

source, target = sys.argv[1:3]
v6 = ":" in target
family, protocol = (socket.AF_INET6, socket.IPPROTO_ICMPV6) if v6 else (socket.AF_INET, socket.IPPROTO_ICMP)
request, reply, header = (128, 129, 0) if v6 else (8, 0, 20)


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


bare = struct.pack("!BBHHH", request, 0, 0, 4711, 1)
# The kernel fills in the checksum of ICMPv6, since it covers addresses.
packet = bare if v6 else struct.pack("!BBHHH", request, 0, checksum(bare), 4711, 1)
with socket.socket(family, socket.SOCK_RAW, protocol) as raw:
    raw.bind((source, 0))
    raw.settimeout(1)
    raw.sendto(packet, (target, 0))
    try:
        while raw.recv(2048)[header] != reply:
            pass
    except socket.timeout:
        sys.exit(1)
