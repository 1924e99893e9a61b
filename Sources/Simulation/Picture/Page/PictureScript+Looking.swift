extension PictureScript {
    /// The cursor, what it tells, and how one moves about.
    static let looking = #"""
        const tip = document.getElementById("tip"), told = document.getElementById("told");
        let cursor = null, drag = null;
        const laneAt = y => {
          const lane = place.tops.findIndex((top, index) => y < top + place.heights[index] + place.gap);
          return lane < 0 || y < place.top ? -1 : lane;
        };
        const column = (lane, key, time) => lane.columns[key][Math.floor(time / run.column)] || 0;
        const markWords = { power: "power failed", kill: "the program was killed", clock: "its clock was set", backup: "its disk was copied",
          put_back: "a copy of a disk was put back", replaced: "a new machine took its place", file: "a delta file was taken in",
          fence: "HQ said that it is lost", attack: "a hostile call", torn: "connections torn" };
        const spanWords = { cut: "the line to HQ is cut, both ways", up: "the line is cut upwards: nothing arrives at HQ",
          down: "the line is cut downwards: nothing arrives from HQ", poor: "the line is slow, narrow or lossy", off: "the machine is off",
          paused: "the machine has stopped for a while",
          disk: "its disk is in trouble",
          differs: "differs from HQ", connected: "in session with HQ" };
        /// What is at a place, in lines of kind and words.
        const tell = (index, time) => {
          const near = (view.to - view.from) / place.width * 4, lines = [];
          lines.push(["b", (index < 0 ? "All machines" : lanes[index].name) + ", " + moment(time)]);
          lines.push(["span", length(Math.round(time / second) * second) + " after the beginning"]);
          if (run.violation && Math.abs(run.violation.time - time) < near)
            lines.push(["em", "✕ " + run.violation.oracle + " is violated" + (run.violation.lane === null ? "" : ", at "
              + lanes[run.violation.lane].name) + ": " + run.violation.detail]);
          if (index >= 0) {
            const lane = lanes[index];
            for (const kind of kinds) {
              const at = lane.spans[kind].filter(([start, end]) => start <= time && time <= end || kind !== "connected"
                && end - start < near && Math.abs(start - time) < near / (kind === "differs" ? 4 : 1));
              for (const [start, end] of at.slice(0, 2)) lines.push(["div", spanWords[kind] + ": " + span(start, end)]);
              const share = kind === "connected" || at.length ? 0 : column(lane, kind, time);
              if (share) lines.push(["div", spanWords[kind] + " for " + share + " % of this column"]);
            }
            const marks = lane.marks.filter(mark => Math.abs(mark.time - time) < near * 2);
            for (const mark of marks.slice(0, 5)) lines.push(["div", moment(mark.time) + ": " + markWords[mark.kind]
              + (mark.count > 1 ? ", " + mark.count + " times" : "") + (mark.detail ? " (" + mark.detail + ")" : "")]);
            for (const [from, to, at, count] of place.arrows) if (Math.abs(at - time) < near
              && index >= Math.min(from, to) && index <= Math.max(from, to))
              lines.push(["div", moment(at) + ": " + grouped(count) + " transactions from " + lanes[from].name + " to " + lanes[to].name]);
            const parts = [["sales", "sale", "s"], ["writes", "other write", "s"], ["refused", "refused"], ["sent", "sent"], ["received", "taken in"]]
              .map(([key, word, plural]) => [column(lane, key, time), word, plural || ""]).filter(([count]) => count)
              .map(([count, word, plural]) => grouped(count) + " " + word + (count === 1 ? "" : plural));
            const start = Math.floor(time / run.column) * run.column;
            if (parts.length) lines.push(["span", "within " + length(run.column) + " from " + moment(start) + ": " + parts.join(", ")]);
          }
          let at = missing.times.findIndex(point => point > time);
          at = at < 0 ? missing.times.length - 1 : Math.max(0, at - 1);
          if (at >= 0) lines.push(["span", missing.somewhere[at] ? grouped(missing.somewhere[at]) + " missing somewhere, "
            + grouped(missing.most[at]) + " at " + lanes[missing.lane[at]].name : "nothing is missing anywhere"]);
          return lines;
        };
        const show = (index, time, px, py) => {
          const brush = overlay.getContext("2d");
          brush.clearRect(0, 0, figure.clientWidth, place.height);
          if (drag && Math.abs(drag.to - drag.from) > 3) {
            brush.fillStyle = colours.sales;
            brush.globalAlpha = .18;
            brush.fillRect(Math.min(drag.from, drag.to), place.top, Math.abs(drag.to - drag.from), place.curveBottom - place.top);
            brush.globalAlpha = 1;
          }
          brush.fillStyle = colours.dim;
          brush.fillRect(px, place.top - 6, 1, place.curveBottom - place.top + 6);
          if (index >= 0) {
            brush.strokeStyle = colours.dim;
            brush.strokeRect(place.left - .5, place.tops[index] - .5, place.width + 1, place.heights[index] + 1);
          }
          const lines = tell(index, time);
          tip.replaceChildren(...lines.map(([tag, words]) => {
            const line = document.createElement(tag);
            line.textContent = words;
            return line;
          }));
          tip.hidden = false;
          const right = px + 16 + tip.offsetWidth > figure.clientWidth;
          tip.style.left = Math.max(4, right ? px - 16 - tip.offsetWidth : px + 16) + "px";
          tip.style.top = Math.max(4, Math.min(py + 14, place.height - tip.offsetHeight - 4)) + "px";
          return lines;
        };
        const hide = () => {
          tip.hidden = true;
          overlay.getContext("2d").clearRect(0, 0, figure.clientWidth, place.height);
        };
        const look = (from, to) => {
          const width = Math.min(Math.max(to - from, least), Math.max(run.end, 1));
          const start = Math.min(Math.max(0, from), Math.max(run.end, 1) - width);
          view = { from: start, to: start + width };
          hide();
          draw();
        };
        const zoom = (factor, centre = (view.from + view.to) / 2) =>
          look(centre - (centre - view.from) * factor, centre + (view.to - centre) * factor);
        const inside = px => Math.min(Math.max(px, place.left), place.right);

        overlay.addEventListener("pointermove", event => {
          const px = inside(event.offsetX);
          if (drag) drag.to = px;
          cursor = { lane: laneAt(event.offsetY), time: timeAt(px) };
          show(cursor.lane, cursor.time, px, event.offsetY);
        });
        overlay.addEventListener("pointerdown", event => {
          overlay.setPointerCapture(event.pointerId);
          drag = { from: inside(event.offsetX), to: inside(event.offsetX) };
        });
        overlay.addEventListener("pointerup", () => {
          const chosen = drag;
          drag = null;
          if (chosen && Math.abs(chosen.to - chosen.from) > 3)
            look(timeAt(Math.min(chosen.from, chosen.to)), timeAt(Math.max(chosen.from, chosen.to)));
        });
        overlay.addEventListener("pointerleave", hide);
        overlay.addEventListener("dblclick", () => look(0, run.end));
        overlay.addEventListener("wheel", event => {
          if (!event.ctrlKey) return;
          event.preventDefault();
          zoom(event.deltaY > 0 ? 1.25 : .8, timeAt(inside(event.offsetX)));
        }, { passive: false });
        overlay.addEventListener("keydown", event => {
          const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }, way = ways[event.key];
          if (event.key === "+") return zoom(.6);
          if (event.key === "-") return zoom(1 / .6);
          if (event.key === "0" || event.key === "Escape") return look(0, run.end);
          if (!way) return;
          event.preventDefault();
          const step = Math.max(run.column, (view.to - view.from) / 200);
          cursor = cursor || { lane: 0, time: (view.from + view.to) / 2 };
          cursor.time = Math.min(Math.max(cursor.time + way[0] * step, 0), run.end);
          cursor.lane = Math.min(Math.max(cursor.lane + way[1], 0), lanes.length - 1);
          const width = view.to - view.from;
          if (cursor.time < view.from || cursor.time > view.to) look(cursor.time - width / 2, cursor.time + width / 2);
          const lines = show(cursor.lane, cursor.time, x(cursor.time), place.tops[cursor.lane] + place.heights[cursor.lane]);
          told.textContent = lines.map(line => line[1]).join(". ");
        });
        const press = (id, act) => document.getElementById(id).addEventListener("click", act);
        press("in", () => zoom(.5));
        press("out", () => zoom(2));
        press("whole", () => look(0, run.end));
        press("taller", () => { scale = Math.min(12, scale * 1.5); hide(); draw(); });
        press("thinner", () => { scale = Math.max(.3, scale / 1.5); hide(); draw(); });

        /// The legend's samples are drawn with the lanes' own brushes.
        const drawLegend = () => {
          const kept = [place, view];
          view = { from: 0, to: 1 };
          for (const canvas of document.querySelectorAll("canvas[data-sample]")) {
            const density = window.devicePixelRatio || 1, name = canvas.dataset.sample;
            [canvas.width, canvas.height] = [34 * density, 18 * density];
            canvas.style.width = "34px";
            canvas.style.height = "18px";
            pen = canvas.getContext("2d");
            pen.setTransform(density, 0, 0, density, 0, 0);
            const edge = (colour, top, bottom) => box(colour, 0, top, 34, bottom);
            box(colours.lane, 0, 0, 34, 18);
            if (["cut", "up", "down"].includes(name)) { box(colours.cut, 0, 0, 34, 18, .13); hatch(name, 0, 0, 34, 18); edge(colours.cut, 0, 2); }
            else if (name === "poor") for (let at = 0; at < 34; at += 5) box(colours.poor, at, 0, at + 2, 2);
            else if (name === "disk") for (let at = 1; at < 34; at += 7) box(colours.mark, at, 13, at + 5, 15);
            else if (name === "off") box(colours.off, 0, 0, 34, 18, .88);
            else if (name === "paused") bars(0, 0, 34, 18);
            else if (name === "differs") [.15, .35, .6].forEach((alpha, nth) => box(colours.differs, nth * 11.3, 0, nth * 11.3 + 11.3, 18, alpha));
            else if (name === "parted" || name === "met") diamond(17, 9, 5, name === "met");
            else if (name === "connected") edge(colours.connected, 16, 18);
            else if (name === "sales" || name === "writes")
              [4, 9, 6, 12, 7].forEach((height, nth) => box(colours[name], 4 + nth * 6, 16 - height, 7 + nth * 6, 16));
            else if (name === "sent" || name === "received")
              [.3, .6, .4, 1, .8].forEach((alpha, nth) => box(colours[name], 2 + nth * 6, 6, 8 + nth * 6, 11, alpha));
            else if (name === "arrow") {
              [[12, colours.sent, 1], [22, colours.received, -1]].forEach(([at, colour, way]) => {
                pen.strokeStyle = pen.fillStyle = colour;
                pen.lineWidth = way > 0 ? 1.5 : 3;
                pen.beginPath(); pen.moveTo(at, 9 + way * 8); pen.lineTo(at, 9 - way * 3); pen.stroke();
                pen.beginPath(); pen.moveTo(at, 9 - way * 8); pen.lineTo(at - 4, 9 - way * 2); pen.lineTo(at + 4, 9 - way * 2); pen.fill();
              });
            } else if (name === "violation") box(colours.bad, 16, 0, 18, 18);
            else glyph(name, 17, 9, 6);
          }
          [place, view] = kept;
        };
        const redraw = () => { draw(); drawLegend(); };
        window.addEventListener("resize", redraw);
        window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
        redraw();
        """#
}
