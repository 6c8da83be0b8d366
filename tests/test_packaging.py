"""Whatever is not Python inside the package is shipped with it, and every part of the package is found."""

import pathlib
import subprocess
import tomllib

ROOT = pathlib.Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "thinkaloud"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_data_file_is_shipped() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "src"], cwd=ROOT, capture_output=True, text=True
    ).stdout.split()
    globs = PROJECT["tool"]["setuptools"]["package-data"]["thinkaloud"]
    shipped = {path for glob in globs for path in PACKAGE.glob(glob)}
    data = [ROOT / name for name in listed if not name.endswith(".py") and (ROOT / name).is_file()]
    missing = [path.relative_to(PACKAGE) for path in data if path not in shipped]
    assert not missing


def test_every_folder_with_python_is_a_package() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").is_file()]


def test_pins_cover_what_the_project_names() -> None:
    """Every dependency of the project has a version in constraints.txt, so that all machines install the same."""
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    wanted = [*PROJECT["project"]["dependencies"]]
    for extra in PROJECT["project"]["optional-dependencies"].values():
        wanted += extra
    names = {
        w.split(";")[0].split("[")[0].split(">")[0].split("=")[0].split("<")[0].strip().lower().replace("_", "-")
        for w in wanted
    }
    assert not names - pinned, names - pinned
