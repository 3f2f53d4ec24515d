"""A policy as sentences, one for each thing it says, the way a credit controller would say it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dispatcher.model.vocabulary import Fact
from dispatcher.policy.terms import (
    ALWAYS,
    All,
    Answer,
    AtMost,
    Closed,
    Condition,
    Policy,
    Resume,
    Rule,
    Step,
)
from dispatcher.prove.words.deeds import deed
from dispatcher.prove.words.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence, and the id of the rule that says it (empty: no rule)."""

    text: str
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What belongs together, under its title."""

    title: str
    sentences: tuple[Sentence, ...]


def wording_of(
    policy: Policy,
    facts: Mapping[str, Fact],
    *,
    lang: str,
    labels: Mapping[str, Mapping[str, str]] | None = None,
) -> Wording:
    """The words for this policy; `labels` are those of tasks and offers, by name and language."""
    steps = {
        step.id: step.labels.get(lang) or next(iter(step.labels.values()), "")
        for step in policy.steps
    }
    return Wording(
        lang=lang, facts=facts, steps=steps, labels=labels or {}, currency=policy.currency
    )


def sections(policy: Policy, words: Wording) -> tuple[Section, ...]:
    """Everything that the policy says; a part that says nothing is left out."""
    found = [
        _section(_title(policy, words), _about(policy, words)),
        _section(words.say("section/stops"), _stops(policy, words)),
        _section(words.say("section/resume"), (_resume(each, words) for each in policy.resume)),
        _section(words.say("section/answers"), (_answer(each, words) for each in policy.answers)),
        *(_step(number, step, words) for number, step in enumerate(policy.steps, 1)),
        _section(words.say("section/hand_over"), _choices(policy.hand_over, words)),
        _section(words.say("section/limits"), _limits(policy, words)),
        _section(words.say("section/safety"), _safety(policy, words)),
    ]
    return tuple(section for section in found if section.sentences)


def as_lines(said: tuple[Section, ...]) -> Iterator[str]:
    """The sections as lines of text, each rule with its id."""
    for number, section in enumerate(said):
        if number:
            yield ""
        yield section.title
        for sentence in section.sentences:
            yield f"  {sentence.text}" + (f" [{sentence.rule}]" if sentence.rule else "")


def _section(title: str, sentences: Iterator[Sentence]) -> Section:
    return Section(title=title, sentences=tuple(sentences))


def _title(policy: Policy, words: Wording) -> str:
    return words.say(
        "title",
        label=policy.labels.get(words.lang) or next(iter(policy.labels.values()), policy.name),
        name=policy.name,
        version=policy.version,
        currency=policy.currency,
    )


def _about(policy: Policy, words: Wording) -> Iterator[Sentence]:
    if policy.applies_to is None:
        yield Sentence(text=words.say("for-none"))
    elif _asks_nothing(policy.applies_to):
        yield Sentence(text=words.say("for-all"))
    else:
        yield Sentence(text=words.say("for", when=words.condition(policy.applies_to)))
    if policy.keep:
        yield Sentence(text=words.say("keep"))
    if not _asks_nothing(policy.start):
        yield Sentence(text=words.say("start", when=words.condition(policy.start)))


def _asks_nothing(condition: Condition) -> bool:
    return isinstance(condition, All) and not condition.parts


def _stops(policy: Policy, words: Wording) -> Iterator[Sentence]:
    if policy.stops:
        yield Sentence(text=words.say("stops-first"))
    yield from (_stop(rule, words) for rule in policy.stops)


def _stop(rule: Rule, words: Wording) -> Sentence:
    name = "in-any-case" if _asks_nothing(rule.when) else "if"
    when, what = words.condition(rule.when), deed(rule.then, words)
    fields = {"what": what} if name == "in-any-case" else {"when": when, "what": what}
    return Sentence(text=words.say(name, **fields), rule=rule.id)


def _choices(rules: tuple[Rule, ...], words: Wording) -> Iterator[Sentence]:
    """The first that matches answers: every later one begins with `else`."""
    for number, rule in enumerate(rules):
        what = deed(rule.then, words)
        if _asks_nothing(rule.when):
            text = words.say("otherwise" if number else "in-any-case", what=what)
        else:
            name = "else-if" if number else "if"
            text = words.say(name, when=words.condition(rule.when), what=what)
        yield Sentence(text=text, rule=rule.id)


def _step(number: int, step: Step, words: Wording) -> Section:
    label = words.steps.get(step.id) or step.id
    title = words.say("section/step", number=str(number), label=f"{label} ({step.id})")
    return _section(title, _step_sentences(step, words))


def _step_sentences(step: Step, words: Wording) -> Iterator[Sentence]:
    before = [words.say("first") if s == "none" else words.step(s) for s in step.after]
    yield Sentence(text=words.say("after", steps=words.say("or-value").join(before)))
    if not _asks_nothing(step.when):
        yield Sentence(text=words.say("unless", when=words.condition(step.when)))
    if step.optional:
        yield Sentence(text=words.say("optional"))
    yield from _choices(step.choose, words)


def _resume(each: Resume, words: Wording) -> Sentence:
    stop = words.say("any-stop") if each.after == "any" else words.say("the-stop", stop=each.after)
    if each.to == "same_step":
        text = words.say("resume-same", stop=stop)
    else:
        text = words.say("resume", stop=stop, step=words.step(each.to))
    if each.when != ALWAYS:
        text = words.say("resume-if", when=words.condition(each.when), sentence=text)
    return Sentence(text=text)


def _answer(each: Answer, words: Wording) -> Sentence:
    text = words.say(
        "answer",
        event=words.say(f"event/{each.event}"),
        channels=words.channels(each.contact),
        template=words.say("quoted", text=each.template),
        tone=words.say(f"tone/{each.tone}"),
    )
    return Sentence(text=text, rule=f"answers/{each.event}")


# -- limits -------------------------------------------------------------------------------------


def _limits(policy: Policy, words: Wording) -> Iterator[Sentence]:
    limits = policy.limits
    for channel, (start, end) in limits.quiet_hours.items():
        hours = {"start": _hour(start), "end": _hour(end)}
        yield Sentence(text=words.say("quiet-hours", channel=words.channel(channel), **hours))
    if limits.business_days:
        yield Sentence(text=words.say("business"))
    for season in limits.closed:
        yield _closed(season, words)
    for name, days in (("gather", limits.gather), ("gap", limits.gap)):
        if days:
            yield Sentence(text=words.say(name, span=words.civil(days)))
    for step, days in limits.after.items():
        fields = {"step": words.step(step), "span": words.civil(days)}
        yield Sentence(text=words.say("gap-after", **fields))
    for cap in limits.at_most:
        yield _cap(cap, words)
    for channel, count in limits.per_day.items():
        fields = {"count": words.count(count), "channel": words.channel(channel)}
        yield Sentence(text=words.say("per-day", **fields))


def _hour(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _closed(season: Closed, words: Wording) -> Sentence:
    days = {"start": words.day_of_year(season.start), "end": words.day_of_year(season.end)}
    if not season.steps:
        return Sentence(text=words.say("closed", **days))
    named = [
        words.say("section/hand_over").lower() if step == "hand_over" else words.step(step)
        for step in season.steps
    ]
    steps = words.say("or-value").join(named)
    return Sentence(text=words.say("closed-steps", **days, steps=steps))


def _cap(cap: AtMost, words: Wording) -> Sentence:
    if cap.what in ("contacts", "legal_effect"):
        what = words.say(f"cap/{cap.what}")
    else:
        what = words.say("cap/channel", channel=words.channel(cap.what))
    span = words.civil(cap.per)
    return Sentence(text=words.say("cap", count=words.count(cap.count), what=what, span=span))


def _safety(policy: Policy, words: Wording) -> Iterator[Sentence]:
    safety = policy.safety
    if safety.debtors is not None:
        yield Sentence(text=words.say("per-run", count=words.count(safety.debtors)))
    if safety.legal_effect is not None:
        yield Sentence(text=words.say("per-run-legal", count=words.count(safety.legal_effect)))
    if safety.share_of_debtors is not None:
        yield Sentence(text=words.say("share", share=str(safety.share_of_debtors)))
