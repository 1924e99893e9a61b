/// A run as one page of HTML that needs nothing else: no network, no fonts, no other file. A canvas is drawn by a script within
/// it; what the canvas shows is told in a table, too.
public struct Picture: Sendable {
    private let name: String
    private let about: String
    private let command: String
    private let report: RunReport
    private let record: RunRecord

    /// - Parameters:
    ///   - name: the scenario's.
    ///   - command: what plays the run again.
    public init(of record: RunRecord, _ report: RunReport, name: String, about: String, command: String) {
        (self.record, self.report) = (record, report)
        (self.name, self.about, self.command) = (name, about, command)
    }

    public var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" \
        content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
        <title>\(PageText.escaped(name)), seed \(report.seed): \(verdict)</title>
        <style>
        \(PictureStyle.text)
        </style>
        </head>
        <body>
        \(header)
        <main>
        \(chart)
        \(PictureLegend.html)
        \(notes)
        \(table)
        </main>
        <script type="application/json" id="run">\(PictureData(record).text)</script>
        <script>
        \(PictureScript.text)
        </script>
        </body>
        </html>

        """
    }

    private var verdict: String { report.violation.map { "\(PageText.escaped($0.oracle)) violated" } ?? "everything held" }

    private var header: String {
        let stores = record.lanes.count - 1
        let facts = [
            ("seed", "\(report.seed)"), ("machines", "HQ and \(PageText.grouped(stores)) store\(stores == 1 ? "" : "s")"),
            ("simulated", TimeText.length(record.end)), ("transactions", PageText.grouped(report.transactions)),
            ("sent", "\(PageText.grouped((report.sentBytes + 512) / 1024)) KiB"),
            ("steps", PageText.grouped(report.happenings)), ("trace", report.trace),
        ]
        let acts = report.acts.sorted { $0.key < $1.key }.map { "\($0.key) \(PageText.grouped($0.value.effective))" }
        return """
            <header class="\(report.violation == nil ? "held" : "violated")">
            <h1>\(PageText.escaped(name)) <span class="verdict">\(report.violation == nil ? "✓" : "✕") \(verdict)</span></h1>
            <p>\(PageText.escaped(about))</p>
            \(finding)
            <dl>\(facts.map { "<div><dt>\($0.0)</dt><dd>\(PageText.escaped($0.1))</dd></div>" }.joined())</dl>
            <p class="acts">\(PageText.escaped(acts.joined(separator: " · ")))</p>
            <p class="again">Again: <code>\(PageText.escaped(command))</code></p>
            </header>
            """
    }

    private var finding: String {
        guard let violation = report.violation else { return "" }
        let place = violation.node.map { ", at \(RunRecorder.name($0))" } ?? ""
        return """
            <div class="finding"><strong>First after \(TimeText.length(violation.milliseconds))\(place).</strong>
            \(PageText.escaped(String(violation.detail.prefix(2_000))))</div>
            """
    }

    private var chart: String {
        """
        <div class="tools" role="toolbar" aria-label="View">
        <span>Time</span><button id="in" title="Zoom in">+</button><button id="out" title="Zoom out">−</button>\
        <button id="whole" title="Show the whole run">whole run</button>
        <span>Lanes</span><button id="taller" title="Taller lanes">taller</button>\
        <button id="thinner" title="Thinner lanes">thinner</button>
        <span class="hint">Drag over the lanes to zoom in, double-click for the whole run. Arrow keys move the cursor.</span>
        </div>
        <figure id="figure">
        <canvas id="chart" role="img" aria-label="\(PageText.escaped(summary))"></canvas>
        <canvas id="overlay" tabindex="0" aria-label="Cursor: left and right move in time, up and down from machine to machine" \
        role="application"></canvas>
        <div id="tip" hidden></div>
        <div id="told" class="unseen" aria-live="polite"></div>
        </figure>
        <noscript><p>The drawing needs JavaScript. The table beneath tells what it shows.</p></noscript>
        """
    }

    private var summary: String {
        let peak = record.missing.points.map(\.measure.somewhere).max() ?? 0
        let last = record.missing.points.last?.measure.somewhere ?? 0
        return "A lane for each of \(record.lanes.count) machines over \(TimeText.length(record.end)): \(name), \(verdict). "
            + "At most \(peak) transactions were missing somewhere, \(last) at the end. The table beneath tells each machine's part."
    }

    /// What the drawing does not show one by one.
    private var notes: String {
        let column = TimeText.length(record.columnMilliseconds)
        var lines = [
            "Flows, sales and shading are summed up in columns of \(column).",
            "Transactions are counted once in each scope that they touch: a sale is two, in the order book and in the stock.",
            "The curve has a point every \(TimeText.length(record.missing.step)). Arrows of one moment stand side by side.",
            "In thin lanes a cut line is a rail (dotted: only upwards; dashed: only downwards), sales and flows are dots beneath it, "
                + "and what happened to a machine is a red tick. Point at it, or make the lanes taller.",
        ]
        if record.transfers.omittedCount > 0 {
            lines.append(
                "\(PageText.grouped(record.transfers.omittedCount)) transfers of fewer than \(record.transfers.least) transactions "
                    + "are in the flows only, and have no arrows.")
        }
        for kind in RunSpan.Kind.allCases {
            guard let kept = record.spans[kind], kept.omittedCount > 0 else { continue }
            lines.append(
                "\(PageText.grouped(kept.omittedCount)) spells of “\(PictureLegend.name(of: kind))” shorter than "
                    + "\(TimeText.length(kept.least)) are shading only.")
        }
        if record.marks.spacing > 0 {
            lines.append("Marks of one kind within \(TimeText.length(record.marks.spacing)) are drawn as one.")
        }
        return "<ul class=\"notes\">" + lines.map { "<li>\($0)</li>" }.joined() + "</ul>"
    }

    private var table: String { MachineTable(record).html }
}
