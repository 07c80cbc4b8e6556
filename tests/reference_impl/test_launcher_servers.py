"""Of the servers on a launcher's socket only the latest counts, and one that dies in between does no harm."""

from __future__ import annotations

import os
import select
import socket
import time

import pytest

from batchproof.reference_impl.running.launcher.servers import Servers
from batchproof.reference_impl.running.launcher.wireline import Received, line


class Line:
    """The servers of a launcher, and what a launcher does in a turn."""

    def __init__(self, folder):
        self.folder = os.open(folder, os.O_PATH | os.O_DIRECTORY)  # so the socket's path is short enough
        self.epoll = select.epoll()
        self.servers = Servers(folder, self.epoll, alone_since_s=time.monotonic())
        self.servers.listen()

    def connected(self, epoch):
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        opened.settimeout(10)
        opened.connect(f"/proc/self/fd/{self.folder}/launcher.sock")
        opened.sendall(line([("hello", epoch)]))
        return opened

    def turn(self):
        found = self.epoll.poll(0.1)
        return [message for descriptor, mask in found for message in self.servers.heard(descriptor, mask)]

    def turns(self):
        """A connection is accepted in one and heard in the next."""
        return self.turn() + self.turn()

    def close(self):
        self.servers.close()
        self.epoll.close()
        os.close(self.folder)


@pytest.fixture
def talk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # listening changes the directory, as a launcher may
    made = Line(tmp_path)
    yield made
    made.close()


def test_a_later_server_takes_the_place_of_an_earlier_one_and_not_the_other_way_round(talk):
    first = talk.connected(1)
    assert talk.turns() == [["hello", 1]]
    second = talk.connected(2)
    assert talk.turns() == [["hello", 2]]
    assert first.recv(1) == b""
    late = talk.connected(1)
    assert talk.turns() == []
    assert late.recv(1) == b""
    second.sendall(line([("quit",)]))
    assert talk.turn() == [["quit"]]
    assert talk.servers.epoch == 2


def test_what_a_server_is_told_before_it_is_there_is_not_told(talk):
    talk.servers.tell([("none_left",)])
    talk.servers.flush()
    opened = talk.connected(1)
    talk.turns()
    talk.servers.tell([("ready", 7)])
    talk.servers.flush()
    assert list(Received().messages(opened.recv(1 << 16))) == [["ready", 7]]


def test_a_server_that_dies_before_it_has_read_its_news_is_hung_up_on_once(talk):
    opened = talk.connected(1)
    talk.turns()
    talk.servers.tell([("failed", "a", 1, "x" * (1 << 22))])  # more than a socket holds
    talk.servers.flush()
    opened.close()
    assert talk.turn() == []
    assert not talk.servers.there
    again = talk.connected(2)
    assert talk.turns() == [["hello", 2]]
    again.close()
