"""How reports and class results look: one style sheet, and the frame of a page."""

from html import escape

__all__ = ["STYLE", "framed"]

_LIGHT = """
  --cs-text: #1c2128; --cs-soft: #57606a; --cs-line: #d8dee4; --cs-card: #ffffff;
  --cs-well: #f6f8fa; --cs-right: #1a7f37; --cs-wrong: #c4212c; --cs-wait: #8a5a00;
  --cs-right-tint: #e6f6ea; --cs-wrong-tint: #fdebec; --cs-wait-tint: #fdf3d8;
  --cs-link: #0a58ca; --cs-window: #0a58ca; --cs-window-tint: #e4eefc;
"""
_DARK = """
  --cs-text: #e6e9ee; --cs-soft: #a2abb6; --cs-line: #373e47; --cs-card: #1b2027;
  --cs-well: #12161b; --cs-right: #56d27c; --cs-wrong: #ff8b8b; --cs-wait: #e9b949;
  --cs-right-tint: #14301d; --cs-wrong-tint: #3d1a1d; --cs-wait-tint: #36290b;
  --cs-link: #85b6ff; --cs-window: #85b6ff; --cs-window-tint: #172a47;
"""

# A notebook has a theme of its own, which need not be the system's: each says so in its way.
_DARK_NOTEBOOKS = (
    '[data-jp-theme-light="false"] .cs-report, .vscode-dark .cs-report, '
    'html[theme="dark"] .cs-report'
)

_REPORT = """
.cs-report { color: var(--cs-text); font: 15px/1.5 system-ui, sans-serif; max-width: 60rem;
  background: var(--cs-card); padding: .3rem; }
.cs-report *, .cs-report *::before { box-sizing: border-box; }
.cs-report h2, .cs-report h3, .cs-report p, .cs-report ul, .cs-report figure { margin: 0; }
.cs-report ul.cs-sum.cs-sum { display: flex; flex-wrap: wrap; gap: .35rem; margin: .4rem 0 .8rem;
  padding: 0; list-style: none; }
.cs-report .cs-sum li { border-radius: 1rem; padding: .05rem .65rem; font-size: .86em; margin: 0; }
.cs-report .cs-card { background: var(--cs-card); border: 1px solid var(--cs-line);
  border-left: 4px solid var(--cs-tone); border-radius: .5rem; padding: .7rem 1rem;
  margin: 0 0 .8rem; }
.cs-report .cs-name { font-size: 1.05em; font-weight: 650; line-height: 1.4;
  overflow-wrap: anywhere; }
.cs-report .cs-name .cs-word { color: var(--cs-tone); margin-left: .4rem; display: inline-block; }
.cs-report .cs-right { --cs-tone: var(--cs-right); --cs-tint: var(--cs-right-tint); }
.cs-report .cs-wrong { --cs-tone: var(--cs-wrong); --cs-tint: var(--cs-wrong-tint); }
.cs-report .cs-blocked { --cs-tone: var(--cs-wait); --cs-tint: var(--cs-wait-tint); }
.cs-report .cs-missing { --cs-tone: var(--cs-soft); --cs-tint: var(--cs-well); }
.cs-report .cs-sum li { color: var(--cs-tone); background: var(--cs-tint); font-weight: 600; }
.cs-report .cs-diagnosis { background: var(--cs-tint); border-radius: .4rem;
  padding: .5rem .75rem; margin: .55rem 0; }
.cs-report .cs-title { font-weight: 600; }
.cs-report .cs-soft { color: var(--cs-soft); font-size: .9em; }
.cs-report .cs-sure { color: var(--cs-tone); font-size: .8em; font-weight: 650;
  white-space: nowrap; }
.cs-report code { font: .92em/1.4 ui-monospace, monospace; background: var(--cs-well);
  color: inherit; border-radius: .25rem; padding: .1rem .3rem; overflow-wrap: anywhere; }
.cs-report .cs-where { margin: .5rem 0; padding-left: 1.2rem; }
.cs-report .cs-example { background: var(--cs-well); border-radius: .4rem; padding: .6rem .75rem;
  margin: .6rem 0; }
.cs-report .cs-row { display: flex; flex-wrap: wrap; gap: .8rem 1.4rem; margin: .5rem 0;
  align-items: flex-start; }
.cs-report .cs-row figure { max-width: 100%; overflow-x: auto; }
.cs-report figcaption { font: .85em ui-monospace, monospace; color: var(--cs-soft);
  padding-bottom: .2rem; text-align: left; }
.cs-report table.cs-grid { border-collapse: collapse; border: 0; margin: 0; background: none;
  font: .88em ui-monospace, monospace; font-variant-numeric: tabular-nums; }
.cs-report table.cs-grid td { border: 1px solid var(--cs-line); background: var(--cs-card);
  color: var(--cs-text); padding: .2rem .5rem; text-align: right; min-width: 2.1rem; }
.cs-report table.cs-grid td.cs-window { background: var(--cs-window-tint);
  box-shadow: inset 0 0 0 1.5px var(--cs-window); }
.cs-report table.cs-grid td.cs-off { background: var(--cs-wrong-tint); color: var(--cs-wrong);
  font-weight: 700; }
.cs-report table.cs-grid td.cs-off::after { content: "*"; }
.cs-report table.cs-grid td.cs-first { outline: 2px solid var(--cs-wrong); outline-offset: -2px; }
.cs-report table.cs-grid td.cs-ok { outline: 2px solid var(--cs-right); outline-offset: -2px; }
.cs-report details { margin-top: .5rem; }
.cs-report summary { cursor: pointer; color: var(--cs-soft); font-size: .9em; }
.cs-report table.cs-grid tr, .cs-report table.cs-families tr { background: none; }
.cs-report .cs-families { border-collapse: collapse; font-size: .9em; margin-top: .3rem; }
.cs-report .cs-families th, .cs-report .cs-families td { border: 0; background: none;
  color: var(--cs-text); padding: .1rem 1rem .1rem 0; text-align: left; font-weight: normal; }
.cs-report .cs-families td { text-align: right; font-variant-numeric: tabular-nums; }
"""

_PAGE = """
:root { color-scheme: light dark; }
body { margin: 0; background: var(--cs-well); color: var(--cs-text);
  font: 16px/1.5 system-ui, sans-serif; }
main .cs-report { max-width: none; background: none; padding: 0; }
main { max-width: 64rem; margin: 0 auto; padding: 1.2rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .2rem 0 .6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 1.8rem 0 .6rem; }
a { color: var(--cs-link); }
.panel { background: var(--cs-card); border: 1px solid var(--cs-line); border-radius: .5rem;
  padding: .8rem 1rem; overflow-x: auto; }
.panel + h2 { margin-top: 1.8rem; }
table.list { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
table.list th { text-align: left; font-size: .85rem; color: var(--cs-soft); font-weight: 600; }
table.list th, table.list td { padding: .35rem .8rem .35rem 0; vertical-align: top;
  border-bottom: 1px solid var(--cs-line); }
table.list tr:last-child > * { border-bottom: 0; }
table.list tbody th { font-size: 1rem; color: inherit; font-weight: 500; overflow-wrap: anywhere; }
table.list.wide tbody th { width: 40%; }
svg text { fill: var(--cs-soft); font: 12px system-ui, sans-serif; }
@media (max-width: 40rem) {
  table.list:not(.wide) { font-size: .85rem; }
  table.list:not(.wide) tbody th { font-size: inherit; overflow-wrap: normal; }
  table.list:not(.wide) :is(th, td) { padding-right: .4rem; }
  table.list.wide thead { position: absolute; clip-path: inset(50%); }
  table.list.wide, table.list.wide tbody { display: block; }
  table.list.wide td { overflow-wrap: anywhere; }
  table.list.wide tbody tr { display: flex; flex-wrap: wrap; gap: .1rem .8rem; padding: .5rem 0;
    border-bottom: 1px solid var(--cs-line); }
  table.list.wide tbody tr > * { border: 0; padding: 0; }
  table.list.wide tbody th { flex: 1 1 60%; width: auto; }
  svg text { font-size: 22px; }
  table.list.wide tbody td:first-child { min-width: 2.6rem; }
  table.list.wide tbody td:last-child { flex: 1 1 100%; }
}
table.list .n { text-align: right; white-space: nowrap; }
.facts { display: flex; flex-wrap: wrap; gap: .6rem; padding: 0; margin: 0; list-style: none; }
.facts li { background: var(--cs-card); border: 1px solid var(--cs-line); border-radius: .5rem;
  padding: .45rem .9rem; }
.facts b { display: block; font-size: 1.35rem; line-height: 1.2; }
.good { color: var(--cs-right); } .bad { color: var(--cs-wrong); } .wait { color: var(--cs-wait); }
.soft { color: var(--cs-soft); font-size: .9rem; }
.bar { display: block; height: .45rem; border-radius: .25rem; background: var(--cs-wrong);
  min-width: 2px; margin-top: .25rem; }
.mark { display: inline-block; min-width: 1.1em; text-align: center; }
svg .n { fill: var(--cs-text); } svg rect { fill: var(--cs-link); }
svg line { stroke: var(--cs-line); }
"""

# On paper: dark on white, tints and all, and no card torn apart where it can be helped.
_PRINT = """
body { background: none; }
main { max-width: none; padding: 0; }
nav { display: none; }
* { print-color-adjust: exact; }
h1, h2, h3 { break-after: avoid; }
.panel { overflow: visible; }
.cs-report .cs-diagnosis, .cs-report .cs-example, tr, svg { break-inside: avoid; }
"""

# For a notebook: nothing outside the report is touched.
STYLE = f".cs-report {{{_LIGHT}}}\n{_DARK_NOTEBOOKS} {{{_DARK}}}\n{_REPORT}"

# On a page the colours stand at its root, and follow the system.
_WHOLE = (
    f":root {{{_LIGHT}}}\n@media screen and (prefers-color-scheme: dark) {{ :root {{{_DARK}}} }}\n"
    f"{_REPORT}{_PAGE}\n@media print {{{_PRINT}}}\n"
)


def framed(title: str, body: str) -> str:
    """A whole page around its body; the title is text, the body is HTML."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # Nothing of a page may load or run anything, whatever a submission is called.
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{escape(title)}</title>\n<style>{_WHOLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
