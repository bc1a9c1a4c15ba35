# SPDX-License-Identifier: Apache-2.0
"""What root on the region's machine can do to its store: rewrite the log with
liblmdb itself, so that the aggregator starts on it as if nothing had been.
"""
import ctypes
import struct

import forge

SNAPSHOT, LOG, NODE = b"snapshot", b"log", b"node"


class Value(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("data", ctypes.c_void_p)]

    @classmethod
    def of(cls, raw):
        """Points into `raw`, which the caller keeps."""
        return cls(len(raw), ctypes.cast(ctypes.c_char_p(raw),
                                         ctypes.c_void_p))


class Store:
    """One write transaction over DIR/store; the daemon is not running."""

    def __init__(self, directory):
        self.lib = ctypes.CDLL("liblmdb.so.0")
        self.lib.mdb_strerror.restype = ctypes.c_char_p
        self.lib.mdb_env_set_mapsize.argtypes = [ctypes.c_void_p,
                                                 ctypes.c_size_t]
        self.env, self.txn = ctypes.c_void_p(), ctypes.c_void_p()
        self._do("env_create", ctypes.byref(self.env))
        self._do("env_set_maxdbs", self.env, 16)
        self._do("env_set_mapsize", self.env, 1 << 32)
        self._do("env_open", self.env, str(directory).encode(), 0, 0o600)
        self._do("txn_begin", self.env, None, 0, ctypes.byref(self.txn))

    def _do(self, name, *words):
        code = getattr(self.lib, f"mdb_{name}")(*words)
        if code:
            raise OSError(f"mdb_{name}: {self.lib.mdb_strerror(code)}")

    def _table(self, name):
        table = ctypes.c_uint()
        self._do("dbi_open", self.txn, name, 0, ctypes.byref(table))
        return table

    def get(self, name, key):
        found = Value()
        code = self.lib.mdb_get(self.txn, self._table(name),
                                ctypes.byref(Value.of(key)),
                                ctypes.byref(found))
        if code:
            return None
        return ctypes.string_at(found.data, found.size)

    def put(self, name, key, value):
        self._do("put", self.txn, self._table(name),
                 ctypes.byref(Value.of(key)), ctypes.byref(Value.of(value)),
                 0)

    def empty(self, name):
        self._do("drop", self.txn, self._table(name), 0)

    def commit(self):
        self._do("txn_commit", self.txn)
        self.lib.mdb_env_close(self.env)


def rewrite(directory, events, change):
    """The log becomes change(leaves), shorter than one tile; marks and chain
    heads of the nodes are made to fit, the view is left to be folded anew."""
    store, leaves = Store(directory), []
    while (leaf := store.get(LOG, struct.pack(">Q", len(leaves)))) is not None:
        leaves.append(leaf)
    leaves = change(leaves)
    assert len(leaves) < forge.WIDTH
    for name in (LOG, NODE, SNAPSHOT):
        store.empty(name)
    for index, leaf in enumerate(leaves):
        store.put(LOG, struct.pack(">Q", index), leaf)
    for node, mark in marks(events, leaves).items():
        store.put(NODE, node, mark)
    store.commit()


def marks(events, leaves):
    """node -> mark, head of its chain, index of its last entry"""
    heads, found = {}, {}
    for index, leaf in enumerate(leaves):
        author, _, raw, _ = forge.open_leaf(leaf)
        event = events.Event.FromString(raw)
        for key in (event.log_started.admin_sign_key,
                    event.node_enrolled.sign_key):
            if key:
                head = forge.sha(b"ikrar/node/1\n", key)
                heads[head[:16]] = head
        refused = event.event_refused
        node, seq, hash_ = event.node, event.seq, forge.sha(
            b"ikrar/event/1\n", raw)
        if not author:
            node, seq, hash_ = refused.node, refused.seq, refused.event_hash
        if node:
            heads[node] = forge.sha(b"ikrar/head/1\n", heads[node], hash_)
            found[node] = (struct.pack(">Q", seq) + heads[node] +
                           struct.pack(">Q", index))
    return found
