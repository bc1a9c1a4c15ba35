#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""confined.py FAMILIES SYSCALLS PROGRAM [ARGUMENT...]: runs the program with
the system calls (comma-separated names) and address families (numbers) that a
unit leaves it, as systemd would."""
import ctypes
import errno
import os
import sys

ALLOW, ERRNO, EQUAL = 0x7fff0000, 0x00050000, 4


class Compare(ctypes.Structure):
    """struct scmp_arg_cmp"""
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int),
                ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def main(families, syscalls, *command):
    lib = ctypes.CDLL("libseccomp.so.2")
    lib.seccomp_init.restype = ctypes.c_void_p
    filter_ = ctypes.c_void_p(lib.seccomp_init(
        ctypes.c_uint32(ERRNO | errno.EPERM)))

    def allow(name, *compares):
        number = lib.seccomp_syscall_resolve_name(name.encode())
        array = (Compare * len(compares))(*compares)
        if number >= 0 and lib.seccomp_rule_add_array(
                filter_, ctypes.c_uint32(ALLOW), number, len(compares),
                array) != 0:
            sys.exit(f"confined: no rule for {name}")

    for name in syscalls.split(","):
        if name != "socket":
            allow(name)
    for family in families.split(","):
        allow("socket", Compare(0, EQUAL, int(family), 0))
    if lib.seccomp_load(filter_) != 0:
        sys.exit("confined: the filter was not loaded")
    os.execv(command[0], command)


main(*sys.argv[1:])
