"""`config.example.yaml` tells of every setting in both languages, and all that it offers loads.

A commented-out setting is a line `# name: value` at the indentation it would have; what follows
` / ` in a comment is French.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from channels import email_settings, letter_settings, sms_settings
from dispatcher.config.read import read_config
from dispatcher.config.schema import config_schema
from dispatcher.home import Home
from dispatcher.model.settings import Environment, Settings
from dispatcher.outlets import channel_problems


ROOT = Path(__file__).parents[2]
LINES = (ROOT / "config.example.yaml").read_text("utf-8").splitlines()

#: A setting in force or commented out: indentation, the mark, its name, its value, its remark.
SETTING = re.compile(r"(\s*)(# )?([a-z][a-z0-9_-]*):(?: (.*?))??(?:\s+# (.*))?")

#: Adapter -> what it may be told.
OPTIONS = {
    "email": (*email_settings.OPTIONS, "password"),
    "twilio": (*sms_settings.OPTIONS, *sms_settings.SECRETS),
    "letter": tuple(letter_settings.OPTIONS),
}


@dataclass(frozen=True)
class Line:
    number: int
    section: str
    name: str
    off: bool
    told: str  # value and remark, with the remark's further lines


def lines() -> Iterator[Line]:
    section = ""
    for number, text in enumerate(LINES[1:], start=1):  # the first line is for editors
        found = SETTING.fullmatch(text)
        if found is None:
            continue
        if not found[1]:
            section = found[3]
        told = " ".join((text, *further(number + 1)))
        yield Line(number, section, found[3], off=found[2] is not None, told=told)


def further(number: int) -> Iterator[str]:
    """Lines of nothing but remark below a setting."""
    for text in LINES[number:]:
        if not text.lstrip().startswith("#") or SETTING.fullmatch(text) or "──" in text:
            return
        yield text.strip()


def headline(line: Line) -> str:
    return next((text for text in reversed(LINES[: line.number]) if "──" in text), "")


def in_both_languages(told: str) -> bool:
    _, _, remark = told.partition("# ")
    english, slash, french = remark.partition(" / ")
    return bool(slash) and all(re.search("[a-zé]{2}", part) for part in (english, french))


def keys_of(schema: object, section: str = "") -> Iterator[tuple[str, str]]:
    """Every key with the section it stands in."""
    match schema:
        case {"properties": Mapping() as properties}:
            for name, inside in properties.items():
                yield section or name, name
                yield from keys_of(inside, section or name)
        case list() | tuple():
            for each in schema:
                yield from keys_of(each, section)
        case Mapping():
            for name, each in schema.items():
                if name != "definitions":
                    yield from keys_of(each, section)
        case _:
            pass
    if isinstance(schema, Mapping) and "properties" in schema:
        rest = {name: each for name, each in schema.items() if name != "properties"}
        yield from keys_of(rest, section)


KEYS = sorted(
    set(keys_of(config_schema())) | {("channels", o) for a in OPTIONS for o in OPTIONS[a]}
)
FOUND = list(lines())
OFF = [line for line in FOUND if line.off]


@pytest.mark.parametrize(("section", "key"), KEYS, ids=[".".join(key) for key in KEYS])
def test_every_setting_stands_there_with_words_in_both_languages(section: str, key: str) -> None:
    there = [line for line in FOUND if line.section == section]
    named = [line.told for line in there if re.search(rf"(^|[{{ ]){key}: ", line.told)]
    own = named or [line.told for line in there if line.name == key]
    assert own, "it is not there"
    told = [headline(there[0])] if section == key else prose(there[0], key)
    assert any(map(in_both_languages, (*own, *told)))


def prose(section: Line, key: str) -> list[str]:
    """Paragraphs of remark in a section that name a key."""
    last = max(line.number for line in FOUND if line.section == section.section)
    texts = LINES[section.number - 1 : last]
    bare = [text.strip() if text.strip().startswith("# ") else "" for text in texts]
    paragraphs = re.split(r"\n\n+", "\n".join(bare))
    return [text for text in paragraphs if re.search(rf"\b{key}\b", text)]


@pytest.mark.parametrize("adapter", OPTIONS)
def test_every_setting_of_an_adapter_stands_with_a_channel_of_it(adapter: str) -> None:
    channel = ""
    told: dict[str, set[str]] = {}
    for line in FOUND:
        if line.section == "channels" and line.name in {"email", "sms", "letter"}:
            channel = line.name
        told.setdefault(channel, set()).add(line.name)
    assert set(OPTIONS[adapter]) <= told["sms" if adapter == "twilio" else adapter]


def in_force(*chosen: Line) -> str:
    """The example with these settings in force, in place of one of the same name beside them."""
    text = dict(enumerate(LINES))
    for line in chosen:
        bare = re.sub(r"^(\s*)# ", r"\1", LINES[line.number])
        rival = beside(line, bare.partition(":")[0] + ":")
        if rival is not None:
            text[rival] = ""
        text[line.number] = bare
    return "\n".join(text[number] for number in sorted(text)) + "\n"


def beside(line: Line, start: str) -> int | None:
    """Where a setting of that name is in force in the same part of the same section."""
    parts = [n for n in range(len(LINES)) if re.fullmatch(r"(  )?[a-z_]+:", LINES[n])]
    first = max((n for n in parts if n < line.number), default=0)
    end = min((n for n in parts if n > line.number), default=len(LINES))
    rivals = (n for n in range(first, end) if LINES[n].startswith(start))
    return next(rivals, None)


def read(text: str, home: Path) -> Settings:
    settings, problems = read_config(text, file="config.yaml", home=home)
    assert problems == ()
    assert settings is not None
    return settings


@pytest.mark.parametrize("line", OFF, ids=lambda line: f"{line.section}.{line.name}")
def test_a_setting_that_is_not_in_force_loads_when_it_is(line: Line, tmp_path: Path) -> None:
    assert read(in_force(line), tmp_path) != read("\n".join(LINES), tmp_path)


def test_the_adapters_take_all_that_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In production too, once its secrets are there."""
    for name in ("SMTP_PASSWORD", "TWILIO_TOKEN", "TWILIO_KEY", "TWILIO_SECRET", "PARTNER"):
        monkeypatch.setenv(f"RELANCE_{name}", "x")
    (tmp_path / "ca.pem").touch()
    text = in_force(*(line for line in OFF if line.name != "partner"))
    live = text.replace("environment: sandbox", "environment: production")
    settings = read(live, tmp_path)
    assert settings.environment is Environment.PRODUCTION
    assert channel_problems(settings, Home(folder=tmp_path)) == ()


def test_no_line_is_wider_than_a_page() -> None:
    wide = [text for text in LINES if len(text) > 140 and "# " in text]
    assert wide == []


def test_remarks_of_a_paragraph_stand_under_each_other() -> None:
    """At one column, but for values that reach beyond it."""
    ragged = [
        text
        for text in LINES
        if (found := re.fullmatch(r"(\s*(?:# )?[a-z_]+: \S.*?)(\s+)# .*", text))
        and len(found[1]) < 44
        and len(found[1]) + len(found[2]) != 46
    ]
    assert ragged == []
