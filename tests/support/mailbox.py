#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A mailbox to look into: for the demo, the tests and the container image.

A real SMTP server and a real HTTP server. Mails are kept as DIR/000001.eml,
webhook posts as DIR/000002.json, in the order of their arrival; both are on a
page for people (/) and at /api/messages for programs.

  mailbox.py --dir DIR [--host 127.0.0.1] [--smtp PORT] [--http PORT]
             [--ports FILE] [--secret whsec_...]

Port 0 lets the system choose; FILE then holds {"smtp": ..., "http": ...}.

  POST any path but /control   a webhook; kept with its headers
  GET  /  and  /m/N             for people
  GET  /api/messages           [?after=N][&wait=SECONDS] those behind number N,
                               at once or when one has come
  GET  /api/health             {"messages": N}
  POST /control                {"smtp": 250 | 4xx | 5xx | "away",
                                "http": 200 | 4xx | 5xx | "away",
                                "retry_after": "SECONDS or date" | null,
                                "said": {JSON of a refusal},
                                "recipients": {"address": 5xx}}
"""
import argparse
import asyncio
import base64
import email
import email.policy
import hashlib
import hmac
import html
import http.server
import json
import os
import signal
import socket
import sys
import threading
import urllib.parse

from aiosmtpd.smtp import SMTP

BODY_MAX = 4 << 20
WAIT_MAX = 60
SHOWN_HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To",
                 "References", "Auto-Submitted", "X-Ikrar-Alert",
                 "X-Ikrar-Entry", "X-Ikrar-Kind", "X-Ikrar-Target")


class Store:
    """What has come, on disk and in memory; numbered from 1."""

    def __init__(self, folder, secret):
        self.folder = folder
        self.secret = secret
        self.changed = threading.Condition()
        self.messages = []
        self.answers = {"smtp": 250, "http": 200, "recipients": {},
                        "retry_after": None, "said": {}}
        os.makedirs(folder, exist_ok=True)
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            if name.endswith(".eml"):
                with open(path, "rb") as file:
                    self.messages.append(self.of_mail(name, file.read()))
            elif name.endswith(".json"):
                with open(path, "rb") as file:
                    self.messages.append(
                        self.of_post(name, json.load(file)))

    def keep(self, ending, data, make):
        """Written and synced before the sender hears that it was taken."""
        with self.changed:
            name = "%06d%s" % (len(self.messages) + 1, ending)
            path = os.path.join(self.folder, name)
            with open(path + ".part", "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.rename(path + ".part", path)
            self.messages.append(make(name))
            self.changed.notify_all()

    def add_mail(self, data):
        self.keep(".eml", data, lambda name: self.of_mail(name, data))

    def add_post(self, post):
        data = json.dumps(post, ensure_ascii=False, indent=1).encode()
        self.keep(".json", data, lambda name: self.of_post(name, post))

    def of_mail(self, name, data):
        mail = email.message_from_bytes(data, policy=email.policy.default)
        part = mail.get_body(("plain",))
        body = part.get_content() if part is not None else ""
        return {
            "number": int(name.split(".")[0]),
            "kind": "mail",
            "file": name,
            "headers": {key: str(mail[key]) for key in SHOWN_HEADERS
                        if mail[key] is not None},
            "to": [part.strip()
                   for part in str(mail.get("X-RcptTo", "")).split(",")],
            "subject": str(mail.get("Subject", "")),
            "text": body.replace("\r\n", "\n"),
        }

    def of_post(self, name, post):
        try:
            value = json.loads(post["body"])
        except ValueError:
            value = None
        notes = {}
        if isinstance(value, dict):
            notes = value.get("commonAnnotations") or {}
        return {
            "number": int(name.split(".")[0]),
            "kind": "webhook",
            "file": name,
            "path": post["path"],
            "headers": post["headers"],
            "signature": self.signature(post),
            "subject": str(notes.get("summary", "")),
            "text": str(notes.get("description", post["body"])),
            "json": value,
        }

    def signature(self, post):
        """Standard Webhooks, v1: valid, invalid or none."""
        given = post["headers"].get("webhook-signature", "")
        if not given or not self.secret:
            return "none"
        key = base64.b64decode(self.secret[len("whsec_"):])
        signed = "%s.%s." % (post["headers"].get("webhook-id", ""),
                             post["headers"].get("webhook-timestamp", ""))
        mac = hmac.new(key, signed.encode() + post["body"].encode(),
                       hashlib.sha256).digest()
        wanted = "v1," + base64.b64encode(mac).decode()
        good = any(hmac.compare_digest(wanted, part)
                   for part in given.split(" "))
        return "valid" if good else "invalid"

    def behind(self, number, wait):
        with self.changed:
            self.changed.wait_for(lambda: len(self.messages) > number, wait)
            return list(self.messages[number:])


class MailHandler:
    """aiosmtpd asks it at each step."""

    def __init__(self, store):
        self.store = store

    def refusal(self, code):
        return "%d told to refuse" % code

    async def handle_RCPT(self, server, session, envelope, address, options):
        code = self.store.answers["recipients"].get(address)
        if code is None and self.store.answers["smtp"] != 250:
            code = self.store.answers["smtp"]
        if isinstance(code, int):
            return self.refusal(code)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        head = "X-MailFrom: %s\r\nX-RcptTo: %s\r\n" % (
            envelope.mail_from, ", ".join(envelope.rcpt_tos))
        self.store.add_mail(head.encode() + envelope.original_content)
        return "250 kept as %d" % len(self.store.messages)


class MailServer:
    """Can go away and come back on the same port, which a socket that never
    listens keeps for it meanwhile."""

    def __init__(self, store, host, port):
        self.store = store
        self.keeper = self.bound(host, port)
        self.host, self.port = self.keeper.getsockname()[:2]
        self.server = None
        self.open = set()

    def bound(self, host, port):
        end = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        end.bind((host, port))
        return end

    def make(self):
        return SMTP(MailHandler(self.store), hostname="mailbox.invalid",
                    enable_SMTPUTF8=True, ident="mailbox")

    async def start(self):
        if self.server is not None:
            return
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(
            self.connected, sock=self.bound(self.host, self.port))

    def connected(self):
        protocol = self.make()
        self.open = {it for it in self.open if it.transport is not None}
        self.open.add(protocol)
        return protocol

    async def stop(self):
        if self.server is None:
            return
        self.server.close()
        await self.server.wait_closed()
        self.server = None
        for protocol in self.open:
            if protocol.transport is not None:
                protocol.transport.abort()
        self.open.clear()


PAGE = """<!doctype html>
<html lang="id"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{refresh}<title>Kotak surat Ikrar</title>
<style>
 body {{ font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #1c2b33;
        background: #f4f6f5; }}
 header {{ background: #0b4f48; color: #fff; padding: 1rem 1.5rem; }}
 header h1 {{ font-size: 1.25rem; margin: 0; }}
 header p {{ margin: .25rem 0 0; color: #cfe5e1; }}
 header a {{ color: inherit; }}
 main {{ max-width: 52rem; margin: 1.5rem auto; padding: 0 1rem; }}
 ol {{ list-style: none; margin: 0; padding: 0; }}
 li, article {{ background: #fff; border: 1px solid #d5dddb; padding: .7rem 1rem;
              border-radius: 6px; margin: 0 0 .6rem; }}
 li a {{ color: #0b4f48; font-weight: 600; }}
 h2 {{ font-size: 1.1rem; margin: 0 0 .5rem; }}
 .kind {{ display: inline-block; min-width: 6.5rem; color: #55666d;
         font-size: .85rem; }}
 dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem;
      color: #55666d; font-size: .85rem; margin: 0 0 1rem; }}
 dd {{ margin: 0; overflow-wrap: anywhere; }}
 pre {{ white-space: pre-wrap; overflow-wrap: anywhere; margin: 0;
       font: 14px/1.45 ui-monospace, monospace; }}
</style></head><body>
<header><h1><a href="/">Kotak surat Ikrar</a></h1>
<p>Pesan yang telah diterima, yang terbaru di atas. <span lang="en">/ Messages
received, the newest first.</span></p></header>
<main>{body}</main></body></html>
"""
ITEM = """<li><span class="kind">{number}. {kind}</span>
<a href="/m/{number}">{subject}</a></li>
"""


def kind_of(message):
    return "Surel / Mail" if message["kind"] == "mail" else "Webhook"


def subject_of(message):
    return html.escape(message["subject"].strip() or
                       "(tanpa judul / untitled)")


def list_page(messages):
    items = [ITEM.format(number=it["number"], kind=kind_of(it),
                         subject=subject_of(it)) for it in reversed(messages)]
    body = "<ol>%s</ol>" % "".join(items) if items else (
        '<p>Belum ada pesan. <span lang="en">/ No messages yet.</span></p>')
    return PAGE.format(
        body=body, refresh='<meta http-equiv="refresh" content="5">')


def message_page(message):
    keys = SHOWN_HEADERS if message["kind"] == "mail" else (
        "webhook-id", "webhook-timestamp", "user-agent")
    facts = [(key, message["headers"][key]) for key in keys
             if key in message["headers"] and key != "Subject"]
    if message["kind"] == "webhook":
        facts.append(("tanda tangan / signature", message["signature"]))
    return PAGE.format(refresh="", body=(
        "<article><h2>%s</h2><dl>%s</dl><pre>%s</pre></article>" % (
            subject_of(message),
            "".join("<dt>%s</dt><dd>%s</dd>" % (html.escape(key),
                                                html.escape(value))
                    for key, value in facts),
            html.escape(message["text"]))))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store = None
    control = None  # a function: takes the new answers

    def log_message(self, format, *arguments):
        pass

    def say(self, code, kind, data, more=None):
        self.send_response(code)
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)

    def say_page(self, text):
        self.say(200, "text/html; charset=utf-8", text.encode())

    def say_json(self, code, value, more=None):
        self.say(code, "application/json",
                 json.dumps(value, ensure_ascii=False).encode(), more)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/":
            self.say_page(list_page(self.store.behind(0, 0)))
        elif url.path.startswith("/m/") and url.path[3:].isdigit():
            found = [it for it in self.store.behind(0, 0)
                     if it["number"] == int(url.path[3:])]
            if found:
                self.say_page(message_page(found[0]))
            else:
                self.say_json(404, {"error": "tidak ada / not found"})
        elif url.path == "/api/health":
            self.say_json(200, {"messages": len(self.store.messages)})
        elif url.path == "/api/messages":
            wait = min(float(query.get("wait", 0)), WAIT_MAX)
            self.say_json(200, self.store.behind(
                int(query.get("after", 0)), wait))
        else:
            self.say_json(404, {"error": "tidak ada / not found"})

    def do_POST(self):
        length = int(self.headers.get("Content-Length", "0"))
        if length > BODY_MAX:
            self.close_connection = True
            self.say_json(413, {"error": "terlalu besar / too large"})
            return
        body = self.rfile.read(length)
        if self.path == "/control":
            self.control(json.loads(body))
            self.say_json(200, {})
            return
        answer = self.store.answers["http"]
        if answer == "away":
            self.close_connection = True
            return
        if answer == 200:
            self.store.add_post({
                "path": self.path,
                "headers": {key.lower(): value
                            for key, value in self.headers.items()},
                "body": body.decode("utf-8", "replace")})
            self.say_json(200, {})
            return
        after = self.store.answers["retry_after"]
        self.say_json(answer, self.store.answers["said"],
                      {"Retry-After": after} if after else {})


def write_ports(path, ports):
    with open(path + ".part", "w") as file:
        json.dump(ports, file)
    os.rename(path + ".part", path)


async def serve(options):
    store = Store(options.dir, options.secret)
    mail = MailServer(store, options.host, options.smtp)
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    async def apply(answers):
        store.answers.update(answers)
        if store.answers["smtp"] == "away":
            await mail.stop()
        else:
            await mail.start()

    def control(answers):
        asyncio.run_coroutine_threadsafe(apply(answers), loop).result(10)

    await mail.start()
    Handler.store = store
    Handler.control = staticmethod(control)
    http_server = http.server.ThreadingHTTPServer(
        (options.host, options.http), Handler)
    http_server.daemon_threads = True
    threading.Thread(target=http_server.serve_forever, daemon=True).start()
    ports = {"smtp": mail.port, "http": http_server.server_address[1],
             "pid": os.getpid()}
    if options.ports:
        write_ports(options.ports, ports)
    print("mailbox: smtp %d, http %d" % (ports["smtp"], ports["http"]),
          flush=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    await done.wait()
    http_server.shutdown()
    await mail.stop()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--smtp", type=int, default=0)
    parser.add_argument("--http", type=int, default=0)
    parser.add_argument("--ports")
    parser.add_argument("--secret", default="")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
