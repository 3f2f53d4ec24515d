"""The rendering process that draws as well: beside a letter's PDF, a picture of each page."""

from collections.abc import Mapping
from typing import Final

from dispatcher.compose.contact import Data
from dispatcher.compose.letter import letter
from dispatcher.render import worker
from dispatcher.render.typeset import Press


#: The module whose `serve` a pool runs to get pictures.
DRAWING: Final = __name__

#: Points of a picture to an inch: a page of 620 by 877, some 110 KB.
SCALE: Final = 75.0

PICTURE: Final = ".png"


class DrawingPress(Press):
    """Makes PDFs of letters, byte for byte the same, and draws their pages once more."""

    def letter(
        self, template: str, parts: Mapping[str, str], data: Data, *, channel: str, lang: str
    ) -> tuple[Mapping[str, str], Mapping[str, bytes]]:
        """As `Press.letter`, with the files `1.png`, `2.png`, ... besides."""
        more, files = super().letter(template, parts, data, channel=channel, lang=lang)
        if not files:
            return more, files
        sheet = letter(parts, data, channel=channel, lang=lang).sheet
        return more, {**files, **self._drawn(sheet, lang)}

    def _drawn(self, sheet: str, lang: str) -> Mapping[str, bytes]:
        drawn = self._compiler(lang).compile(
            self._layouts[lang], format="png", ppi=SCALE, sys_inputs={"letter": sheet}
        )
        pages = drawn if isinstance(drawn, list) else [drawn]
        return {f"{number}{PICTURE}": page for number, page in enumerate(pages, start=1) if page}


def serve(socket: int, progress: int, memory_mb: int, seconds: float) -> None:
    """As `worker.serve`, with pictures."""
    worker.serve(socket, progress, memory_mb, seconds, press=DrawingPress)
