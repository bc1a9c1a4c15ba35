# SPDX-License-Identifier: Apache-2.0
"""docker_mail.py PORT MAILS WEBHOOKS [--print]: waits until the demo's
mailbox holds so many of both, and fails when it holds more or a webhook's
signature is not valid."""
import json
import sys
import time
import urllib.request

from region import DEADLINE


def messages(port):
    url = f"http://127.0.0.1:{port}/api/messages"
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def counted(found):
    kinds = [message["kind"] for message in found]
    return [kinds.count("mail"), kinds.count("webhook")]


def wait(port, wanted):
    end = time.monotonic() + DEADLINE
    while True:
        found = messages(port)
        have = counted(found)
        if all(h >= w for h, w in zip(have, wanted)):
            return found
        if time.monotonic() > end:
            sys.exit(f"mails, webhooks: {have}, wanted {wanted}")
        behind = f"?after={len(found)}&wait=5"
        url = f"http://127.0.0.1:{port}/api/messages{behind}"
        urllib.request.urlopen(url, timeout=10).close()


def main():
    port, wanted = int(sys.argv[1]), [int(n) for n in sys.argv[2:4]]
    found = wait(port, wanted)
    have = counted(found)
    if have != wanted:
        sys.exit(f"mails, webhooks: {have}, wanted {wanted}")
    for message in found:
        if message["kind"] == "webhook" and message["signature"] != "valid":
            sys.exit(f"webhook {message['number']}: "
                     f"signature {message['signature']}")
    if "--print" in sys.argv:
        for message in found:
            where = (", ".join(message["to"]) if message["kind"] == "mail"
                     else f"{message['path']} ({message['signature']})")
            print(f"  {message['kind']:8} {where}: {message['subject']}")
        mail = next(m for m in found if m["kind"] == "mail")
        print("\n" + mail["text"].split("\n-----")[0].strip())


main()
