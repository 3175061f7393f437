"""What the fuzzer has to know to get behind the door: how to sign in, from which page, which studio
there is and what its client has there. Random input alone would only ever see 401 and 404."""

import itertools
import json
import os
import re
import threading
import time
import urllib.error
import urllib.request

import schemathesis

HOST = os.environ["FUZZ_HOST"]
ORIGIN = os.environ["FUZZ_ORIGIN"]
PORTAL = f"{HOST}/api/portal/v1/demo"
# Those the demo knows, in every state a contact can be in.
PEOPLE = ("client@demo.test", "office@demo.test", "twin@demo.test", "off@demo.test", "new@demo.test")
# Calls that may end every session of the person they are made for.
ENDING = ("/sign-out", "/password", "/devices/")


def sign_in(email):
    body = json.dumps({"email": email, "password": "demo-demo-demo"}).encode()
    headers = {"Content-Type": "application/json", "Origin": ORIGIN}
    request = urllib.request.Request(f"{PORTAL}/sign-in/password", body, headers)
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)["token"]


class Tokens:
    """One token for calls that only read; for those that may end it a fresh one each time, and
    another person's: signing out everywhere is one of them."""

    def __init__(self):
        self.lock = threading.Lock()
        self.last = {}
        self.until = 0.0

    def get(self, path):
        with self.lock:
            if any(part in path for part in ENDING):
                return self.fresh("spouse@demo.test")
            if time.monotonic() > self.until:
                self.fresh("client@demo.test")
                self.until = time.monotonic() + 20
            return self.last["client@demo.test"]

    def fresh(self, email):
        try:
            self.last[email] = sign_in(email)
        except urllib.error.HTTPError as refused:
            # Wrong passwords that were made up for this person close that way for a while: the session goes on.
            if refused.code != 429 or email not in self.last:
                raise
        return self.last[email]


TOKENS = Tokens()


class Ids:
    """What the client is shown, by the first letters of its ids: most calls are made for one of those."""

    LISTS = (
        "activity", "devices", "documents", "events", "forms", "home", "invoices", "messages", "payments",
        "payments-due", "quotes",
    )
    ID = re.compile(r"\b([a-z]{3})_[0-9a-f]{32}\b")

    def __init__(self):
        self.lock = threading.Lock()
        self.known = {}
        self.until = 0.0

    def one(self, kind, number):
        """One that is there, of a kind such as `inv`."""
        with self.lock:
            if time.monotonic() > self.until:
                self.look()
                self.until = time.monotonic() + 20
            there = self.known.get(kind)
        return there[number % len(there)] if there else None

    def look(self):
        token = TOKENS.get("")
        found = {}
        for name in self.LISTS:
            headers = {"Authorization": f"Bearer {token}", "Origin": ORIGIN}
            request = urllib.request.Request(f"{PORTAL}/{name}", headers=headers)
            with urllib.request.urlopen(request, timeout=30) as reply:
                for id in self.ID.finditer(reply.read().decode()):
                    found.setdefault(id[1], set()).add(id[0])
        self.known = {kind: sorted(ids) for kind, ids in found.items()}


IDS = Ids()


def kind_of(operation, name):
    """The first letters of the ids that a part of the path takes."""
    parameters = operation.definition.raw.get("parameters", [])
    schema = next((one.get("schema", {}) for one in parameters if one.get("name") == name), {})
    if "$ref" in schema:
        schema = operation.schema.raw_schema["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    match = re.match(r"\^([a-z]{3})_", schema.get("pattern", ""))
    return match and match[1]


@schemathesis.hook
def map_body(context, body):
    """Half of the well-formed addresses become those of the demo's people."""
    if isinstance(body, dict) and isinstance(body.get("email"), str):
        number = hash(body["email"])
        if number % 2:
            body["email"] = PEOPLE[number % len(PEOPLE)]
    return body


CALLS = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """From the studio's own page, as a browser says it. Mostly signed in, at the demo studio, for what is there: each
    eighth call keeps what the fuzzer made up of one of the three."""
    number = next(CALLS)
    headers = {**(case.headers or {}), "Origin": ORIGIN}
    if number % 8 != 1 and case.operation.definition.raw.get("security"):
        headers["Authorization"] = f"Bearer {TOKENS.get(case.operation.path)}"
    case.headers = headers
    for name in case.path_parameters or {}:
        if name == "studio" and number % 8 != 3:
            case.path_parameters[name] = "demo"
        elif name != "studio" and number % 8 != 5:
            there = IDS.one(kind_of(case.operation, name), number // 8)
            case.path_parameters[name] = there or case.path_parameters[name]
