# SPDX-License-Identifier: Apache-2.0
"""A long cable between two network namespaces: a tun device in each, and
packets take DELAY seconds from one to the other.

usage: slow_link.py NETNS_A NETNS_B DEVICE DELAY; prints "ready"."""
import collections
import ctypes
import fcntl
import os
import select
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


def open_tun(netns, device):
    """A tun device belongs to the namespace in which it was made."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{netns}", "rb") as where:
        if libc.setns(where.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {netns}")
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack(
        "16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
    return fd


def carry(ends, delay):
    under_way = collections.deque()
    while True:
        now = time.monotonic()
        while under_way and under_way[0][0] <= now:
            _, fd, packet = under_way.popleft()
            try:
                os.write(fd, packet)
            except OSError:
                pass  # the device is down: a lost packet
        wait = under_way[0][0] - now if under_way else None
        for fd in select.select(list(ends), [], [], wait)[0]:
            under_way.append((time.monotonic() + delay, ends[fd],
                              os.read(fd, 65536)))


def main():
    netns_a, netns_b, device, delay = sys.argv[1:]
    a, b = open_tun(netns_a, device), open_tun(netns_b, device)
    print("ready", flush=True)
    carry({a: b, b: a}, float(delay))


if __name__ == "__main__":
    main()
