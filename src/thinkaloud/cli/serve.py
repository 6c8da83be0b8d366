"""`thinkaloud serve`: the real-time server and its page."""

import os
import pathlib
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from thinkaloud.cli.models import default_model, load

if TYPE_CHECKING:
    from thinkaloud.serve.settings import ServeConfig


def command(
    model: Annotated[str, typer.Option(help="A model's name, folder or hub id; see `thinkaloud models`.")] = "",
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is everywhere and needs a key.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    api_key: Annotated[list[str] | None, typer.Option(help="Keys that may come in; also THINKALOUD_API_KEY.")] = None,
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Let everybody in, also on a public address.")] = False,
    origin: Annotated[list[str] | None, typer.Option(help="Other web origins whose pages may connect.")] = None,
    sessions: Annotated[int, typer.Option(help="Conversations at once; more are refused.", min=1)] = 8,
    vad: Annotated[str, typer.Option(help="silero, energy, or auto: the best that is installed.")] = "auto",
    temperature: Annotated[float, typer.Option(help="0: always the likeliest.", min=0)] = 0.0,
    max_steps: Annotated[int, typer.Option(help="The longest answer in steps.", min=1)] = 1024,
    transcribe: Annotated[
        bool | None, typer.Option(help="Write down what was heard and answer that; default: as the model was made for.")
    ] = None,
    tls_cert: Annotated[str, typer.Option("--ssl-certfile", "--tls-cert", help="Certificate file: serves https.")] = "",
    tls_key: Annotated[str, typer.Option("--ssl-keyfile", "--tls-key", help="Its key file.")] = "",
    self_signed: Annotated[bool, typer.Option("--self-signed", help="https with a certificate made here.")] = False,
    trust_proxy: Annotated[bool, typer.Option(help="Believe X-Forwarded headers of a proxy on this machine.")] = False,
    record: Annotated[str, typer.Option(help="Keep the audio of all sessions in this folder; off without it.")] = "",
    device: Annotated[str, typer.Option(help="cpu, cuda, mps; default: the best at hand.")] = "",
    threads: Annotated[
        int, typer.Option(help="Threads for the model on a CPU; 0: one for a small model, else as torch likes.", min=0)
    ] = 0,
    log_level: Annotated[str, typer.Option(help="debug, info, warning, error.")] = "info",
) -> None:
    """Serve a model in real time: open the page and talk, or point any OpenAI client at it.

    Examples: thinkaloud serve; thinkaloud serve --host 0.0.0.0 --self-signed --api-key SECRET
    """
    from thinkaloud.serve.app import build_app
    from thinkaloud.serve.runner import Runner
    from thinkaloud.serve.settings import Limits, ServeConfig

    if self_signed:
        tls_cert, tls_key = _certificate(host)
    keys = [*(api_key or ()), *filter(None, [os.environ.get("THINKALOUD_API_KEY", "")])]
    config = ServeConfig(
        host=host,
        port=port,
        api_keys=tuple(keys),
        public_without_key=no_auth,
        origins=tuple(origin or ()),
        trust_proxy=trust_proxy,
        record_folder=record or None,
        tls_cert=tls_cert or None,
        tls_key=tls_key or None,
        limits=Limits(num_sessions=sessions),
    )
    engine = _engine(model, device, vad, temperature, max_steps, threads, transcribe)
    _greet(engine.name, config)
    Runner(build_app(engine, config), log_level).run()


def _engine(name: str, device: str, vad: str, temperature: float, max_steps: int, threads: int, transcribe: bool | None):
    from thinkaloud.generate.loop import DecodeOptions
    from thinkaloud.generate.sampler import SamplerConfig
    from thinkaloud.serve.engine import Engine

    speech_lm = load(name or default_model(), device, threads)
    sampler = SamplerConfig(temperature=temperature)
    decode = DecodeOptions(sampler=sampler, max_steps=max_steps, batch_parallel=True)
    return Engine(speech_lm, _vad(vad, speech_lm.need("listener").sample_rate), decode, transcribe=transcribe)


def _vad(name: str, sample_rate: int):
    """The detector by name; it must run at the listener's rate."""
    from thinkaloud.duplex.silero import SileroVad, SileroVadConfig
    from thinkaloud.duplex.vad import EnergyVadConfig

    if name not in ("auto", "silero", "energy"):
        raise ValueError(f"there is no VAD {name!r}; use silero, energy or auto")
    if name == "silero" or (name == "auto" and sample_rate == SileroVad.sample_rate):
        try:
            return SileroVadConfig().build()
        except ValueError:
            if name == "silero":
                raise
    return EnergyVadConfig(sample_rate=sample_rate).build()


def _certificate(host: str) -> tuple[str, str]:
    from thinkaloud.serve.tls import self_signed

    folder = pathlib.Path(os.environ.get("XDG_CONFIG_HOME", pathlib.Path.home() / ".config")) / "thinkaloud"
    cert, key = self_signed(folder, host)
    return str(cert), str(key)


def _greet(name: str, config: "ServeConfig") -> None:
    """What to open, and why a microphone may stay silent."""
    scheme = "https" if config.tls_cert else "http"
    shown = "localhost" if config.is_local else config.host
    say = lambda line: print(line, file=sys.stderr)  # noqa: E731
    say(f"thinkaloud serves {name} at {scheme}://{shown}:{config.port}  (Ctrl-C ends it)")
    if name == "toy":
        say("the toy model has random weights: it answers nonsense")
    if not config.is_local and scheme == "http":
        say("browsers open the microphone on https or localhost only: add --self-signed, or use ssh -L, or a proxy with TLS")
    if not config.is_local and not config.api_keys:
        say("no API key is set: everybody who can reach this address may use it")
