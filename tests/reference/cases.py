# SPDX-License-Identifier: Apache-2.0
"""What reviews make of an incident: taken in the order of what their writers
had seen, each as far as it is allowed from where the case stands then. What
one reviewer can end a case with is taken behind all that had not seen it, and
so is what the same writer said behind it without having seen it in the log.
Decisions that contradict each other, unseen by each other's writers, count for
nothing, but for one that a third had seen without the other.
"""
REPORTED = ""  # nobody has looked at it
FROM = {
    "DITERIMA": {REPORTED},
    "TIDAK_MEMENUHI_SYARAT": {REPORTED, "DITERIMA"},
    "DIVERIFIKASI": {REPORTED, "DITERIMA"},
    "DITERUSKAN": {"DIVERIFIKASI"},
    "TERBUKTI": {"DIVERIFIKASI", "DITERUSKAN"},
    "TIDAK_TERBUKTI": {"DIVERIFIKASI", "DITERUSKAN"},
    "DIHENTIKAN": {REPORTED, "DITERIMA", "DIVERIFIKASI", "DITERUSKAN"},
    "TINDAK_LANJUT": {"TERBUKTI"},
    "SELESAI": {"TERBUKTI", "TIDAK_TERBUKTI", "DIHENTIKAN", "TINDAK_LANJUT"},
}
AGAINST = {"TIDAK_MEMENUHI_SYARAT", "DIHENTIKAN", "GANDA"}
DECISIONS = {"TERBUKTI", "TIDAK_TERBUKTI"}
UNDECIDED = {REPORTED, "DITERIMA", "TIDAK_MEMENUHI_SYARAT", "DIVERIFIKASI",
             "DITERUSKAN", "DIHENTIKAN"}
COUNTS_AS = {REPORTED: "reported", "DITERIMA": "reported",
             "DIVERIFIKASI": "verified", "DITERUSKAN": "verified",
             "TERBUKTI": "verified", "TINDAK_LANJUT": "verified"}


def in_order(reviews):
    words, held = sorted(reviews, key=lambda word: word.age()), []
    for word in words:
        if word.body["step"] in AGAINST or any(
                h.node == word.node and h.index >= word.order for h in held):
            held.append(word)

    def place(at):
        if words[at] not in held:
            return at, 1
        # Before the first that had seen it.
        return next((k for k in range(at + 1, len(words))
                     if words[k].order > words[at].index), len(words)), 0
    return [words[at] for at in sorted(range(len(words)), key=place)]


class Case:
    def __init__(self, reviews):
        self.step, self.was, self.apart = REPORTED, REPORTED, REPORTED
        self.is_own, self.keys, self.twin = False, set(), None
        self.reviews, self.in_doubt, self.doubted = in_order(reviews), False, []
        for review in self.reviews:
            self.take(review, review.body["step"], review.body)

    def take(self, review, step, body):
        if step == "KEBERATAN":
            return  # noted; it stands where it stood
        if step == "GANDA":
            other = (body.get("duplicate_node"), body.get("duplicate_seq"))
            if self.step in UNDECIDED and other[1] and not self.in_doubt and \
               other != (body.get("node"), body["seq"]):
                self.step, self.apart, self.twin = "GANDA", self.step, other
        elif step == "BEDA":
            self.is_own = True
            if self.step == "GANDA":
                self.step = self.apart
        elif self.step not in FROM[step]:
            return
        elif step == "DIVERIFIKASI":
            self.keys.add(review.node)
            if len(self.keys) == 2:
                self.step = step
        elif step in DECISIONS:
            if body["decision"]:
                self.decide(review, step)
        elif not (step == "DIHENTIKAN" and self.in_doubt):
            self.step, self.was = step, self.step

    def decide(self, review, step):
        def unseen(one, other):
            return other.order <= one.index

        def known_without(one, other):
            return any(r.node not in (one.node, other.node) and
                       not unseen(one, r) and unseen(other, r)
                       for r in self.reviews)

        behind = self.reviews[self.reviews.index(review) + 1:]
        for other in behind:
            if other.body["step"] in DECISIONS - {step} and \
               other.body["decision"] and other.node != review.node and \
               unseen(review, other) and unseen(other, review):
                known = known_without(review, other)
                other_known = known_without(other, review)
                if not known or other_known:
                    self.doubted.append(review)
                if known or not other_known:
                    self.doubted.append(other)
        self.in_doubt = review in self.doubted
        if not self.in_doubt:
            self.step, self.was = step, self.step

    def counts_as(self, is_told_twice):
        """As what came before, when it is closed, or told twice of what is not
        there."""
        before = {"SELESAI": self.was, "GANDA": self.apart}
        if is_told_twice:
            return None
        return COUNTS_AS.get(before.get(self.step, self.step))
