"""Bad templates, rows 74 to 85 of the table of bad inputs."""

from tests.bad_input.bad_homes import Bad, Spoil, both, edit, rows, write


BODY = "templates/fr/reminder/body.md.j2"
SMS = "templates/fr/reminder/sms.txt.j2"
LETTER = "templates/fr/_layout/letter.typ"
PRINTED = "**{{ totals.net }}**"


def said(words: str) -> Spoil:
    """The good e-mail with other words for its amount."""
    return edit(BODY, PRINTED, words)


def named(what: str, words: str, code: str = "template/forbidden", row: int = 78) -> Bad:
    """A template that `check` refuses."""
    return Bad(row=row, what=what, spoil=said(words), codes=[code])


TEMPLATE_ROWS = (
    named("unknown name", "{{ totals.nett }}", "template/unknown-name", 74),
    named("expression never closed", "{{ totals.net", "template/syntax", 75),
    named("for without rows", "{% for %}", "template/syntax", 75),
    named("if never closed", "{% if today %}", "template/not-closed", 75),
    named("end without beginning", "{% endif %}", "template/closes-nothing", 75),
    named("unknown statement", "{% fro item in claimed %}", "template/unknown-statement", 75),
    named("class of a text", "{{ ''.__class__ }}", row=76),
    named("globals", "{{ lipsum.__globals__ }}", "template/unknown-name", 76),
    named("include", "{% include debtor.name %}", row=77),
    named("import", "{% import '/etc/passwd' as x %}", row=77),
    named("repeated text", "{{ 'a' * 500000000 }}"),
    named("format", "{{ '{:>500000000}'.format(1) }}"),
    named("power", "{{ 9 ** 9 ** 9 }}", row=79),
    named("loop over a range", "{% for i in range(2000000) %}x{% endfor %}", row=80),
    named("autoescape off", "{% autoescape false %}{% endautoescape %}", row=81),
    named("safe", "{{ debtor.name|safe }}", row=81),
    named("method", "{{ debtor.items }}", "template/unknown-name", 82),
    named("rows printed as they are", "{{ claimed }}", "template/not-printable", 82),
    Bad(
        row=83,
        what="SMS of too many segments",
        spoil=both(
            write(SMS, "{{ today }}" + " bla" * 100 + "\n"), rows({"E-mail": "", "Solde": "100,00"})
        ),
        codes=["template/too-many-segments"],
        command="run",
    ),
    Bad(
        row=84,
        what="letter that reads a file",
        spoil=both(write(LETTER, '#read("/etc/passwd")\n'), rows({"E-mail": ""})),
        codes=["template/layout"],
        command="run",
    ),
    Bad(
        row=84,
        what="letter that reads a file, checked",
        spoil=write(LETTER, '#read("/etc/passwd")\n'),
        codes=["template/layout"],
    ),
    Bad(
        row=84,
        what="link that runs",
        spoil=said("[voir](javascript:alert)"),
        codes=["template/link"],
    ),
    Bad(
        row=85,
        what="notice without its mentions",
        spoil=edit("templates/fr/formal-notice/body.md.j2", "{{ creditor.iban }}", "connu"),
        codes=["template/mention"],
    ),
    Bad(
        row=85,
        what="file of another name",
        spoil=write("templates/fr/reminder/corps.md.j2", "Bonjour.\n"),
        codes=["template/name"],
    ),
    Bad(
        row=85,
        what="not UTF-8",
        spoil=write(BODY, "---\nsubject: Échue\n---\nBonjour.\n".encode("cp1252")),
        codes=["yaml/windows-1252"],
    ),
)
