/// The page's script: it reads the recorded run, draws it on a canvas for any window, and tells what is under the cursor.
enum PictureScript {
    static let text = [reading, drawingLanes, drawingFrame, looking].joined(separator: "\n")

    /// The run, times as text, and which part of it is looked at.
    private static let reading = #"""
        "use strict";
        const run = JSON.parse(document.getElementById("run").textContent);
        const unroll = runs => {
          const values = [];
          for (const value of runs || []) {
            if (value >= 0) values.push(value);
            else for (let k = 0, last = values[values.length - 1]; k < -value; k++) values.push(last);
          }
          return values;
        };
        const kinds = ["cut", "up", "down", "poor", "off", "paused", "disk", "differs", "connected"];
        const lanes = run.lanes.map((lane, index) => {
          const columns = {};
          for (const key of ["sales", "writes", "refused", "sent", "received", ...kinds]) columns[key] = unroll(lane[key]);
          return { name: index ? "Store " + index : "HQ", columns, spans: Object.fromEntries(kinds.map(kind => [kind, []])), marks: [] };
        });
        for (const kind of kinds) {
          for (const [lane, start, end] of run.spans[kind].items) lanes[lane].spans[kind].push([start, end]);
          for (const lane of lanes) lane.spans[kind].sort((a, b) => a[0] - b[0]);
        }
        const ranks = ["attack", "fence", "put_back", "replaced", "file", "power", "kill", "clock", "backup", "torn"];
        for (const [lane, kind, time, count, detail] of run.marks.items) lanes[lane].marks.push({ kind, time, count, detail });
        for (const lane of lanes) lane.marks.sort((a, b) => a.time - b.time);
        const transfers = run.transfers.items;
        const missing = { somewhere: unroll(run.missing.somewhere), most: unroll(run.missing.most), lane: unroll(run.missing.lane) };
        missing.times = missing.somewhere.map((_, index) => index * run.missing.step);
        if (run.missing.last) {
          missing.times.push(run.end);
          ["somewhere", "most", "lane"].forEach((key, index) => missing[key].push(run.missing.last[index]));
        }

        const second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
        const two = number => String(number).padStart(2, "0");
        const length = ms => {
          const parts = [];
          for (const [unit, name] of [[day, "d"], [hour, "h"], [minute, "min"]]) {
            const count = Math.floor(ms / unit);
            if (count) parts.push(count + " " + name);
            ms -= count * unit;
          }
          if (ms || !parts.length) parts.push((ms % second ? (ms / second).toFixed(3) : ms / second) + " s");
          return parts.join(" ");
        };
        const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        const date = time => { const d = new Date(run.wall + time); return d.getUTCDate() + " " + months[d.getUTCMonth()]; };
        const clock = (time, withSeconds) => {
          const d = new Date(run.wall + time);
          return two(d.getUTCHours()) + ":" + two(d.getUTCMinutes()) + (withSeconds ? ":" + two(d.getUTCSeconds()) : "");
        };
        const isLong = run.end > day;
        const moment = time => (isLong ? date(time) + " " : "") + clock(time, true);
        const grouped = number => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
        const span = (start, end) => start <= 0 && end >= run.end ? "all the time"
          : moment(start) + " to " + (end >= run.end ? "the end" : moment(end)) + ", " + length(end - start);

        const least = Math.min(run.end, 200) || 1;
        let view = { from: 0, to: Math.max(run.end, 1) };
        let scale = 1;
        """#
}
