"""Charts on screens of any width: which of the two is shown, and that nothing is cut or scrolls."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from jsna import io
from tests.unit import report_support as made
from tests.unit.test_report import written

#: Widths of a screen in CSS pixels: a telephone, a page of 1,280 at 200 % zoom, where the one chart
#: gives way to the other, a large screen.
WIDTHS = (320, 640, 680, 681, 1280)
#: Opens the page at each width in a frame of its own, and leaves what it measures in an element.
MEASURE = """<!doctype html><meta charset="utf-8"><body><pre id="told"></pre><script>
const page = PAGE, told = [];
function measure(frame, width) {
  const inside = frame.contentDocument, root = inside.documentElement;
  const seen = (element) => element.getClientRects().length > 0;
  const images = [...inside.querySelectorAll(".figure-image svg")];
  const shown = images.filter(seen);
  told.push({
    width, scrolls: root.scrollWidth > root.clientWidth,
    wide: shown.filter((svg) => svg.closest(".wide")).length,
    narrow: shown.filter((svg) => svg.closest(".narrow")).length,
    charts: images.filter((svg) => svg.closest(".wide")).length,
    cut: shown.filter((svg) => {
      const room = svg.parentElement.getBoundingClientRect(), box = svg.getBoundingClientRect();
      return box.right > room.right + 0.5 || box.right > width + 0.5
        || svg.parentElement.scrollWidth > svg.parentElement.clientWidth;
    }).length,
    least: Math.min(...shown.flatMap((svg) => {
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      return [...svg.querySelectorAll("text")]
        .map((text) => parseFloat(inside.defaultView.getComputedStyle(text).fontSize) * scale);
    })),
  });
}
(async () => {
  for (const width of WIDTHS) {
    const frame = document.createElement("iframe");
    frame.style.cssText = `border:0;width:${width}px;height:640px`;
    await new Promise((done) => { frame.onload = done; frame.srcdoc = page;
      document.body.append(frame); });
    measure(frame, width);
    frame.remove();
  }
  document.getElementById("told").textContent = JSON.stringify(told);
})();
</script>"""


@pytest.mark.full
def test_no_chart_scrolls_or_is_cut_at_any_width(tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    assert browser, "this test measures charts in a browser: install the package chromium"
    config, frame = made.whole()
    paths = written(tmp_path, config, frame)
    page = json.dumps(io.read_text(paths.draft / "report.html")).replace("</", "<\\/")
    file = tmp_path / "measure.html"
    html = MEASURE.replace("WIDTHS", json.dumps(WIDTHS)).replace("PAGE", page)
    file.write_text(html, encoding="utf-8")
    options = (
        "--headless",
        "--hide-scrollbars",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=60000",
    )
    told = subprocess.run(
        [browser, *options, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", file.as_uri()],
        capture_output=True, text=True, timeout=300, check=True,
    ).stdout  # fmt: skip
    found = re.search(r'<pre id="told">(.+?)</pre>', told, re.DOTALL)
    assert found, told[:500]
    seen = json.loads(unescape(found[1]))
    assert [one["width"] for one in seen] == list(WIDTHS)
    for one in seen:
        assert not one["scrolls"], one
        assert one["cut"] == 0, one
        shown = (
            (one["narrow"], one["wide"]) if one["width"] <= 680 else (one["wide"], one["narrow"])
        )
        assert shown == (one["charts"], 0), one
        assert one["charts"] > 10
        assert one["least"] >= 11.9, one  # twelve pixels, but for rounding
