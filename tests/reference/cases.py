# SPDX-License-Identifier: Apache-2.0
"""What reviews make of an incident: taken in the order of what their writers
had seen, each as far as it is allowed from where the case stands then.
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
COUNTS_AS = {REPORTED: "reported", "DITERIMA": "reported",
             "DIVERIFIKASI": "verified", "DITERUSKAN": "verified",
             "TERBUKTI": "verified", "TINDAK_LANJUT": "verified"}


class Case:
    def __init__(self, reviews):
        self.step, self.was, self.apart = REPORTED, REPORTED, REPORTED
        self.is_own, self.keys = False, set()
        for review in sorted(reviews, key=lambda word: word.age()):
            self.take(review, review.body["step"], review.body)

    def take(self, review, step, body):
        if step == "KEBERATAN":
            return  # noted; it stands where it stood
        if step == "GANDA":
            other = (body.get("duplicate_node"), body.get("duplicate_seq"))
            if self.step != "GANDA" and other[1] and \
               other != (body.get("node"), body["seq"]):
                self.step, self.apart = "GANDA", self.step
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
        elif body["decision"] or step not in ("TERBUKTI", "TIDAK_TERBUKTI"):
            self.step, self.was = step, self.step

    def counts_as(self):
        """As what came before, when it is closed."""
        step = self.was if self.step == "SELESAI" else self.step
        return COUNTS_AS.get(step)
