"""Letters set in type: one compiler per process, kept, fed with a sheet at a time."""

import os
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Final

from dispatcher.compose.contact import Data
from dispatcher.compose.letter import LETTERS, Unaddressed, letter
from dispatcher.compose.render import NotRendered
from dispatcher.model.problem import Place, Problem


if TYPE_CHECKING:
    import typst


LAYOUT: Final = "_layout/letter.typ"
PDF: Final = "letter.pdf"

#: Kept for decades and read aloud: archivable, tagged, accessible.
STANDARDS: Final = ("a-2a", "ua-1")

#: The process has little memory, and each thread would reserve its own.
_ENVIRONMENT: Final = {"RAYON_NUM_THREADS": "1", "RUST_BACKTRACE": "0"}

_PACKAGE: Final = re.compile(rb'"@[a-z]+/[^"\n]*"')
_SEARCHED = re.compile(r" \(searched at [^)]*\)")
_PLACE: Final = re.compile(r"typst_py_bytes__\.typ:(\d+):(\d+)")
_PAGES: Final = re.compile(
    rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)|/Count\s+(\d+)[^>]*?/Type\s*/Pages\b"
)


def layouts(texts: Mapping[str, str]) -> Mapping[str, str]:
    """The layouts of letters among templates, by language."""
    return {
        path.partition("/")[0]: text for path, text in texts.items() if path.endswith(f"/{LAYOUT}")
    }


class Press:
    """Makes PDFs of letters; `texts` are the templates of a home by path."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._layouts = {lang: text.encode() for lang, text in layouts(texts).items()}
        self._compilers: dict[str, typst.Compiler] = {}

    def letter(
        self, template: str, parts: Mapping[str, str], data: Data, *, channel: str, lang: str
    ) -> tuple[Mapping[str, str], Mapping[str, bytes]]:
        """The parts of a rendered message and its files: of a letter, the PDF.

        Raises:
            NotRendered: the layout or the address cannot be used.
        """
        if channel not in LETTERS:
            return parts, {}
        if lang not in self._layouts:
            raise NotRendered(no_layout(lang))
        try:
            made = letter(parts, data, channel=channel, lang=lang)
        except Unaddressed:
            raise _refused("template/address", template) from None
        except (LookupError, TypeError, ValueError) as error:
            detail = f"{type(error).__name__}: {error}"
            raise _refused("template/failed", template, detail=detail) from None
        content = self._typeset(template, made.sheet, made.day, lang)
        more = {
            "address": "\n".join(made.envelope.lines),
            "pages": str(pages(content)),
            **({"remark": "address-shortened"} if made.envelope.shortened else {}),
        }
        return {**parts, **more}, {PDF: content}

    def _typeset(self, template: str, sheet: str, day: date, lang: str) -> bytes:
        source = self._layouts[lang]
        compiler = self._compiler(lang)
        noon = datetime.combine(day, time(12), UTC)
        try:
            content = compiler.compile(
                source,
                format="pdf",
                sys_inputs={"letter": sheet},
                pdf_standards=list(STANDARDS),
                timestamp=int(noon.timestamp()),
            )
        except (MemoryError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - a panic of the compiler is no Exception
            raise NotRendered(_wrong(error, lang, template)) from None
        if not isinstance(content, bytes):
            raise _refused("template/failed", template, detail="no single PDF")
        return content

    def _compiler(self, lang: str) -> "typst.Compiler":
        if lang not in self._compilers:
            _refuse_packages(self._layouts[lang], lang)
            os.environ.update(_ENVIRONMENT)  # read when it begins
            import typst  # noqa: PLC0415 - 30 MB that only letters need

            self._compilers[lang] = typst.Compiler(
                self._layouts[lang],
                root=os.path.dirname(typst.__file__),  # noqa: PTH120 - a folder without secrets
                font_paths=typst.Fonts(include_system_fonts=False),
                ignore_system_fonts=True,
                package_path="/nonexistent",
                package_cache_path="/nonexistent",
            )
        return self._compilers[lang]


def pages(pdf: bytes) -> int:
    """How many pages a PDF of ours has."""
    return max((int(one or other) for one, other in _PAGES.findall(pdf)), default=0)


def _refuse_packages(source: bytes, lang: str) -> None:
    """A layout brings what it needs: the compiler would go and fetch a package.

    Raises:
        NotRendered: it names one.
    """
    found = _PACKAGE.search(source)
    if found is not None:
        line = source.count(b"\n", 0, found.start()) + 1
        place = Place(file=f"{lang}/{LAYOUT}", line=line)
        raise NotRendered(
            Problem(code="template/forbidden", place=place, fields={"what": found[0].decode()})
        )


def no_layout(lang: str) -> Problem:
    """Letters in a language have nothing to be drawn with."""
    return Problem(code="template/no-layout", fields={"lang": lang})


def _refused(code: str, template: str, **fields: str) -> NotRendered:
    return NotRendered(Problem(code=code, fields={"template": template, **fields}))


def _wrong(error: BaseException, lang: str, template: str) -> Problem:
    # Where this machine looked for a file is nobody's business.
    detail = _SEARCHED.sub("", str(getattr(error, "message", "") or type(error).__name__))
    found = _PLACE.search(str(getattr(error, "diagnostic", "")))
    if found is None:
        return Problem(code="template/failed", fields={"template": template, "detail": detail})
    place = Place(file=f"{lang}/{LAYOUT}", line=int(found[1]), column=int(found[2]) + 1)
    return Problem(code="template/layout", place=place, fields={"detail": detail})
