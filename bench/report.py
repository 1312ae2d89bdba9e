# Sums up measurements: means, text tables, and a page with charts that needs nothing else.
import html
import math
import statistics


# The reason when there is nothing to run (a native build of a corpus program): not worth a line.
NO_PROGRAM = "no such program"


def geometric_mean(values):
    """None for no values. Every value is above 0."""
    values = list(values)
    if not values:
        return None
    return math.exp(sum(math.log(v) for v in values) / len(values))


def median(values):
    return statistics.median(values)


def table(header, rows):
    """Lines of text: the first column to the left, the others to the right.

    A row that is None becomes a rule.
    """
    cells = [header] + [r for r in rows if r is not None]
    widths = [max(len(r[i]) for r in cells) for i in range(len(header))]
    rule = "  ".join("-" * w for w in widths)

    def line(row):
        first = row[0].ljust(widths[0])
        return "  ".join([first] + [c.rjust(w) for c, w in zip(row[1:], widths[1:])]).rstrip()

    return [line(header), rule] + [rule if r is None else line(r) for r in rows]


def seconds_text(value):
    return "-" if value is None else "%.3f" % value


def ratio_text(value):
    return "-" if value is None else "%.2f" % value


class Results:
    """What was measured: programs x engines -> the costs of each round, or why there is none."""

    def __init__(self, engines, metric="cpu"):
        self.engines = list(engines)  # names, in order
        self.metric = metric  # "cpu" or "wall"
        self.programs = []  # names, in order
        self.groups = {}  # program -> group
        self.held_out = set()
        self.costs = {}  # (program, engine) -> [runner.Cost]
        self.failures = {}  # (program, engine) -> text

    def add_program(self, name, group, held_out):
        self.programs.append(name)
        self.groups[name] = group
        if held_out:
            self.held_out.add(name)

    def samples(self, program, engine, metric=None):
        if (program, engine) in self.failures:
            return []
        costs = self.costs.get((program, engine), [])
        return [getattr(c, metric or self.metric) for c in costs]

    def best(self, program, engine):
        return min(self.samples(program, engine), default=None)

    def middle(self, program, engine):
        samples = self.samples(program, engine)
        return median(samples) if samples else None

    def peak(self, program, engine):
        return max(self.samples(program, engine, "peak_kib"), default=None)

    def ratio(self, program, engine, other):
        a, b = self.best(program, engine), self.best(program, other)
        return a / b if a and b else None

    def ratios(self, engine, other, programs=None):
        found = [self.ratio(p, engine, other) for p in programs or self.programs]
        return [r for r in found if r is not None]

    # ---- tables ---------------------------------------------------------------------------------
    def times_table(self):
        rows = [[p] + [seconds_text(self.best(p, e)) for e in self.engines] for p in self.programs]
        return table(["program, s"] + self.engines, rows)

    def ratio_table(self, baseline):
        """Every engine's time divided by the baseline's; less is faster."""
        others = [e for e in self.engines if e != baseline]
        rows = []
        for p in self.programs:
            mark = "*" if p in self.held_out else ""
            rows.append([p + mark, seconds_text(self.best(p, baseline))]
                        + [ratio_text(self.ratio(p, e, baseline)) for e in others])
        rows.append(None)
        for title, programs in self.mean_groups():
            row = [title, ""]
            for e in others:
                ratios = self.ratios(e, baseline, programs)
                mean = geometric_mean(ratios)
                row.append("-" if mean is None else "%.3f (%d)" % (mean, len(ratios)))
            rows.append(row)
        return table(["time / %s" % baseline, "%s s" % baseline] + others, rows)

    def mean_groups(self):
        held = [p for p in self.programs if p in self.held_out]
        groups = [("geometric mean (programs)", self.programs)]
        if held:
            groups.append(("  left out while tuning *", held))
        return groups

    def against_table(self, subject):
        """One row for each other engine: how `subject` compares with it."""
        rows = []
        for other in self.engines:
            if other == subject:
                continue
            pairs = [(self.ratio(p, subject, other), p) for p in self.programs]
            pairs = sorted(p for p in pairs if p[0] is not None)
            if not pairs:
                rows.append([other, "-", "0", "-", "-", "-"])
                continue
            rows.append([other, "%.3f" % geometric_mean(r for r, _ in pairs), str(len(pairs)),
                         str(sum(r < 1 for r, _ in pairs)), "%.2f %s" % pairs[0],
                         "%.2f %s" % pairs[-1]])
        header = ["%s / other" % subject, "geomean", "programs", "faster in", "best", "worst"]
        return table(header, rows)

    def memory_table(self):
        def text(p, e):
            peak = self.peak(p, e)
            return "-" if peak is None else "%.1f" % (peak / 1024)

        rows = [[p] + [text(p, e) for e in self.engines] for p in self.programs]
        return table(["peak memory, MiB"] + self.engines, rows)

    def failure_lines(self):
        """Why programs were not run, for each engine and reason."""
        reasons = {}
        for (program, engine), why in self.failures.items():
            if why != NO_PROGRAM:
                reasons.setdefault((engine, why), []).append(program)
        return ["- %s: %s: %s" % (engine, ", ".join(programs), why)
                for (engine, why), programs in sorted(reasons.items())]

    def spread(self):
        """The largest (median - min) / min: how quiet the machine was."""
        all_spreads = [
            (self.middle(p, e) / self.best(p, e) - 1, p, e)
            for p in self.programs for e in self.engines if self.best(p, e)
        ]
        return max(all_spreads, default=None)

    def as_json(self):
        out = {"metric": self.metric, "engines": self.engines, "programs": {}}
        for p in self.programs:
            entry = {"group": self.groups[p], "held_out": p in self.held_out, "engines": {}}
            for e in self.engines:
                if (p, e) in self.failures:
                    entry["engines"][e] = {"failure": self.failures[(p, e)]}
                elif self.costs.get((p, e)):
                    one = {}
                    for metric in ("cpu", "wall"):
                        samples = self.samples(p, e, metric)
                        one[metric + "_min"] = round(min(samples), 6)
                        one[metric + "_median"] = round(median(samples), 6)
                        one[metric] = [round(s, 6) for s in samples]
                    one["peak_kib"] = self.peak(p, e)
                    entry["engines"][e] = one
            out["programs"][p] = entry
        return out


# ---- the page -----------------------------------------------------------------------------------
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>%(title)s</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --line: #d0d7de; --faint: #656d76; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #0d1117; --line: #30363d; --faint: #8b949e; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
       max-width: 66rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.2rem }
p, li { color: var(--faint) }
svg { max-width: 100%%; height: auto; display: block } svg text { fill: var(--ink); font-size: 12px }
svg .faint { fill: var(--faint) } svg line { stroke: var(--line) }
.scroll { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px }
td, th { padding: .15rem .6rem; border-bottom: 1px solid var(--line); text-align: right;
         white-space: nowrap }
td:first-child, th:first-child { text-align: left }
</style></head><body>
%(body)s
</body></html>
"""
COLOURS = ["#d1495b", "#30638e", "#edae49", "#3d8361", "#8e6bbf", "#00798c", "#a05a2c", "#7a869a"]


def bar_chart(bars, width=760):
    """Horizontal bars: (label, value, text, colour), on a scale from 0 to the longest one."""
    longest = max((v for _, v, _, _ in bars if v), default=1)
    left, right, step = 190, 90, 22
    parts = ['<svg viewBox="0 0 %d %d" role="img">' % (width, len(bars) * step + 4)]
    for i, (label, value, text, colour) in enumerate(bars):
        y = i * step + 2
        parts.append('<text x="%d" y="%d" text-anchor="end">%s</text>'
                     % (left - 8, y + 14, html.escape(label)))
        if value:
            length = (width - left - right) * value / longest
            parts.append('<rect x="%d" y="%d" width="%.1f" height="%d" rx="2" fill="%s"/>'
                         % (left, y + 2, length, step - 6, colour))
            parts.append('<text class="faint" x="%.1f" y="%d">%s</text>'
                         % (left + length + 6, y + 14, html.escape(text)))
    return "\n".join(parts + ["</svg>"])


def dot_chart(results, baseline, colours, width=960):
    """For each program one line with a dot for each engine: time / baseline, logarithmic."""
    ratios = {(p, e): results.ratio(p, e, baseline)
              for p in results.programs for e in results.engines}
    known = [r for r in ratios.values() if r]
    if not known:
        return ""
    low, high = math.floor(math.log2(min(known))), math.ceil(math.log2(max(known)))
    high = max(high, low + 1)
    left, right, step, top = 190, 20, 20, 24
    height = top + step * len(results.programs) + 8

    def x_of(ratio):
        return left + (width - left - right) * (math.log2(ratio) - low) / (high - low)

    parts = ['<svg viewBox="0 0 %d %d" role="img">' % (width, height)]
    for power in range(low, high + 1):
        x = x_of(2.0**power)
        label = "%gx" % 2**power if power >= 0 else "1/%d" % 2**-power
        parts.append('<line x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>' % (x, x, top - 4, height - 4))
        parts.append('<text class="faint" x="%.1f" y="12" text-anchor="middle">%s</text>'
                     % (x, label))
    for i, p in enumerate(results.programs):
        y = top + i * step + 8
        parts.append('<text x="%d" y="%d" text-anchor="end">%s</text>'
                     % (left - 8, y + 4, html.escape(p)))
        for e in results.engines:
            if ratios[(p, e)]:
                title = "%s, %s: %.3f s, %.2fx" % (p, e, results.best(p, e), ratios[(p, e)])
                parts.append('<circle cx="%.1f" cy="%d" r="4.5" fill="%s"><title>%s</title></circle>'
                             % (x_of(ratios[(p, e)]), y, colours[e], html.escape(title)))
    return "\n".join(parts + ["</svg>"])


def html_table(header, rows):
    def line(cells, tag):
        return "<tr>%s</tr>" % "".join(
            "<%s>%s</%s>" % (tag, html.escape(c), tag) for c in cells)

    body = "\n".join(line(r, "td") for r in rows)
    return '<div class="scroll"><table>%s\n%s</table></div>' % (line(header, "th"), body)


def page(results, baseline, subject, facts):
    """The whole page as text. `facts` are lines about machine and engines."""
    colours = {e: COLOURS[i % len(COLOURS)] for i, e in enumerate(results.engines)}
    title = "%s against other engines" % subject
    body = ["<h1>%s</h1>" % html.escape(title)]
    body.append("<p>Whole processes, %s, the least of all rounds; engines take turns. "
                "Every output was checked.</p>"
                % ("user and system CPU time" if results.metric == "cpu" else "wall time"))
    body.append("<ul>%s</ul>" % "".join("<li>%s</li>" % html.escape(f) for f in facts))
    body.append("<h2>Geometric mean of time / %s (less is faster)</h2>" % html.escape(baseline))
    bars = []
    for e in results.engines:
        ratios = results.ratios(e, baseline)
        mean = geometric_mean(ratios)
        if mean is not None:
            text = "%.3f (%d programs)" % (mean, len(ratios))
            bars.append((e, mean, text, colours[e]))
    body.append(bar_chart(bars))
    body.append("<h2>Each program: time / %s, logarithmic</h2>" % html.escape(baseline))
    legend = " ".join('<span style="color:%s">&#9679;</span> %s' % (colours[e], html.escape(e))
                      for e in results.engines)
    body.append("<p>%s</p>" % legend)
    body.append(dot_chart(results, baseline, colours))
    body.append("<h2>Seconds: least (median)</h2>")

    def times(p, e):
        if results.best(p, e) is None:
            return "-"
        return "%.3f (%.3f)" % (results.best(p, e), results.middle(p, e))

    body.append(html_table(["program"] + results.engines,
                           [[p] + [times(p, e) for e in results.engines]
                            for p in results.programs]))
    body.append("<h2>Peak memory, MiB</h2>")

    def memory(p, e):
        peak = results.peak(p, e)
        return "-" if peak is None else "%.1f" % (peak / 1024)

    body.append(html_table(["program"] + results.engines,
                           [[p] + [memory(p, e) for e in results.engines]
                            for p in results.programs]))
    if results.failure_lines():
        body.append("<h2>Not run</h2><ul>%s</ul>" % "".join(
            "<li>%s</li>" % html.escape(line[2:]) for line in results.failure_lines()))
    return PAGE % {"title": html.escape(title), "body": "\n".join(body)}
