"""The page's files: complete, self-contained, small; and its pure parts, under node's own test runner."""

import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

STATIC = Path(str(files("thinkaloud.serve"))) / "static"
HTML = (STATIC / "index.html").read_text()
SCRIPTS = sorted(STATIC.glob("*.js"))
TEXTS = [path for path in STATIC.iterdir() if path.suffix in {".js", ".css", ".html", ".svg"}]


def ids_of(html: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', html)


def test_every_id_is_unique_and_every_reference_has_its_target():
    ids = ids_of(HTML)
    assert len(ids) == len(set(ids))
    for name in ("for", "aria-controls", "aria-labelledby"):
        for target in re.findall(rf'\b{name}="([^"]+)"', HTML):
            assert target in ids, (name, target)
    for target in re.findall(r'href="#([^"]+)"', HTML):
        assert target in ids, target


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_name_only_elements_and_modules_that_exist(script):
    text = script.read_text()
    for name in re.findall(r'(?:#?\$|getElementById|#text)\("([^"]+)"', text):
        assert name in ids_of(HTML), name
    for module in re.findall(r'from "([^"]+)"', text):
        assert (script.parent / module).is_file(), module


def test_files_that_the_page_names_are_shipped():
    for name in re.findall(r'(?:src|href)="([^"#]+)"', HTML):
        assert (STATIC / name).is_file(), name


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere(path):
    text = path.read_text().replace("http://www.w3.org/2000/svg", "")
    foreign = [url for url in re.findall(r'(?:https?:)?//[\w.-]+\.\w+[^\s"\'`]*', text) if "localhost" not in url]
    assert foreign == []
    assert "@import" not in text


def test_the_page_lives_under_a_strict_content_security_policy():
    assert not re.search(r"<script(?![^>]*\bsrc=)", HTML), "no inline script"
    assert not re.search(r"<style|\sstyle=|\son\w+=", HTML), "no inline style or handler"
    for script in SCRIPTS:
        assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", script.read_text()), script.name


def test_every_control_has_a_name():
    for field in re.findall(r"<(?:input|select|textarea)\b[^>]*>", HTML):
        named = re.search(r'id="([^"]+)"', field)
        in_label = re.search(rf"<label[^>]*>(?:(?!</label>).)*{re.escape(field)}", HTML, re.S)
        assert in_label or (named and f'for="{named[1]}"' in HTML), field
    for button in re.findall(r"<button\b.*?</button>", HTML, re.S):
        assert re.sub(r"<[^>]*>", "", button).strip() or "aria-label=" in button, button


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(theme):
    """WCAG AA: 4.5 to 1 for text on whatever it stands on."""
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", (STATIC / "theme.css").read_text())
    colours = {name: light if theme == "light" else dark for name, light, dark in pairs}
    on = {
        "ink": ["paper", "raised", "sunken", "alert-tint"],
        "soft": ["paper", "raised", "sunken"],
        "you": ["paper", "raised", "sunken", "you-tint"],
        "model": ["paper", "sunken"],
        "alert": ["paper", "sunken"],
        "on-strong": ["you", "model"],
    }
    for text, grounds in on.items():
        for ground in grounds:
            dim, bright = sorted((luminance(colours[text]), luminance(colours[ground])))
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, (theme, text, ground)


def test_the_page_is_small():
    assert sum(path.stat().st_size for path in STATIC.iterdir()) < 150_000


def test_its_pure_parts_pass_their_own_tests():
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the page's modules cannot be run outside a browser")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, version.strip("v\n").split(".")[:2])) < (20, 19):
        pytest.skip(f"node {version.strip()} cannot tell by itself that a .js file is a module; needs 20.19 or newer")
    tests = sorted((Path(__file__).parent / "page").glob("*.test.mjs"))
    done = subprocess.run(
        [node, "--test", "--test-reporter=spec", *map(str, tests)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert int(re.search(r"tests (\d+)", done.stdout)[1]) > 50, done.stdout  # type: ignore[index]
