"""What whoever runs Lot One can set, and what they are told when it is wrong."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from configurator.settings import ROOT, Settings, SettingsError

DOCUMENTED = (ROOT / "docs/settings.md").read_text()


def test_without_any_setting_it_runs_embedded(tmp_path):
    settings = Settings.from_environment({"LOTONE_INSTANCE": str(tmp_path), "PATH": "/bin"})
    assert settings.url == f"sqlite:///{tmp_path}/lotone.sqlite"
    assert (settings.host, settings.port, settings.https, settings.demo) == ("127.0.0.1", 8000, False, False)


def test_settings_are_read_by_their_kind():
    settings = Settings.from_environment({
        "LOTONE_PORT": " 80 ", "LOTONE_HTTPS": "yes", "LOTONE_TRUSTED_HOSTS": "shop.example, www.shop.example",
        "LOTONE_DATABASE_URL": "postgresql+psycopg://db/shop", "LOTONE_INSTANCE": "/srv/shop"})
    assert settings == Settings(port=80, https=True, trusted_hosts=("shop.example", "www.shop.example"),
                                database_url="postgresql+psycopg://db/shop", instance=Path("/srv/shop"))


@pytest.mark.parametrize(("name", "text", "says"), [
    ("LOTONE_PRT", "80", "did you mean LOTONE_PORT"), ("LOTONE_PORT", "eighty", "a whole number"),
    ("LOTONE_PORT", "-1", "a whole number"), ("LOTONE_PORT", "0", "at least 1"),
    ("LOTONE_HTTPS", "perhaps", "yes or no"),
    ("LOTONE_LOCALE", "xx_YY_zz", "no known locale"), ("LOTONE_TIMEZONE", "Mars/Olympus", "no known time zone"),
    ("LOTONE_TIMEZONE", "../../etc/passwd", "no known time zone")])
def test_a_wrong_setting_is_named_with_what_was_expected(name, text, says):
    with pytest.raises(SettingsError, match=says) as caught:
        Settings.from_environment({name: text})
    assert name in str(caught.value)


def test_the_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path):
    settings = Settings(instance=tmp_path / "new")
    key = settings.key()
    assert len(key) >= 48
    assert settings.key() == key
    assert ((tmp_path / "new" / "secret_key").stat().st_mode & 0o777) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret_key"]
    assert Settings(instance=tmp_path / "other").key() != key
    assert Settings(instance=tmp_path, secret_key="given").key() == "given"


def test_every_setting_is_documented_with_its_default_and_no_other():
    documented = set(re.findall(r"`LOTONE_(\w+)`", DOCUMENTED))
    assert documented == {field.name.upper() for field in fields(Settings)}
