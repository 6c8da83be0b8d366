"""OpenAI's agents packages, Python and JavaScript, complete one spoken turn each, unchanged.

pip install "openai-agents[realtime]"                      the Python one
npm install --prefix FOLDER @openai/agents-realtime        the JavaScript one; then NODE_PACKAGES=FOLDER
"""

import asyncio
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
from typing import Any

import numpy as np
import pytest
from running import ScriptedEngine, serving, silence

from thinkaloud.audio import to_pcm16

pytestmark = pytest.mark.slow
ROOT = pathlib.Path(__file__).parents[2]


def spoken(question: np.ndarray) -> bytes:
    import torch

    return to_pcm16(torch.from_numpy(np.concatenate([silence(0.4), question, silence(1.0)])))


def test_agents_in_python(spoken_question: np.ndarray) -> None:
    if importlib.util.find_spec("agents") is None:
        pytest.skip('openai-agents is not installed: pip install "openai-agents[realtime]"')
    from agents.realtime import RealtimeAgent, RealtimeRunner

    seen: dict[str, Any] = {"types": [], "audio": b"", "errors": [], "history": []}

    async def turn(url: str) -> None:
        runner = RealtimeRunner(RealtimeAgent(name="guide", instructions="answer briefly"))
        session = await runner.run(model_config={"url": url, "api_key": "any-key"})
        async with session:
            sound = spoken(spoken_question)
            for start in range(0, len(sound), 1920):
                await session.send_audio(sound[start : start + 1920])
            async for event in session:
                seen["types"].append(event.type)
                if event.type == "audio":
                    seen["audio"] += event.audio.data
                elif event.type == "error":
                    seen["errors"].append(event.error)
                elif event.type in ("history_updated", "history_added"):
                    seen["history"].append(event)
                elif event.type == "agent_end":
                    return

    with serving(ScriptedEngine("five words of scripted speech")) as server:
        asyncio.run(asyncio.wait_for(turn(server.ws), 30))
    assert not seen["errors"]
    assert len(seen["audio"]) == 2 * 24_000 // 2
    assert "five words of scripted speech" in str(seen["history"])


def test_agents_in_javascript(spoken_question: np.ndarray, tmp_path: pathlib.Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    packages = pathlib.Path(os.environ.get("NODE_PACKAGES", ROOT))
    if not (packages / "node_modules" / "@openai" / "agents-realtime").is_dir():
        pytest.skip("@openai/agents-realtime is not installed: npm install --prefix FOLDER, then NODE_PACKAGES=FOLDER")
    question = tmp_path / "question.pcm"
    question.write_bytes(spoken(spoken_question))
    script = pathlib.Path(__file__).parent / "agents_turn.cjs"
    with serving(ScriptedEngine("five words of scripted speech")) as server:
        ran = subprocess.run(
            [node, str(script), server.ws, str(question)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "NODE_PACKAGES": str(packages)},
        )
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout.strip().splitlines()[-1])
    assert not seen["errors"] and seen["status"] == "completed"
    assert seen["audioBytes"] == 2 * 24_000 // 2
    wanted = ["session.updated", "input_audio_buffer.speech_started", "input_audio_buffer.committed", "response.done"]
    assert [type for type in seen["types"] if type in wanted][-3:] == wanted[1:]
    assert "five words of scripted speech" in json.dumps(seen["history"])
