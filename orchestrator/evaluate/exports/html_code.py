"""Code of a case in HTML, the lines of goldens and of findings marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.report.html_markup import Html, joined, tag
from orchestrator.report.visible import clipped
from orchestrator.report.wording import counted

if TYPE_CHECKING:
    from orchestrator.evaluate.exports.items import CaseItems, Item
    from orchestrator.evaluate.prediction import Variant

_AROUND = 2
_SNIPPET_LINES = 30
_FILE_LINES = 1_000
_WIDTH = 400
_SIDES = {"golden": "G", "found": "F"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Marked lines of a file, ends included: of the golden or of what was found."""

    file: str
    lines: tuple[int, int]
    side: str

    def holds(self, number: int) -> bool:
        """Whether the line is one of them."""
        return self.lines[0] <= number <= self.lines[1]


def snippets(case: CaseItems, item: Item) -> Iterator[Html]:
    """The code around an item: one piece, or two where golden and finding stand far apart."""
    regions = tuple(_regions(item))
    for file, first, last in _pieces(regions):
        lines = _lines(case, item.variant, file)
        shown = range(max(1, first - _AROUND), min(len(lines), last + _AROUND) + 1)
        if shown:
            cut = shown[:_SNIPPET_LINES]
            yield _block(file, cut, lines, [region for region in regions if region.file == file])
            if len(shown) > len(cut):
                yield tag("p", counted(len(shown) - len(cut), "more line"), class_="more")


def whole_files(case: CaseItems) -> Html:
    """Every file of the case, folded, with all its goldens and findings marked."""
    regions = [region for item in case.items if item.variant == "input" for region in _regions(item)]
    files = (
        tag(
            "details",
            tag("summary", tag("code", file), " ", tag("span", _tally(file, regions), class_="more")),
            _whole(file, _split(text), [region for region in regions if region.file == file]),
        )
        for file, text in case.case.texts.items()
    )
    return tag("details", tag("summary", "The whole project"), *files, class_="project")


def _whole(file: str, lines: list[str], regions: list[Region]) -> Html:
    shown = range(1, min(len(lines), _FILE_LINES) + 1)
    more = len(lines) - len(shown)
    return joined(
        _block(file, shown, lines, regions),
        tag("p", counted(more, "more line"), class_="more") if more else None,
    )


def _tally(file: str, regions: Iterable[Region]) -> str:
    sides = [region.side for region in regions if region.file == file]
    goldens, found = sides.count("golden"), sides.count("found")
    return f"{counted(goldens, 'golden')}, {counted(found, 'finding')}" if sides else ""


def _regions(item: Item) -> Iterator[Region]:
    if item.result is not None:
        yield Region(file=item.result.file, lines=item.result.lines, side="golden")
    if item.said is not None:
        yield Region(file=item.said.path, lines=item.said.lines, side="found")


def _pieces(regions: tuple[Region, ...]) -> Iterator[tuple[str, int, int]]:
    """The spans to show: two regions of one file that fit into one piece are one."""
    if not regions:
        return
    first, last = min(one.lines[0] for one in regions), max(one.lines[1] for one in regions)
    if len({one.file for one in regions}) == 1 and last - first < _SNIPPET_LINES - 2 * _AROUND:
        yield regions[0].file, first, last
        return
    for one in regions:
        yield one.file, *one.lines


def _lines(case: CaseItems, variant: Variant, file: str) -> list[str]:
    return _split(case.case.variant_texts(variant).get(file, ""))


def _split(text: str) -> list[str]:
    """The lines as they stand on disk; what ends the last one is no line."""
    return text.removesuffix("\n").split("\n")


def _block(file: str, numbers: range, lines: list[str], regions: list[Region]) -> Html:
    shown = joined(*(_line(number, lines[number - 1], regions) for number in numbers))
    label = f"Code of {file} from line {numbers.start}"
    return tag("pre", tag("code", shown), class_="code", tabindex=0, role="region", aria_label=label)


def _line(number: int, text: str, regions: list[Region]) -> Html:
    sides = sorted({region.side for region in regions if region.holds(number)}, reverse=True)
    digits = tag("span", str(number), class_="number")
    who = tag("span", "".join(_SIDES[side] for side in sides) or " ", class_="who")
    content = clipped(text.rstrip("\r"), _WIDTH)
    return tag("mark" if sides else "span", who, digits, content, class_=" ".join(["line", *sides]))
