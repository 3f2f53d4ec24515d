"""Letters of three invoices: templates, sheet, transfer code and PDF, beside Typst alone.

`./run bench letters [--count 500]`. Typst alone gets the finished sheets of the same letters: what
it takes is the time of the pages themselves.
"""

import argparse
import time
from pathlib import Path

from bench.timing import machine, peak_mb
from dispatcher.compose.contact import Data
from dispatcher.compose.format import money
from dispatcher.compose.letter import letter
from dispatcher.compose.library import Library, load
from dispatcher.compose.render import render
from dispatcher.home import shipped
from dispatcher.render.typeset import LAYOUT, Press


BODY = """---
subject: "Relance : {{ totals.net }} à régler"
---
Madame, Monsieur,

Sauf erreur de notre part, les {{ counts.claimed }} factures suivantes restent dues :

{{ table("invoices") }}

Nous vous demandons de régler **{{ totals.net }}** au plus tard le **{{ limit }}**, ou de nous
indiquer par retour la date à laquelle ce paiement sera fait.

- Titulaire du compte : {{ creditor.name }}
- IBAN : {{ creditor.iban }}
- Référence à rappeler : {{ reference }}

Si vous contestez une facture, dites-nous laquelle et pourquoi.

Cordialement,

{{ creditor.contact_name }}\\
{{ creditor.name }}
"""

WANTED_RATIO, WANTED_SECONDS, WANTED_MB = 1.3, 5.0, 500


def contact(number: int) -> Data:
    """The data of one letter, different in name, amounts and numbers from all others."""
    amounts = [12_345 + 7 * number, 45_600 + number, 9_900 + 3 * number]
    total = money(sum(amounts))
    creditor: Data = {
        "name": "Exemple Services SAS",
        "legal_form": "SAS au capital de 50 000 €",
        "address": "12 rue des Artisans, 69003 Lyon",
        "siren": "732 829 320",
        "phone": "04 72 00 00 00",
        "email": "comptabilite@example.test",
        "iban": "FR76 3000 6000 0112 3456 7890 189",
        "bic": "AGRIFRPP",
        "contact_name": "Claire Martin",
    }
    return {
        "today": "20\u00a0novembre 2026",
        "limit": "30\u00a0novembre 2026",
        "reference": f"C-{number:05}",
        "to": f"Société {number} & Fils\n{number} rue du Port\n69400 Villefranche-sur-Saône",
        "creditor": creditor,
        "claimed": [
            {
                "number": f"F-{number}-{at}",
                "issued": "01/09/2026",
                "due": "01/10/2026",
                "late": "50\u00a0jours",
                "balance": money(amount),
            }
            for at, amount in enumerate(amounts)
        ],
        "counts": {"claimed": 3},
        "asked": total,
        "totals": {"net": total, "claimed": total},
    }


def ours(library: Library, press: Press, numbers: range) -> int:
    """Everything that a letter takes, bytes made."""
    made = 0
    for number in numbers:
        data = contact(number)
        parts = render(library, "rappel", channel="letter", tone="firm", lang="fr", data=data)
        made += sum(
            map(len, press.letter("rappel", parts, data, channel="letter", lang="fr")[1].values())
        )
    return made


def sheets(library: Library, numbers: range) -> list[str]:
    """What Typst alone is given."""
    found = []
    for number in numbers:
        data = contact(number)
        parts = render(library, "rappel", channel="letter", tone="firm", lang="fr", data=data)
        found.append(letter(parts, data, channel="letter", lang="fr").sheet)
    return found


def alone(layout: str, given: list[str]) -> int:
    """The pages and nothing else, bytes made."""
    import typst  # noqa: PLC0415 - after the environment that `Press` sets

    source = layout.encode()
    compiler = typst.Compiler(
        source, font_paths=typst.Fonts(include_system_fonts=False), ignore_system_fonts=True
    )
    made = 0
    for sheet in given:
        content = compiler.compile(
            source,
            format="pdf",
            sys_inputs={"letter": sheet},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=1_795_176_000,
        )
        made += len(content) if isinstance(content, bytes) else 0
    return made


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    count = parser.parse_args().count
    layout = (Path(shipped()) / "templates" / "fr" / LAYOUT).read_text("utf-8")
    texts = {"fr/rappel/body.md.j2": BODY, f"fr/{LAYOUT}": layout}
    library, problems = load(texts)
    if library is None:
        raise SystemExit(problems)
    press = Press(texts)
    ours(library, press, range(20))  # fonts, caches
    alone(layout, sheets(library, range(20)))
    turns = 5
    mine, bare, size = 0.0, 0.0, 0
    for turn in range(turns):  # in turns, so that a busy moment meets both; never the same letter
        numbers = range(1000 * (turn + 1), 1000 * (turn + 1) + count // turns)
        given = sheets(library, numbers)
        begun = time.process_time()
        size += alone(layout, given)
        bare += time.process_time() - begun
        other = range(numbers.start + 100_000, numbers.stop + 100_000)
        begun = time.process_time()
        ours(library, press, other)
        mine += time.process_time() - begun
    print(f"{machine()}; processor time of one core")
    print(f"{count} letters of 3 invoices: {mine:.2f} s (wanted: {WANTED_SECONDS * count / 500:g})")
    print(f"one: {mine / count * 1000:.1f} ms, Typst alone {bare / count * 1000:.1f} ms,")
    print(f"ratio {mine / bare:.2f} (wanted: {WANTED_RATIO}); {size // count // 1000} kB each")
    print(f"peak memory {peak_mb()} MB (wanted: {WANTED_MB})")


if __name__ == "__main__":
    main()
