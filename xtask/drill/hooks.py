"""What the fuzzer has to know to get behind the door: how to sign in, from which page, and which
studio there is. Random input alone would only ever see 401 and 404."""

import json
import os
import threading
import time
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
        self.token = None
        self.until = 0.0

    def get(self, path):
        if any(part in path for part in ENDING):
            return sign_in("spouse@demo.test")
        with self.lock:
            if time.monotonic() > self.until:
                self.token = sign_in("client@demo.test")
                self.until = time.monotonic() + 20
            return self.token


TOKENS = Tokens()


@schemathesis.auth(refresh_interval=None)
class Session:
    def get(self, case, context):
        if not context.operation.definition.raw.get("security"):
            return None
        return TOKENS.get(context.operation.path)

    def set(self, case, data, context):
        if data:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Mostly the demo studio; an eighth of the calls keeps what the fuzzer thought of."""
    if path_parameters and "studio" in path_parameters and hash(str(path_parameters)) % 8:
        path_parameters["studio"] = "demo"
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    """Half of the well-formed addresses become those of the demo's people."""
    if isinstance(body, dict) and isinstance(body.get("email"), str):
        number = hash(body["email"])
        if number % 2:
            body["email"] = PEOPLE[number % len(PEOPLE)]
    return body


@schemathesis.hook
def before_call(context, case, kwargs):
    """From the studio's own page, as a browser says it."""
    case.headers = {**(case.headers or {}), "Origin": ORIGIN}
