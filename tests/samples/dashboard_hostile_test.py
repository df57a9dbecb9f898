#!/usr/bin/env python3
"""The dashboard under clients that mean it no good, or are just slow. usage: dashboard_hostile_test.py ARGENT_LIVE [unittest arguments]"""

import contextlib
import http.client
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
PATIENCE = 60
JSON = {"Content-Type": "application/json"}
SLOW_CLIENTS = 50
MEGABYTES_KEPT = 60  # that memory may grow by: buffers of 100 connections, and what malloc keeps


class Dashboard(unittest.TestCase):
    def start(self, *arguments):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        command = [PROGRAM, "--camera", "sim", "--size", "320x240", "--quiet", *arguments]
        self.process = subprocess.Popen(command, cwd=folder.name, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.process.stderr.close)
        self.addCleanup(self.end)
        self.line = self.process.stderr.readline()
        found = re.search(r"http://[^:]+:(\d+)/(?:\?token=(\S+))?", self.line)
        self.assertTrue(found, self.line)
        self.port, self.token = int(found[1]), found[2]

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self):
        """SIGINT ends it, whoever is connected. Seconds it took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.assertEqual(self.process.wait(timeout=PATIENCE), 0)
        return time.monotonic() - started

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers

    def state(self):
        for _ in range(PATIENCE):
            status, body, _ = self.ask("GET", "/state.json")
            if status == 200:
                return json.loads(body)
        self.fail("no state")

    def assert_runs(self):
        first = self.state()["frame"]
        time.sleep(0.5)
        self.assertGreater(self.state()["frame"], first)

    def connect(self, *sent):
        client = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        self.addCleanup(client.close)
        for part in sent:
            client.sendall(part)
        return client

    def resident_megabytes(self):
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text())[1]) / 1024

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    # ---- who may what ----

    def test_shows_only(self):
        self.start("--http", ":0")
        self.assertIsNone(self.token)
        self.assertEqual(self.ask("POST", "/control", '{"ExposureValue": 1}', JSON)[0], 403)
        self.assertEqual(self.ask("POST", "/capture", "{}", JSON)[0], 403)
        self.assertEqual(self.state()["request"]["ExposureValue"], "0")

    def test_other_pages_may_nothing(self):
        self.start("--http", ":0", "--http-control")
        own = f"127.0.0.1:{self.port}"
        body = '{"ExposureValue": 1}'
        self.assertEqual(self.ask("GET", "/", headers={"Host": "rebound.example"})[0], 403)
        self.assertEqual(self.ask("GET", "/state.json", headers={"Host": "127.0.0.1.example"})[0], 403)
        self.assertEqual(self.ask("POST", "/control", body, JSON | {"Origin": "http://evil.example"})[0], 403)
        self.assertEqual(self.ask("POST", "/control", body, JSON | {"Origin": "null"})[0], 403)
        self.assertEqual(self.ask("POST", "/control", body, {"Content-Type": "text/plain"})[0], 415)
        self.assertEqual(self.ask("POST", "/control", body)[0], 415)
        self.assertEqual(self.state()["request"]["ExposureValue"], "0")
        self.assertEqual(self.ask("POST", "/control", body, JSON | {"Origin": f"http://{own}"})[0], 204)
        end = time.monotonic() + PATIENCE
        while self.state()["request"]["ExposureValue"] != "1":
            self.assertLess(time.monotonic(), end)
        headers = self.ask("GET", "/")[2]
        self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])
        self.assertNotIn("Access-Control-Allow-Origin", headers)

    def test_token(self):
        self.start("--http", "0.0.0.0:0", "--http-control")
        self.assertRegex(self.token, r"^[0-9a-f]{32}$")
        for headers in ({}, {"Cookie": f"argent_{self.port}=wrong"}, {"Authorization": "Bearer " + "0" * 32}):
            for path in ("/", "/state.json", "/frame.jpg", "/stream.mjpg", "/?token=0"):
                self.assertEqual(self.ask("GET", path, headers=headers)[0], 401, path)
        self.assertEqual(self.ask("POST", "/control", "{}", JSON)[0], 401)
        status, _, headers = self.ask("GET", f"/?token={self.token}")
        self.assertEqual((status, headers["Location"]), (303, "/"))
        self.assertRegex(headers["Set-Cookie"], "HttpOnly; SameSite=Strict")
        cookie = {"Cookie": "other=1; " + headers["Set-Cookie"].split(";")[0]}
        self.assertEqual(self.ask("GET", "/", headers=cookie)[0], 200)
        self.assertEqual(self.ask("GET", "/state.json", headers={"Authorization": f"Bearer {self.token}"})[0], 200)

    def test_wrong_commands(self):
        self.start("--http", ":0", "--http-control")
        for body in ("", "nothing", "[1]", "{", '{"ExposureValue": 99}', '{"ExposureValue": [1]}', '{"Exposure": 1}',
                     '{"ExposureTime": "1e999"}', '{"AfWindows": "0,0,2,2"}', '{"AeLocked": "perhaps"}',
                     '{"ExposureValue": 1, "AfMode": "never"}', "[" * 60000):
            status, answer, _ = self.ask("POST", "/control", body, JSON)
            self.assertEqual(status, 400, body[:40])
            self.assertEqual(answer.count(b"\n"), 1)
        for body in ("[]", '{"kind": "film"}', '{"frames": 1000000}', '{"kind": "bracket"}', '{"kind": "bracket", "brackets": [99]}',
                     '{"path": "/etc"}'):
            self.assertEqual(self.ask("POST", "/capture", body, JSON)[0], 400, body)
        self.assertEqual(self.ask("POST", "/control", "x" * (1 << 20), JSON)[0], 413)
        self.assertEqual(self.state()["request"]["ExposureValue"], "0")

    def test_port_in_use(self):
        self.start("--http", ":0")
        command = [PROGRAM, "--camera", "sim", "--http", f":{self.port}", "--quiet"]
        again = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(again.returncode, 1)
        self.assertIn("in use", again.stderr)

    # ---- garbage and patience ----

    def test_garbage(self):
        self.start("--http", ":0", "--http-control")
        chance = random.Random(6)
        post = b"POST /control HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        requests = [b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n", b"\0" * 5000,
                    b"GET /%00%ff/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                    post + b"Content-Length: -1\r\n\r\n{}",
                    post + b"Content-Length: 99999999999999999999\r\n\r\n{}",
                    post + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
                    b"GET /dygraph.js HTTP/1.1\r\nHost: localhost\r\nRange: bytes=" + b"0-," * 2000 + b"0-\r\n\r\n",
                    b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
                    b"GET /state.json?" + b"&".join(b"after=%d" % i for i in range(900)) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"]
        requests += [bytes(chance.randrange(256) for _ in range(chance.randrange(2000))) for _ in range(100)]
        self.state()
        before = self.resident_megabytes()
        for request in requests:
            with contextlib.suppress(ConnectionError, BrokenPipeError):
                self.connect(request).close()
        self.assert_runs()
        self.assertLess(self.resident_megabytes() - before, MEGABYTES_KEPT)
        self.assertLess(self.stop(), 10)

    def test_slow_clients(self):
        self.start("--http", ":0")
        self.state()
        before, threads = self.resident_megabytes(), self.threads()
        head = b" HTTP/1.1\r\nHost: localhost\r\n"
        never_read = [self.connect(b"GET /stream.mjpg" + head + b"\r\n") for _ in range(SLOW_CLIENTS // 2)]
        never_end = [self.connect(b"GET /" + head + b"X-Slow: ") for _ in range(SLOW_CLIENTS // 2)]
        end = time.monotonic() + 25  # longer than the dashboard's patience
        while time.monotonic() < end:
            for client in never_end:
                with contextlib.suppress(ConnectionError, BrokenPipeError):
                    client.sendall(b"x")
            self.assert_runs()
        self.assertLess(self.resident_megabytes() - before, MEGABYTES_KEPT)
        self.assertLess(self.threads() - threads, 110)
        for client in never_end:
            client.settimeout(1)  # they were cut while they still sent; the server's own time-out for a pause is longer
            try:
                self.assertIn(client.recv(16), (b"", b"HTTP/1.1 400 Bad"))
            except ConnectionError:
                pass
            except TimeoutError:
                self.fail("a request without an end was waited for")
        for client in never_read:
            client.close()
        self.assert_runs()
        self.assertLess(self.stop(), 10)

    def test_more_connections_than_threads(self):
        self.start("--http", ":0")
        first = self.state()["frame"]
        clients = [self.connect() for _ in range(96)]  # say nothing, and are let go after a time-out
        self.assertLess(self.threads(), 96 + 40)
        for client in clients[:8]:
            client.close()
        self.assertGreater(self.state()["frame"], first)
        self.assertLess(self.stop(), 10)

    def test_reader_of_the_stream(self):
        self.start("--http", ":0")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", "/stream.mjpg")
            answer = connection.getresponse()
            self.assertEqual(answer.headers["Content-Type"], "multipart/x-mixed-replace; boundary=argent-frame")
            started, numbers = time.monotonic(), []
            while time.monotonic() - started < 20:  # longer than the dashboard's patience with the silent
                line = answer.readline()
                self.assertTrue(line, "the stream ended")
                if line.startswith(b"X-Frame: "):
                    numbers.append(int(line.split()[1]))
                elif line.startswith(b"Content-Length: "):
                    length = int(line.split()[1])
                elif line == b"\r\n" and numbers and length:
                    self.assertEqual(answer.read(length)[:2], b"\xff\xd8")
                    length = 0
            self.assertEqual(numbers, sorted(set(numbers)))
            rate = len(numbers) / (time.monotonic() - started)
            print(f"{rate:.1f} pictures a second", end=" ", flush=True)
            self.assertLess(rate, 16.5)
            self.assertGreater(rate, 2)
            self.assertLess(self.stop(), 10)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
