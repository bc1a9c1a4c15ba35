# SPDX-License-Identifier: Apache-2.0
"""What nodes are known to have seen; nodes that are silent, and nodes whose
chain or clock is wrong. A part of Judge.
"""
import hashlib

import due
import unsigned
from region import Node, is_within

HOUR_MS = 3600 * 1000


def epoch_of(origin):
    return int(origin.split("/")[2])


class Nodes:
    def take_LogStarted(self, entry):
        body = entry["body"]
        self.region.wilayah = body["wilayah"]
        self.region.epoch = epoch_of(body["origin"])
        key = hashlib.sha256(b"ikrar/node/1\n" +
                             bytes.fromhex(body["admin_sign_key"]))
        admin = {"node": key.hexdigest()[:32], "kind": "admin",
                 "wilayah": body["wilayah"]}
        self.take_NodeEnrolled({**entry, "body": admin})

    def take_LogRecovered(self, entry):
        epoch = epoch_of(entry["body"]["origin"])
        if epoch > self.region.epoch:
            self.region.recoveries.append((epoch, entry["body"]["entries"]))
            self.region.epoch = epoch

    def take_NodeEnrolled(self, entry):
        if self.region.node(entry["body"]["node"]) is None:
            node = Node(entry["body"], len(self.region.nodes))
            self.region.nodes.append(node)
            node.begins(entry)

    def take_NodeConfirmed(self, entry):
        node = self.region.node(entry["body"]["node"])
        if node.state == "pending":
            node.state = "enrolled"
            node.begins(entry)

    def take_NodeRevoked(self, entry):
        node = self.region.node(entry["body"]["node"])
        if node.state == "revoked":
            return
        was_awaited = node.is_awaited()
        node.state = "revoked"
        self.end_of(node, "node_silent")
        self.end_of(node, "chain_broken")
        if was_awaited:
            self.crossed(node, node.seen, entry["index"] + 1)

    def take_NodeVouched(self, entry):
        node = self.region.node(entry["body"]["node"])
        before = max(node.seen, node.vouched)
        node.vouched = entry["index"]
        if node.is_awaited():
            self.crossed(node, before, entry["index"])

    def node_wrote(self, node):
        before = node.seen
        node.seen = max(before, self.region.seen_of(self.entry))
        node.logged(self.entry)
        self.end_of(node, "node_silent")
        if node.is_awaited():
            self.crossed(node, before, node.seen)

    def take_EventRefused(self, entry):
        node = self.region.node(entry["body"]["node"])
        if node is not None:
            node.logged(entry)
            self.end_of(node, "node_silent")

    def crossed(self, node, before, now):
        """A collector is heard past the marks that lie between: groups with a
        unit of its may wait for nobody any more."""
        for order, rule in self.rules("unsigned_units"):
            watch = self.watches[rule["id"]]
            if watch.line is None or watch.is_settled or \
               not before <= watch.line < now:
                continue
            for name, units in unsigned.groups(
                    self.region, rule["unsigned_units"]).items():
                if any(is_within(self.region.rows[u]["wilayah"],
                                 node.wilayah) for u in units):
                    self.look_at_group(self.now_ms, order, rule, name, "mark")

    # ---- silence

    @staticmethod
    def node_name(node):
        return f"SIMPUL-{node.number}"

    def due_silences(self):
        for order, rule in self.rules("node_silent"):
            for node in self.region.nodes:
                at_ms = due.silence_ms(self.region, rule["node_silent"], node)
                key = (rule["id"], self.node_name(node))
                if at_ms <= self.until_ms and \
                   self.closed_at(key) < node.contact:
                    self.look_at(at_ms, (order, 0), lambda r=rule, n=node:
                                 self.open_silence(r, n))

    def open_silence(self, rule, node):
        if (rule["id"], self.node_name(node)) in self.open:
            return
        alert = self.open_one(rule, self.node_name(node))
        alert.figures = {"nodes": 1, "since_ms": node.contact_ms}
        alert.node = node

    def silence_again(self, key):
        alert = self.open[key]
        rule = self.region.rules[key[0]]["node_silent"]
        if due.silence_ms(self.region, rule, alert.node) > self.now_ms:
            del self.open[key]

    def end_of(self, node, kind):
        for rule_id in list(self.region.rules):
            alert = self.open.get((rule_id, self.node_name(node)))
            if alert is not None and kind in alert.rule:
                del self.open[(rule_id, self.node_name(node))]

    # ---- faults

    def take_NodeFaulted(self, entry):
        node = self.region.node(entry["body"]["node"])
        if node is not None and node.state == "enrolled":
            for order, rule in self.rules("chain_broken"):
                self.look_at_fault(order, rule, node)

    def look_at_fault(self, order, rule, node):
        self.look_at(self.now_ms, (order, 0),
                     lambda: self.open_fault(rule, node))

    def open_fault(self, rule, node):
        if (rule["id"], self.node_name(node)) not in self.open:
            alert = self.open_one(rule, self.node_name(node))
            alert.figures = {"nodes": 1}
            alert.evidence = [self.entry["index"]]

    def look_at_clock(self, node):
        """Of what a node has just written."""
        entry = self.entry
        latest = at_ms = entry["recorded_at_ms"]
        if entry["kind"] == "IncidentReported" or "incident" in entry["body"]:
            latest += HOUR_MS  # it is that of the full hour
        for order, rule in self.rules("chain_broken"):
            off_ms = rule["chain_broken"]["clock_ms"]
            if off_ms and node.state == "enrolled" and \
               (at_ms > self.now_ms + off_ms or
                    latest + off_ms < node.begun_ms):
                self.look_at_fault(order, rule, node)
