"""What `jsna check --rows` says of the official releases: findings that somebody has to judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from jsna.io import Paths
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.releases.audit.finding import Finding
from jsna.releases.audit.report import grouped

#: Kind of a finding that marks -> what it is called where there are several.
_MARKED: Final = {"zero": "zeros that may stand for none received", "jump": "sudden changes"}
_OTHERS: Final = "parts of sums that do not hold"


def told(config: Configuration, paths: Paths) -> list[str]:
    """Lines about the releases of an edition; none where it uses none.

    Findings are for review: no file is refused for them.

    Raises:
        JsnaError: every problem in a release, as the stage that reads them would say.
    """
    from jsna.releases.official import audited_measures, unfetched

    if not config.releases:
        return []
    if missing := unfetched(config, paths):
        return [
            f"Official releases: not compared, since {len(missing)} of "
            f"{len(config.every_release)} are not here as their files in config/releases/ say:",
            *(f"    {problem}" for problem in missing),
        ]
    return lines(audited_measures(config, paths).findings, config)


def lines(findings: Sequence[Finding], config: Configuration) -> list[str]:
    """The findings in words: each figure that is not used, and how many are marked.

    Args:
        findings: of the edition's areas, reviewed.
    """
    new = [f for f in findings if not f.review]
    known = len(findings) - len(new)
    said = f"; {known:,} reviewed before" if known else ""
    if not new:
        return [f"Official releases: compared; nothing to review{said}"]
    files = {release.id: release.declared_in for release in config.every_release}
    out = [f"Official releases: compared; {len(new):,} findings to review{said}"]
    for source in sorted({f.source for f in new}):
        mine = [f for f in new if f.source == source]
        out.append(f"    {source}, {files[source]}")
        gone = grouped(f for f in mine if f.effect == "not_available")
        out += [f"        not used: {_words(one, areas, config)}" for one, areas in gone]
        out += [f"        {line}" for line in _marked(f for f in mine if f.effect == "mark")]
    out.append(
        "    Figures not used are printed as not available, with the reason; marked ones are "
        "printed, and no change to them is headlined. `build` writes every finding to "
        f"data/processed/{config.edition.edition}/restricted/audit.yaml, ready to accept or reject."
    )
    return out


def _words(one: Finding, areas: Sequence[str], config: Configuration) -> str:
    names = ", ".join(_place(area, config) for area in areas)
    indicator = config.indicators[one.indicator]
    dims = schema.dimensions(one.breakdown, one.category)
    lists = {name: config.codelists.get(config.dimension(name).codes, {}) for name in dims}
    of = "".join(f", {lists[name].get(code, code)}" for name, code in dims.items())
    return f"{indicator.title}{of}, {one.period}, {names}. {one.reason}"


def _marked(marked: Iterable[Finding]) -> Iterable[str]:
    counts = Counter(_MARKED.get(f.kind, _OTHERS) for f in marked)
    return [f"marked, {what}: {many:,}" for what, many in sorted(counts.items())]


def _place(code: str, config: Configuration) -> str:
    area = config.area
    names = {place.code: place.name for place in (*area.localities, *area.neighbours)}
    names |= {place.code: place.name for place in (area.country, area.region)}
    return {**names, area.code: area.name}.get(code, code)
