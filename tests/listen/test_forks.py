"""Forks of streams: they go on from the same past, and neither hears what the other is told."""

import pytest
import torch

from thinkaloud import toy
from thinkaloud.listen import BufferStream, Listener
from thinkaloud.listen.pocket import PocketListenerConfig

TINY = PocketListenerConfig(dim=32, num_blocks=2, num_heads=2, chunk_frames=2, past_chunks=3)


class Buffered(toy.ToyListener):
    def stream(self) -> BufferStream:  # type: ignore[override]
        return BufferStream(self)


@pytest.fixture(params=["pocket", "toy", "buffer"])
def listener(request: pytest.FixtureRequest) -> Listener:
    torch.manual_seed(0)
    return {"pocket": TINY.build().eval, "toy": toy.ToyListener, "buffer": Buffered}[request.param]()


@pytest.mark.parametrize("size", [300, 1000, 4096])
def test_a_fork_and_its_stream_go_on_apart(listener: Listener, size: int) -> None:
    before, one, other = (torch.randn(length, generator=torch.Generator().manual_seed(length)) for length in (7300, 2900, 5100))
    stream, features = listener.stream(), []
    features += [stream.push(part) for part in before.split(size)]
    fork = stream.fork()
    heard = [[*features], [*features]]
    for first, second in zip(one.split(size), other.split(size), strict=False):  # in turns
        heard[0].append(stream.push(first))
        heard[1].append(fork.push(second))
    heard[1] += [fork.push(part) for part in other.split(size)[len(one.split(size)) :]]
    heard[0].append(stream.flush())
    heard[1].append(fork.flush())
    for parts, ending in zip(heard, (one, other), strict=True):
        whole = listener.listen(torch.cat([before, ending])[None]).embeds
        torch.testing.assert_close(torch.cat(parts, dim=1), whole, atol=1e-4, rtol=0)
