"""The address that people type: finding it free, and asking whether anybody answers there."""

from __future__ import annotations

import contextlib
import os
import select
import socket

DEFAULT_PORT = 8000
PORTS_TRIED = 100


class Failed(Exception):
    """The stack cannot go on; carries the sentence and the exit code."""

    def __init__(self, sentence: str, code: int = 1):
        super().__init__(sentence)
        self.code = code


def say(sentence: str) -> None:
    # The terminal may be gone while the stack still has to be stopped in order.
    with contextlib.suppress(OSError, ValueError):
        print(sentence, flush=True)


def open_port(host: str, port: int | None) -> socket.socket:
    """A listening socket. A busy port is Failed with code 2, unless it was only the default: then the next free one.

    The supervisor itself holds it, so nobody else can take it while the web processes start or start again.
    """
    wanted = [port] if port is not None else range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED)
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise Failed(f"{host} is no address of this machine: {error.strerror}.", 2) from None
    reason = ""
    for number in wanted:
        listener = socket.socket(family, kind, proto)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address[0], number, *address[2:]))
            listener.listen(256)
        except OSError as error:
            listener.close()
            reason = os.strerror(error.errno or 0)
            continue
        if port is None and number != DEFAULT_PORT:
            say(f"Port {DEFAULT_PORT} is busy; using {number}.")
        return listener
    place = port if port is not None else f"{DEFAULT_PORT} to {DEFAULT_PORT + PORTS_TRIED - 1}"
    raise Failed(f"Port {place} of {host} cannot be used: {reason}. Choose another with --port.", 2)


class Probe:
    """Whether the application behind `address` has answered without an error of its own; never waits for it.

    One question at a time: a slow start is not made slower by a queue of them.
    """

    def __init__(self, address: tuple[str, int]):
        self.address = ({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address[0], address[0]), address[1])
        self.question: socket.socket | None = None
        self.answered = False

    def __call__(self) -> bool:
        if self.answered:
            return True
        try:
            if self.question is None:
                self.question = socket.create_connection(self.address, timeout=1)
                self.question.sendall(b"GET /livez HTTP/1.0\r\nHost: localhost\r\n\r\n")
            if select.select([self.question], [], [], 0)[0]:
                answer = self.question.recv(64).split()
                self.answered = len(answer) > 1 and answer[1] < b"500"
                self._hang_up()
        except OSError:
            self._hang_up()
        return self.answered

    def _hang_up(self) -> None:
        if self.question:
            self.question.close()
            self.question = None


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
