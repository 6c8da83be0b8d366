"""The official OpenAI client talks to our server: a spoken question in real time, then the same over plain HTTP.

    thinkaloud serve &
    python examples/06_openai_client.py [QUESTION.wav] [--url http://127.0.0.1:8000]

Needs: pip install "openai[realtime]"
"""

import argparse
import asyncio
import base64
import os
import pathlib

import torch
from openai import AsyncOpenAI

from thinkaloud import Audio, read, write
from thinkaloud.audio import from_pcm16, to_pcm16

WIRE_HZ = 24_000


async def ask_aloud(client: AsyncOpenAI, question: Audio) -> Audio:
    """Sends the question as a microphone would; the server hears where it ends, and answers."""
    speech = []
    async with client.realtime.connect(model="any") as connection:
        await connection.session.update(session={"type": "realtime", "audio": {"input": {"transcription": {"model": "any"}}}})
        silence = torch.zeros(WIRE_HZ)
        for chunk in torch.cat([question.resample(WIRE_HZ).samples, silence]).split(WIRE_HZ // 25):
            await connection.input_audio_buffer.append(audio=base64.b64encode(to_pcm16(chunk)).decode())
        async for event in connection:
            if event.type == "conversation.item.input_audio_transcription.completed":
                print("\nheard:", event.transcript)
            elif event.type == "response.output_audio_transcript.delta":
                print(event.delta, end="", flush=True)
            elif event.type == "response.output_audio.delta":
                speech.append(from_pcm16(base64.b64decode(event.delta)))
            elif event.type == "error":
                raise SystemExit(event.error.message)
            elif event.type == "response.done":
                print(f"\n({event.response.status}, {event.response.usage.output_tokens} tokens)")
                break
    return Audio(torch.cat(speech) if speech else torch.zeros(1), WIRE_HZ)


async def ask_in_writing(client: AsyncOpenAI, text: str) -> None:
    """The same model as a chat."""
    stream = await client.chat.completions.create(model="any", messages=[{"role": "user", "content": text}], stream=True)
    async for chunk in stream:
        if chunk.choices:
            print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()


async def main(question: str, url: str) -> None:
    client = AsyncOpenAI(base_url=f"{url}/v1", api_key=os.environ.get("THINKALOUD_API_KEY", "none-needed-on-localhost"))
    write("answer.wav", await ask_aloud(client, read(question)))
    print("the answer is in answer.wav")
    await ask_in_writing(client, "what is two plus three")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("question", nargs="?", default=str(pathlib.Path(__file__).parent / "question.wav"))
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.question, arguments.url))
