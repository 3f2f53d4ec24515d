"""Bad policies, rows 1 to 44 of the table of bad inputs."""

from pathlib import Path

from tests.bad_input.bad_homes import Bad, Spoil, both, edit, write


FILE = "rules/standard.yaml"
REMINDER = "when: {amount_due: under 500}"
FIRST = "  - id: reminder\n"
LADDER = "when: {days_since_step: 15+}"


def policy(before: str, after: str) -> Spoil:
    """The good policy with that change."""
    return edit(FILE, before, after)


def choice(condition: str) -> Spoil:
    """The first choice of the good policy under another condition."""
    return policy(REMINDER, f"when: {condition}")


def instead(text: str | bytes) -> Spoil:
    """Another text instead of the good policy."""
    return write(FILE, text)


def latin_1(home: Path) -> None:
    """The good policy, with an accent, as Windows editors used to save it."""
    text = (home / FILE).read_text("utf-8")
    (home / FILE).write_bytes(
        text.replace("currency:", "label: Relancé\ncurrency:").encode("cp1252")
    )


def utf_16(home: Path) -> None:
    """The good policy as a certain editor's Unicode."""
    (home / FILE).write_bytes((home / FILE).read_text("utf-8").encode("utf-16"))


def linked_outside(home: Path) -> None:
    """A template that is a link to a file outside of the home."""
    (home.parent / "secret.txt").write_text("---\nsubject: x\n---\nSECRET\n")
    body = home / "templates/fr/reminder/body.md.j2"
    body.unlink()
    body.symlink_to(home.parent / "secret.txt")


def folder_linked_outside(home: Path) -> None:
    """The same with a whole folder of rules."""
    outside = home.parent / "elsewhere"
    outside.mkdir()
    (outside / "more.yaml").write_text("language: 1\n")
    (home / "rules/more").symlink_to(outside)


SECOND_POLICY = """\
language: 1
policy: large
version: 2026.11.1
currency: EUR
extends: standard
applies_to: {debtor_overdue: %s}
"""

TEMPLATE = "template: reminder, tone: courteous}}\n      - {id: standard"

POLICY_ROWS = (
    Bad(
        row=1,
        what="duplicate key",
        spoil=policy("owner: collector", "owner: collector\nowner: other"),
        codes=["yaml/duplicate-key"],
    ),
    Bad(
        row=2,
        what="object of the program",
        spoil=policy("owner: collector", "owner: !!python/object/apply:os.system [id]"),
        codes=["yaml/tag", "policy/needs-value"],
    ),
    Bad(
        row=3,
        what="binary",
        spoil=policy("owner: collector", "owner: !!binary Y29sbGVjdG9y"),
        codes=["yaml/tag"],
    ),
    Bad(
        row=3,
        what="set",
        spoil=policy("owner: collector", "owner: !!set {a, b}"),
        codes=["yaml/tag", "policy/needs-value"],
    ),
    Bad(
        row=3,
        what="own tag",
        spoil=policy("owner: collector", "owner: !role collector"),
        codes=["yaml/tag"],
    ),
    Bad(
        row=4,
        what="bomb of aliases",
        spoil=instead("a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: [*c, *c, *c]\n"),
        codes=["yaml/anchor", "yaml/alias", "policy/not-a-policy"],
    ),
    Bad(
        row=5,
        what="list that holds itself",
        spoil=instead("a: &a [*a]\n"),
        codes=["yaml/anchor", "yaml/alias", "policy/not-a-policy"],
    ),
    Bad(
        row=6,
        what="merge key",
        spoil=policy("owner: collector", "owner: collector\n<<: {label: x}"),
        codes=["yaml/merge-key"],
    ),
    Bad(
        row=7,
        what="deep nesting",
        spoil=instead("a: " + "[" * 2000 + "]" * 2000),
        codes=["yaml/too-deep"],
    ),
    Bad(
        row=7,
        what="deep nesting never closed",
        spoil=instead("a: " + "[" * 100_000),
        codes=["yaml/too-deep"],
    ),
    Bad(
        row=8, what="large file", spoil=instead("# " + "x" * 1024 * 1024), codes=["yaml/too-large"]
    ),
    Bad(
        row=8,
        what="thousands of keys",
        spoil=instead("".join(f"key{n}: {n}\n" for n in range(5_000))),
        codes=["policy/not-a-policy"],
    ),
    Bad(
        row=9,
        what="two documents",
        spoil=policy("owner: collector", "---\nowner: collector"),
        codes=["yaml/documents"],
    ),
    Bad(row=10, what="empty file", spoil=instead(""), codes=["yaml/empty"]),
    Bad(row=10, what="nothing but remarks", spoil=instead("# later\n"), codes=["yaml/empty"]),
    Bad(row=11, what="list at the top", spoil=instead("- language: 1\n"), codes=["yaml/not-a-map"]),
    Bad(
        row=12,
        what="indented by a tab",
        spoil=policy("  - id: dispute", "\t- id: dispute"),
        codes=["yaml/tab"],
    ),
    Bad(
        row=13,
        what="NUL character",
        spoil=policy("owner: collector", "owner: coll\0ector"),
        codes=["yaml/control-character"],
    ),
    Bad(
        row=13,
        what="NUL written as an escape",
        spoil=policy("owner: collector", 'owner: "coll\\u0000ector"'),
        codes=["yaml/control-character"],
    ),
    Bad(
        row=13,
        what="direction turned by an invisible character",
        spoil=policy("owner: collector", "owner: coll\u202eector"),
        codes=["yaml/control-character"],
    ),
    Bad(row=14, what="Windows-1252", spoil=latin_1, codes=["yaml/windows-1252"]),
    Bad(row=14, what="UTF-16", spoil=utf_16, codes=["yaml/utf-16"]),
    Bad(
        row=15,
        what="no is the word that stands there",
        spoil=both(
            edit(
                "rules/facts.yaml",
                "  dispute:",
                "  country: {of: debtor, type: enum, values: [fr, no], default: no}\n  dispute:",
            ),
            choice("{country: no}"),
        ),
        exit=0,
    ),
    Bad(
        row=16,
        what="hours without quotation marks",
        spoil=policy('{sms: "19:00-09:00"}', "{sms: 19:00-09:00}"),
        exit=0,
    ),
    Bad(
        row=16,
        what="hours that are a number",
        spoil=policy('{sms: "19:00-09:00"}', "{sms: 750}"),
        codes=["policy/hours"],
    ),
    Bad(
        row=17,
        what="number that begins with 0",
        spoil=edit("config.yaml", "  city: LYON", "  city: LYON\n  siren: 005520135"),
        exit=0,
    ),
    Bad(
        row=18,
        what="telephone with +",
        spoil=edit("config.yaml", "  city: LYON", "  city: LYON\n  phone: +33472000000"),
        exit=0,
    ),
    *(
        Bad(
            row=19,
            what=f"amount {text}",
            spoil=choice(f"{{amount_due: under {text}}}"),
            codes=["policy/amount"],
        )
        for text in ("1e3", "1_000", "1.005")
    ),
    Bad(
        row=19,
        what="amount 1,50",
        spoil=choice("{amount_due: under 1,50}"),
        codes=["policy/decimal-comma"],
    ),
    Bad(
        row=19,
        what="amount 1.500,00",
        spoil=choice("{amount_due: under 1.500,00}"),
        codes=["policy/amount", "policy/decimal-comma"],
    ),
    *(
        Bad(
            row=20,
            what=f"amount {text}",
            spoil=choice(f"{{amount_due: under {text}}}"),
            codes=["policy/amount"],
        )
        for text in (".inf", ".nan", "NaN")
    ),
    Bad(
        row=21,
        what="day that does not exist",
        spoil=policy("  days: business", "  days: business\n  closed: [{from: 02-30, to: 03-02}]"),
        codes=["policy/day-of-year"],
    ),
    Bad(
        row=22,
        what="number of 5,000 digits",
        spoil=choice("{days_late: " + "9" * 5000 + "+}"),
        codes=["policy/number"],
    ),
    Bad(
        row=22,
        what="span of 5,000 digits",
        spoil=policy("gap: 5 days", "gap: " + "9" * 5000 + " days"),
        codes=["policy/span"],
    ),
    Bad(
        row=23,
        what="unknown key",
        spoil=policy("owner: collector", "ownr: collector"),
        codes=["policy/unknown-key"],
    ),
    Bad(
        row=23,
        what="unknown key of an action",
        spoil=policy("{contact: email else sms, ", "{contct: email else sms, "),
        codes=["policy/then-form"],
    ),
    Bad(
        row=24,
        what="channel that does not exist",
        spoil=policy("email else sms", "fax"),
        codes=["policy/unknown-channel"],
    ),
    Bad(
        row=24,
        what="channel that is not set up",
        spoil=policy("email else sms", "visit"),
        codes=["policy/channel-not-set-up", "policy/needs-due-in", "policy/template-words"],
    ),
    Bad(
        row=25,
        what="unknown template",
        spoil=policy("template: formal-notice", "template: formal-notic"),
        codes=["policy/unknown-template"],
    ),
    *(
        Bad(
            row=26,
            what=f"template {name}",
            spoil=policy("template: formal-notice", f"template: {name}"),
            codes=["policy/name"],
        )
        for name in ("../../etc/passwd", "/etc/passwd", "formal\\notice", "'formal notice'")
    ),
    Bad(
        row=26,
        what="template with a NUL",
        spoil=policy("template: formal-notice", 'template: "a\\0b"'),
        codes=["yaml/control-character", "policy/name"],
    ),
    Bad(row=27, what="template that is a link outside", spoil=linked_outside, codes=["home/link"]),
    Bad(row=27, what="rules in a linked folder", spoil=folder_linked_outside, codes=["home/link"]),
    Bad(
        row=28,
        what="step twice",
        spoil=policy("  - id: formal-notice", "  - id: reminder"),
        codes=["policy/duplicate-id", "policy/unknown-step"],
    ),
    Bad(
        row=29,
        what="negative delay",
        spoil=policy("gap: 5 days", "gap: -5 days"),
        codes=["policy/span"],
    ),
    Bad(
        row=29,
        what="delay beyond measure",
        spoil=policy("gap: 5 days", "gap: 100000 days"),
        codes=["policy/span"],
    ),
    Bad(
        row=29,
        what="days beyond the bounds of the fact",
        spoil=policy("15+", "100000+"),
        codes=["policy/outside"],
    ),
    Bad(
        row=30,
        what="two policies overlap",
        spoil=both(
            policy("applies_to: any", "applies_to: {debtor_overdue: under 500}"),
            write("rules/large.yaml", SECOND_POLICY % "400+"),
        ),
        codes=["policy/overlap"],
    ),
    Bad(
        row=30,
        what="a cent between two policies",
        spoil=both(
            policy("applies_to: any", "applies_to: {debtor_overdue: under 500}"),
            write("rules/large.yaml", SECOND_POLICY % "500.01+"),
        ),
        codes=["policy/uncovered"],
    ),
    Bad(
        row=31,
        what="from more than to",
        spoil=choice("{amount_due: 500 to 100}"),
        codes=["policy/empty-range"],
    ),
    Bad(
        row=32,
        what="policies that extend each other",
        spoil=both(
            policy("owner: collector", "extends: large"),
            write("rules/large.yaml", SECOND_POLICY % "500+"),
        ),
        codes=["policy/extends-circle"],
    ),
    Bad(
        row=32,
        what="step that goes on from a later one",
        spoil=policy(FIRST, FIRST + "    from: formal-notice\n"),
        codes=["policy/from-later"],
    ),
    Bad(
        row=33,
        what="choice that does not end in any",
        spoil=policy("{id: standard, when: any,", "{id: standard, when: {amount_due: 600+},"),
        codes=["policy/incomplete"],
    ),
    Bad(
        row=34,
        what="formal notice by SMS",
        spoil=policy("contact: registered_letter", "contact: sms"),
        codes=["policy/template-words"],
    ),
    Bad(
        row=34,
        what="formal notice that nobody approves",
        spoil=policy(", needs_approval: [collector]", ""),
        codes=["policy/needs-approval"],
    ),
    Bad(
        row=35,
        what="formal notice sent again when its fate is unknown",
        spoil=policy("tone: formal,", "tone: formal, on_unknown: resend,"),
        codes=["policy/resend-legal"],
    ),
    *(
        Bad(row=36, what=f"expression {text}", spoil=choice(text), codes=[code])
        for text, code in (
            ("__import__('os').system('id')", "policy/condition-form"),
            ("amount_due.__class__", "policy/condition-form"),
            ("{amount_due: 'lambda: 1'}", "policy/amount"),
            ("{amount_due: '{{ 7*7 }}'}", "policy/amount"),
        )
    ),
    Bad(
        row=37,
        what="expression of 10 kB",
        spoil=choice("{amount_due: '" + "1+" * 5000 + "'}"),
        codes=["policy/amount"],
    ),
    Bad(
        row=37,
        what="power of a power",
        spoil=choice("{amount_due: 9**9**9}"),
        codes=["policy/amount"],
    ),
    Bad(
        row=38,
        what="pattern that backtracks",
        spoil=choice("{legal_kind: '(a+)+$'}"),
        codes=["policy/unknown-value"],
    ),
    Bad(
        row=39,
        what="money compared with text",
        spoil=choice("{amount_due: abc}"),
        codes=["policy/amount"],
    ),
    Bad(
        row=39,
        what="kind compared with money",
        spoil=choice("{legal_kind: 500+}"),
        codes=["policy/not-a-number-fact"],
    ),
    Bad(
        row=40,
        what="no currency",
        spoil=policy("currency: EUR\n", ""),
        codes=["policy/missing-key"],
    ),
    Bad(
        row=40,
        what="currency that has no cents",
        spoil=policy("currency: EUR", "currency: JPY"),
        codes=["policy/currency"],
    ),
    Bad(
        row=40,
        what="amount with its own currency",
        spoil=choice("{amount_due: under 500 USD}"),
        codes=["policy/amount"],
    ),
    Bad(
        row=41,
        what="time zone that does not exist",
        spoil=edit("config.yaml", "timezone: Europe/Paris", "timezone: Paris"),
        codes=["config/timezone"],
    ),
    Bad(
        row=42,
        what="hours that are none",
        spoil=policy('"19:00-09:00"', '"22:00-26:00"'),
        codes=["policy/hours"],
    ),
    Bad(
        row=42,
        what="hours that never end",
        spoil=policy('"19:00-09:00"', '"09:00-09:00"'),
        codes=["policy/hours"],
    ),
    Bad(
        row=42,
        what="contact days that do not exist",
        spoil=policy("days: business", "days: sundays"),
        codes=["policy/unknown-word"],
    ),
    Bad(
        row=43,
        what="remote reference",
        spoil=policy("owner: collector", "owner: collector\n$ref: http://example.test/x.json"),
        codes=["policy/unknown-key"],
    ),
    Bad(
        row=44,
        what="newer language",
        spoil=policy("language: 1", "language: 2"),
        codes=["policy/language"],
    ),
)
