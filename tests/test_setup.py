"""What setting up relies on, and the direction of the house."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from configurator.settings import ROOT

LOCKS = [*sorted(path.name for path in ROOT.glob("*.lock")), "package-lock.json"]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_registry(name):
    text = (ROOT / name).read_text()
    assert not re.search(r"[a-z]+://|--(extra-)?index-url|--find-links", text)


@pytest.mark.parametrize("name", [name for name in LOCKS if name.startswith("requirements")])
def test_every_pinned_requirement_has_a_hash(name):
    entries = re.split(r"\n(?=[a-z])", (ROOT / name).read_text())
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_every_front_end_package_has_a_hash():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert len(packages) > 1
    assert all("integrity" in package for name, package in packages.items() if name)


def test_what_the_project_needs_is_locked():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for needed, lock in ((project["dependencies"], "requirements.lock"),
                         (project["optional-dependencies"]["dev"], "requirements-dev.lock")):
        locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
        assert {re.split(r"[\[<>= ]", name)[0].lower().replace("_", "-") for name in needed} <= locked


def test_no_room_imports_a_higher_one():
    lint = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-2000:]


def test_what_threads_share_is_kept_under_a_lock():
    """A cache of cachetools that two threads change at once loses count of what is in it, and raises KeyError."""
    importlib.import_module("configurator.cli")  # and with it all that a server runs
    kept = {f"{path}.{name}": thing for path, module in sys.modules.items()
            if path.partition(".")[0] in ("catalog", "orders", "configurator")
            for name, thing in vars(module).items()
            if type(thing).__module__.startswith("cachetools") and hasattr(thing, "cache_lock")}
    assert kept
    assert [name for name, thing in kept.items() if thing.cache_lock is None is thing.cache_condition] == []
