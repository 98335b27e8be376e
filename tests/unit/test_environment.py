"""`environment.yml` and the lock name the same versions, and the lock is fit to publish."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
#: Packages that go by another name on conda-forge.
CONDA_NAMES = {
    "python-duckdb": "duckdb",
    "matplotlib-base": "matplotlib",
    "pandera-pandas": "pandera",
    "snakemake-minimal": "snakemake",
}
NOT_FROM_THE_LOCK = {"python", "pango"}


def locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", text, re.M))


def conda() -> dict[str, str]:
    found = {}
    for entry in yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]:
        if isinstance(entry, dict):
            found |= dict(item.split("==") for item in entry["pip"])
        elif re.split("[=<>]", entry)[0] not in NOT_FROM_THE_LOCK | {"pip"}:
            name, version = entry.split("=")
            found[CONDA_NAMES.get(name, name)] = version
    return found


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    every = project["dependencies"] + project["optional-dependencies"]["dev"]
    return {re.match(r"[A-Za-z0-9._-]+", d).group(0).lower().replace("_", "-") for d in every}


def test_conda_environment_has_the_locked_versions() -> None:
    lock = locked()
    assert {name: lock.get(name) for name in conda()} == conda()


def test_every_declared_package_is_in_both() -> None:
    assert declared() <= set(conda())
    assert declared() <= set(locked())


def test_every_locked_package_has_a_hash_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(blocks) == len(re.findall(r"^[a-z0-9][a-z0-9._-]*==", text, re.M))
    assert [b.split("==")[0] for b in blocks if "--hash=sha256:" not in b] == []
    assert "://" not in text
