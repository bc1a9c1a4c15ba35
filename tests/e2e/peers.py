# SPDX-License-Identifier: Apache-2.0
"""Who a notifier speaks to: Debian's aiosmtpd with STARTTLS and a password,
Debian's Alertmanager, listeners for webhooks and Telegram, and servers of our
own that answer as badly as servers do."""
import contextlib
import json
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from region import DEADLINE, Daemon, run, wait_for

PAUSE = 0.02  # between two bytes of a slow answer
HOLD = 30     # seconds that a stalled one holds on; a test ends it before


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


# ---- mail, as it should be


def make_certificate(directory):
    cert, key = directory / "tls.pem", directory / "tls.key"
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
        "2", "-subj", "/CN=localhost", "-addext",
        "subjectAltName=DNS:localhost", "-out", cert, "-keyout", key)
    return cert, key


class Mails:
    """What has been taken, as whole mails, and by which session."""

    def __init__(self, user, password):
        self.login = (user.encode(), password.encode())
        self.mails = []
        self.lock = threading.Lock()

    def __call__(self, server, session, envelope, mechanism, auth_data):
        good = (isinstance(auth_data, LoginPassword) and
                (auth_data.login, auth_data.password) == self.login)
        return AuthResult(success=good, handled=False)

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            self.mails.append({
                "raw": envelope.original_content, "from": envelope.mail_from,
                "to": list(envelope.rcpt_tos), "tls": session.ssl is not None,
                "authenticated": session.authenticated})
        return "250 OK"


def start_smtp(directory, user, password):
    """STARTTLS or nothing, and a password under it."""
    cert, key = make_certificate(directory)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    mails = Mails(user, password)
    server = Controller(
        mails, hostname="127.0.0.1", port=free_port(), tls_context=context,
        require_starttls=True, auth_required=True, authenticator=mails,
        ident="peer")
    server.start()
    return server, mails, cert


# ---- servers that misbehave


class Bad:
    """A TCP server, one thread a connection; `mode` says how it answers. A new
    mode ends the connections that are open."""

    def __init__(self):
        self.mode_now = "ok"
        self.open = set()
        self.taken = []   # confirmed to the other side
        self.unsaid = []  # taken, but not confirmed
        self.seen = []    # every line or request head, also of failures
        self.closing = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def mode(self):
        return self.mode_now

    @mode.setter
    def mode(self, mode):
        if mode == self.mode_now:
            return
        self.mode_now = mode
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.closing.set()
        self.listener.close()

    def _serve(self):
        while not self.closing.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,),
                             daemon=True).start()

    def _one(self, connection):
        with connection, contextlib.suppress(OSError, ValueError):
            self.open.add(connection)
            connection.settimeout(HOLD)
            self.talk(connection, self.mode)
        self.open.discard(connection)

    def say(self, connection, text, slow=False):
        if not slow:
            connection.sendall(text.encode())
            return
        for char in text:
            connection.sendall(char.encode())
            self.closing.wait(PAUSE)

    def stall(self):
        self.closing.wait(HOLD)


class BadSmtp(Bad):
    """Modes: ok, slow, or WHAT-STEP: 4xx, 5xx, stall, drop, half at greet,
    mail, rcpt, data or end (behind the mail's last line)."""

    def answer(self, connection, step, good, mode):
        what, _, at = mode.partition("-")
        if at != step:
            self.say(connection, good + "\r\n", what == "slow")
            return True
        if what == "4xx":
            self.say(connection, "451 not now\r\n")
        elif what == "5xx":
            self.say(connection, "554 never\r\n")
        elif what == "half":
            self.say(connection, "25")
        elif what == "stall":
            self.stall()
        return what in ("4xx", "5xx")

    def talk(self, connection, mode):
        lines = connection.makefile("rb")
        if not self.answer(connection, "greet", "220 bad ESMTP", mode):
            return
        for raw in lines:
            line = raw.decode("latin-1").strip()
            self.seen.append(line)
            word = line.split(" ")[0].upper()
            if word == "QUIT":
                self.say(connection, "221 bye\r\n")
                return
            if word == "DATA":
                if not self.answer(connection, "data", "354 go on", mode):
                    return
                if mode not in ("4xx-data", "5xx-data") and \
                        not self.take(connection, lines, mode):
                    return
                continue
            step = {"MAIL": "mail", "RCPT": "rcpt"}.get(word, "hello")
            if not self.answer(connection, step, "250 ok", mode):
                return

    def take(self, connection, lines, mode):
        mail = b""
        for raw in lines:
            if raw == b".\r\n":
                break
            mail += raw
        else:
            return False
        what, _, at = mode.partition("-")
        if at != "end":
            self.taken.append(mail)
        elif what in ("drop", "half", "stall"):
            self.unsaid.append(mail)
        return self.answer(connection, "end", "250 taken", mode)


class BadHttp(Bad):
    """Modes: a status, slow, stall, drop, half (of a status line), cut (in the
    middle of a good answer's body), noise."""

    def __init__(self):
        super().__init__()
        self.headers = {}  # more of the answer
        self.said = "{}"

    def talk(self, connection, mode):
        stream = connection.makefile("rb")
        while True:
            first = stream.readline().decode("latin-1").strip()
            if not first:
                return
            headers = {}
            for raw in stream:
                name, _, value = raw.decode("latin-1").strip().partition(":")
                if not name:
                    break
                headers[name.lower()] = value.strip()
            body = stream.read(int(headers.get("content-length", 0)))
            self.seen.append(first)
            self.reply(connection, self.mode, {
                "path": first.split(" ")[1], "headers": headers,
                "body": body.decode()})

    def reply(self, connection, mode, post):
        if mode == "stall":
            self.stall()
        elif mode == "half":
            self.say(connection, "HTTP/1.1 2")
        elif mode == "noise":
            self.say(connection, "\x16\x03 bukan HTTP\r\n\r\n")
        if mode in ("stall", "half", "noise", "drop"):
            self.unsaid.append(post)
            raise ValueError("closed")
        status = mode if mode.isdigit() else "200"
        if status.startswith("2"):
            self.taken.append(post)
        more = "".join(f"{k}: {v}\r\n" for k, v in self.headers.items())
        length = len(self.said) + (500 if mode == "cut" else 0)
        self.say(connection, f"HTTP/1.1 {status} x\r\nContent-Length: "
                 f"{length}\r\n{more}\r\n{self.said}", mode == "slow")
        if mode == "cut":
            raise ValueError("closed")


# ---- Alertmanager


NOBODY = "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n"


class Alertmanager:
    """Debian's, on loopback, with a configuration that tells nobody."""

    def __init__(self, directory, configuration=NOBODY):
        self.dir = pathlib.Path(directory)
        self.dir.mkdir()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config = self.dir / "alertmanager.yml"
        config.write_text(configuration)
        self.daemon = Daemon(
            self.dir / "log", "prometheus-alertmanager",
            f"--config.file={config}", f"--storage.path={self.dir / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address=").start()
        wait_for("Alertmanager", self._is_ready)

    def _is_ready(self):
        done = subprocess.run(
            ["amtool", f"--alertmanager.url={self.url}", "cluster", "show"],
            capture_output=True, timeout=DEADLINE)
        return done.returncode == 0

    def alerts(self):
        """As amtool shows them: those that have not ended."""
        out = run("amtool", f"--alertmanager.url={self.url}", "alert",
                  "query", "-o", "json").stdout
        return json.loads(out)

    def stop(self):
        self.daemon.stop()


# ---- Standard Webhooks, by their own library

VERIFY = """
const { Webhook } = require("standardwebhooks");
const posts = JSON.parse(require("fs").readFileSync(0, "utf8"));
for (const { secret, headers, body } of posts) {
  let said;
  try { new Webhook(secret).verify(body, headers); said = "valid"; }
  catch (error) { said = String(error.message); }
  console.log(said);
}
"""


def install_standardwebhooks(directory):
    """None: npm cannot reach a registry, or is not there."""
    if not shutil.which("npm") or not shutil.which("node"):
        return None
    directory.mkdir()
    done = subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund",
         "--ignore-scripts", "standardwebhooks@1"], cwd=directory,
        capture_output=True, text=True, timeout=180)
    return directory if done.returncode == 0 else None


def verify_webhooks(directory, posts):
    """What the library says of each {secret, headers, body}."""
    done = subprocess.run(
        ["node", "-e", VERIFY], cwd=directory, input=json.dumps(posts),
        capture_output=True, text=True, timeout=DEADLINE, check=True)
    return done.stdout.splitlines()


# ---- a receiver written after Alertmanager's documentation

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def receive_v4(body):
    """The message, or a ValueError: fields, types and their agreement as
    prometheus.io/docs/alerting/latest/configuration/#webhook_config says."""
    message = json.loads(body)
    for name, kind in (("version", str), ("groupKey", str),
                       ("truncatedAlerts", int), ("status", str),
                       ("receiver", str), ("groupLabels", dict),
                       ("commonLabels", dict), ("commonAnnotations", dict),
                       ("externalURL", str), ("alerts", list)):
        if not isinstance(message.get(name), kind):
            raise ValueError(f"{name} is no {kind.__name__}")
    if message["version"] != "4" or not message["alerts"]:
        raise ValueError("version or alerts")
    for alert in message["alerts"]:
        for name in ("labels", "annotations"):
            if not all(isinstance(v, str) for v in alert[name].values()):
                raise ValueError(f"{name} holds more than strings")
        for name in ("startsAt", "endsAt"):
            if not TIME.fullmatch(alert[name]):
                raise ValueError(f"{name} is no RFC 3339 time")
        if alert["status"] not in ("firing", "resolved") or \
                not isinstance(alert["generatorURL"], str) or \
                not isinstance(alert["fingerprint"], str):
            raise ValueError("status, generatorURL or fingerprint")
        for where, what in (("commonLabels", "labels"),
                            ("commonAnnotations", "annotations")):
            if not message[where].items() <= alert[what].items():
                raise ValueError(f"{where} is not common")
    firing = any(a["status"] == "firing" for a in message["alerts"])
    if (message["status"] == "firing") != firing:
        raise ValueError("status disagrees with the alerts")
    return message
