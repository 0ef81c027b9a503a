"""The server thread, the journal and the faults that every stand-in shares."""

from __future__ import annotations

import asyncio
import time
from email.utils import parsedate_to_datetime

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from vtxero.sandbox.serving import ServerThread, instrumented


def make_app(done):
    async def create(request: Request):
        body = await request.body()
        done.append(body)
        request.scope["vtxero.operation"] = "create"
        request.scope["vtxero.write"] = True
        request.scope["vtxero.created"] = [str(len(done))]
        return JSONResponse({"made": len(done)}, status_code=201)

    async def read(request: Request):
        request.scope["vtxero.operation"] = "read"
        return JSONResponse(done and [one.decode() for one in done])

    inner = [Route("/things", create, methods=["POST"]), Route("/things", read, methods=["GET"])]
    return Starlette(routes=[Mount("/api", routes=inner)])


@pytest.fixture
def done():
    return []


@pytest.fixture
def app(done):
    return instrumented(make_app(done))


@pytest.fixture
def client(app):
    with ServerThread(app) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


def test_server_when_started_and_stopped_leaves_its_port_free(done):
    with ServerThread(make_app(done)) as server:
        port = server.port
        assert httpx.get(f"{server.url}/api/things").status_code == 200

    with ServerThread(make_app(done), port=port) as again:
        assert again.port == port
        assert httpx.get(f"{again.url}/api/things").status_code == 200


def test_server_when_the_port_is_taken_refuses_at_once(done):
    with ServerThread(make_app(done)) as server, pytest.raises(OSError, match="in use"):
        ServerThread(make_app(done), port=server.port)


def test_journal_when_requests_were_served_lists_them_in_order(client, app):
    client.post("/api/things", content=b"one")
    client.get("/api/things?page=2")

    listed = client.get("/_sandbox/journal").json()

    assert [(one["method"], one["path"], one["query"], one["status"]) for one in listed] == [
        ("POST", "/api/things", "", 201),
        ("GET", "/api/things", "page=2", 200),
    ]
    assert [(one["operation"], one["write"], one["created"]) for one in listed] == [
        ("create", True, ["1"]),
        ("read", False, []),
    ]
    assert listed[1]["bytes"] == len('["one"]')
    assert listed[0]["milliseconds"] >= 0
    assert [entry.operation for entry in app.journal.writes] == ["create"]


def test_journal_when_deleted_is_empty(client):
    client.get("/api/things")
    assert client.delete("/_sandbox/journal").status_code == 204

    assert client.get("/_sandbox/journal").json() == []


def test_journal_when_told_to_keep_bodies_keeps_them_in_process(done):
    app = instrumented(make_app(done), keep_bodies=True)
    with ServerThread(app) as server:
        httpx.post(f"{server.url}/api/things", content=b"one")

    assert app.journal.entries[0].body == b"one"
    assert done == [b"one"]


def test_drop_before_when_hit_cuts_the_connection_and_does_nothing(client, done):
    client.post("/_sandbox/faults", json=[{"path": "/api/things", "method": "post", "do": "drop-before"}])

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        client.post("/api/things", content=b"one")

    assert done == []
    assert client.post("/api/things", content=b"two").status_code == 201
    assert [one["status"] for one in client.get("/_sandbox/journal").json()] == [None, 201]


def test_drop_after_commit_when_hit_cuts_the_connection_after_the_work(client, done, capfd):
    client.post("/_sandbox/faults", json=[{"path": "things", "nth": [2], "do": "drop-after-commit"}])
    assert client.post("/api/things", content=b"one").status_code == 201

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        client.post("/api/things", content=b"two")

    assert done == [b"one", b"two"]
    entry = client.get("/_sandbox/journal").json()[1]
    assert (entry["status"], entry["created"], entry["fault"]) == (None, ["2"], "drop-after-commit")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("status", [429, 500, 503])
def test_refusal_when_hit_answers_the_status_and_does_nothing(client, done, status):
    rule = {"path": ".", "do": str(status), "nth": "every", "retry_after": 7}
    client.post("/_sandbox/faults", json=rule)

    answer = client.post("/api/things", content=b"one")

    assert answer.status_code == status
    assert answer.headers["Retry-After"] == "7"
    assert done == []
    assert client.post("/api/things").status_code == status


def test_refusal_when_after_commit_does_the_work_first(client, done):
    client.post("/_sandbox/faults", json=[{"path": ".", "do": "500", "after_commit": True}])

    assert client.post("/api/things", content=b"one").status_code == 500
    assert done == [b"one"]


def test_slow_when_hit_waits_and_then_serves(client):
    client.post("/_sandbox/faults", json=[{"path": ".", "do": "slow", "seconds": 0.2}])
    started = time.monotonic()

    assert client.get("/api/things").status_code == 200
    assert time.monotonic() - started >= 0.2


def test_expire_token_when_hit_calls_the_stand_ins_own_callback(done):
    expired = []
    app = instrumented(make_app(done), expire=lambda: expired.append(1))
    app.faults.add({"path": "things", "do": "expire-token"})
    with ServerThread(app) as server:
        httpx.get(f"{server.url}/api/things")
        httpx.get(f"{server.url}/api/things")

    assert expired == [1]


def test_rule_when_it_names_a_body_looks_into_the_request(client, done):
    client.post("/_sandbox/faults", json=[{"path": ".", "body": "operation=create", "do": "503"}])

    assert client.post("/api/things", content=b"operation=query").status_code == 201
    assert client.post("/api/things", content=b"operation=create").status_code == 503
    assert done == [b"operation=query"]


def test_faults_when_shown_tell_how_often_they_fired_and_can_be_cleared(client):
    client.post("/_sandbox/faults", json=[{"path": "nothing", "do": "500"}])
    client.get("/api/things")

    shown = client.get("/_sandbox/faults").json()

    assert shown == [{"path": "nothing", "do": "500", "seen": 0, "fired": 0}]
    assert client.delete("/_sandbox/faults").status_code == 204
    assert client.get("/_sandbox/faults").json() == []


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"path": ".", "do": "explode"}, "explode"),
        ({"path": "(", "do": "500"}, "regular expression"),
        ({"path": ".", "do": "500", "often": 3}, "often"),
        ({"path": ".", "do": "500", "nth": "some"}, "some"),
    ],
)
def test_rule_when_it_cannot_be_understood_is_refused_by_name(client, rule, says):
    answer = client.post("/_sandbox/faults", json=[rule])

    assert answer.status_code == 400
    assert says in answer.json()["error"]


def test_journal_when_the_end_of_an_answer_leaves_holds_the_request(app):
    seen = []

    async def receive():
        return {"type": "http.request", "body": b"x", "more_body": False}

    async def send(message):
        seen.append((message["type"], len(app.journal.entries)))

    scope = {"type": "http", "method": "POST", "path": "/api/things", "query_string": b"", "headers": []}
    asyncio.run(app(scope, receive, send))

    assert seen == [("http.response.start", 0), ("http.response.body", 1)]
    [entry] = app.journal.entries
    assert (entry.path, entry.status, entry.size, entry.created) == ("/api/things", 201, 10, ("1",))


def test_date_of_an_answer_is_that_of_its_second(done):
    """Clients go by the service's clock; one that lags made rows seem to be of a second that is not over."""
    with ServerThread(make_app(done)) as server, httpx.Client(trust_env=False) as client:
        for _ in range(3):
            now = time.time()
            time.sleep(int(now) + 1.1 - now)
            second = int(time.time())

            told = parsedate_to_datetime(client.get(f"{server.url}/api/things").headers["Date"])

            assert told.timestamp() >= second
