extension PictureScript {
    /// One lane a machine: how each thing that happens looks at each height.
    static let drawingLanes = #"""
        const chart = document.getElementById("chart"), overlay = document.getElementById("overlay");
        const figure = document.getElementById("figure");
        let pen = chart.getContext("2d"), colours = {}, place = {};
        const readColours = () => {
          const style = getComputedStyle(document.documentElement);
          for (const name of ["panel", "ink", "dim", "line", "lane", "differs", "cut", "off", "poor", "connected", "sales", "writes",
            "sent", "received", "mark", "soft", "met", "bad", "halo"]) colours[name] = style.getPropertyValue("--" + name).trim();
        };
        const x = time => place.left + (time - view.from) / (view.to - view.from) * place.width;
        const timeAt = px => view.from + (px - place.left) / place.width * (view.to - view.from);
        const seen = (start, end) => end >= view.from && start <= view.to;
        const box = (colour, left, top, right, bottom, alpha = 1) => {
          pen.globalAlpha = alpha;
          pen.fillStyle = colour;
          pen.fillRect(left, top, right - left, bottom - top);
          pen.globalAlpha = 1;
        };
        /// Calls back with each visible column, or as many together as make a pixel.
        const strip = (counts, draw) => {
          const group = Math.max(1, Math.ceil((view.to - view.from) / run.column / place.width));
          const first = Math.floor(view.from / run.column / group) * group;
          for (let i = first; i < counts.length && i * run.column < view.to; i += group) {
            let sum = 0;
            for (let k = i; k < Math.min(i + group, counts.length); k++) sum += counts[k];
            if (!sum) continue;
            const left = Math.max(place.left, x(i * run.column)), right = Math.min(place.right, x((i + group) * run.column));
            if (right > left) draw(left, Math.max(right, left + 1), sum, group);
          }
        };
        const peak = keys => {
          let most = 1;
          for (const lane of lanes) for (const key of keys) strip(lane.columns[key], (_l, _r, sum) => { most = Math.max(most, sum); });
          return most;
        };
        /// Stripes across a rectangle: rising ones for what goes up, falling ones for what comes down, both for both.
        const hatch = (kind, left, top, right, bottom, gap = 7) => {
          pen.save();
          pen.beginPath();
          pen.rect(left, top, right - left, bottom - top);
          pen.clip();
          pen.strokeStyle = colours.cut;
          pen.lineWidth = 1.2;
          pen.globalAlpha = .75;
          pen.beginPath();
          const height = bottom - top;
          for (let at = Math.floor((left - height) / gap) * gap; at < right; at += gap) {
            if (kind !== "down") { pen.moveTo(at, bottom); pen.lineTo(at + height, top); }
            if (kind !== "up") { pen.moveTo(at, top); pen.lineTo(at + height, bottom); }
          }
          pen.stroke();
          pen.restore();
        };
        /// Upright stripes, close together, of something that stands still.
        const bars = (left, top, right, bottom) => {
          box(colours.off, left, top, Math.max(right, left + 1), bottom, .18);
          for (let at = left; at < right; at += 4) box(colours.off, at, top, Math.min(at + 1.5, Math.max(right, at + 1)), bottom, .5);
        };
        const label = (text, left, right, middle) => {
          pen.font = "11px system-ui, 'DejaVu Sans', sans-serif";
          const width = pen.measureText(text).width;
          if (right - left < width + 16) return;
          const centre = (left + right) / 2;
          box(colours.panel, centre - width / 2 - 5, middle - 8, centre + width / 2 + 5, middle + 8, .88);
          pen.fillStyle = colours.ink;
          pen.textAlign = "center";
          pen.textBaseline = "middle";
          pen.fillText(text, centre, middle + .5);
        };
        const isClose = () => run.column / (view.to - view.from) * place.width > 3 && run.spans.differs.least < run.column / 4;
        const cutWords = { cut: "line cut", up: "cut upwards", down: "cut downwards" };

        /// The longest part of a time in which the machine is on.
        const widestOn = (lane, start, end) => {
          let widest = [start, start], from = start;
          for (const [off, on] of [...lane.spans.off.filter(([off, on]) => on > start && off < end), [end, end]]) {
            if (off - from > widest[1] - widest[0]) widest = [from, off];
            from = Math.max(from, on);
          }
          return widest;
        };
        /// What a lane looks like behind everything else: differing, cut, off.
        const drawGround = (lane, top, height) => {
          const bottom = top + height, thin = height < 14;
          // Close up each time is drawn as it was; from afar they are too many.
          if (isClose()) {
            for (const [start, end] of lane.spans.differs) if (seen(start, end)) {
              const left = Math.max(place.left, x(start));
              box(colours.differs, left, top, Math.max(Math.min(place.right, x(end)), left + .7), bottom, .6);
            }
          } else strip(lane.columns.differs, (left, right, sum, group) =>
            box(colours.differs, left, top, right, bottom, .05 + .55 * Math.min(1, sum / group / 100)));
          const rail = thin ? Math.max(1.5, height * .34) : 0;
          for (const kind of ["cut", "up", "down"]) {
            strip(lane.columns[kind], (left, right, sum, group) =>
              box(colours.cut, left, top, right, thin ? top + rail : bottom, .4 * Math.min(1, sum / group / 100)));
            for (const [start, end] of lane.spans[kind]) if (seen(start, end)) {
              const left = Math.max(place.left, x(start)), right = Math.max(Math.min(place.right, x(end)), left + 1);
              if (thin) {
                // A rail: whole, dotted if the way up is cut, dashed if it is the way down.
                const [dash, gap] = { cut: [right - left, 1], up: [2, 2], down: [9, 4] }[kind];
                for (let at = left; at < right; at += dash + gap)
                  box(colours.cut, at, top, Math.min(right, at + dash), top + rail, .95);
              } else {
                box(colours.cut, left, top, right, bottom, .13);
                hatch(kind, left, top, right, bottom);
                box(colours.cut, left, top, Math.max(right, left + 1), top + 2);
              }
            }
          }
          if (!thin) for (const [start, end] of lane.spans.poor) if (seen(start, end)) {
            const left = Math.max(place.left, x(start)), right = Math.min(place.right, x(end));
            for (let at = left; at < right; at += 5) box(colours.poor, at, top, Math.min(at + 2, right), top + 2);
          }
          strip(lane.columns.paused, (left, right, sum, group) =>
            box(colours.off, left, top, right, bottom, .35 * Math.min(1, sum / group / 100)));
          for (const [start, end] of lane.spans.paused) if (seen(start, end))
            bars(Math.max(place.left, x(start)), top, Math.min(place.right, x(end)), bottom);
          strip(lane.columns.off, (left, right, sum, group) =>
            box(colours.off, left, top, right, bottom, .7 * Math.min(1, sum / group / 100)));
          for (const [start, end] of lane.spans.off) if (seen(start, end)) {
            const left = Math.max(place.left, x(start)), right = Math.max(Math.min(place.right, x(end)), left + (thin ? 1 : 1.5));
            box(colours.off, left, top, right, bottom, .88);
            if (height >= 24) label("off", left, right, top + height * (height >= 34 ? .68 : .5));
          }
          if (!thin) for (const [start, end] of lane.spans.disk) if (seen(start, end)) {
            const left = Math.max(place.left, x(start)), right = Math.max(Math.min(place.right, x(end)), left + 2);
            for (let at = left; at < right; at += 7) box(colours.mark, at, bottom - 5, Math.min(at + 5, right), bottom - 3);
          }
          if (height >= 24) for (const kind of ["cut", "up", "down"])
            for (const [start, end] of lane.spans[kind]) if (seen(start, end)) {
              const [from, to] = widestOn(lane, Math.max(start, view.from), Math.min(end, view.to));
              label(cutWords[kind], x(from), x(to), top + height / 2);
            }
        };
        /// What people did, what came and went.
        const drawTrade = (lane, top, height, peaks) => {
          const bottom = top + height, thin = height < 14;
          if (thin) {
            const rail = Math.max(1.5, height * .34);
            strip(lane.columns.sales, (left, right, sum) =>
              box(colours.sales, left, top + rail, Math.max(right, left + 1.5), bottom - rail, .45 + .55 * Math.sqrt(sum / peaks.trade)));
            for (const key of ["sent", "received"]) strip(lane.columns[key], (left, right, sum) =>
              box(colours[key], left, bottom - rail, Math.max(right, left + 1.5), bottom, .25 + .75 * Math.sqrt(sum / peaks.flow)));
            return;
          }
          const room = height * .42, base = bottom - 3;
          strip(lane.columns.sales, (left, right, sum) =>
            box(colours.sales, left, base - room * Math.sqrt(sum / peaks.trade), right, base));
          strip(lane.columns.writes, (left, right, sum) =>
            box(colours.writes, left, base - room * .6 * Math.sqrt(sum / peaks.trade), left + (right - left) / 2 + .5, base));
          const thick = height >= 34 ? 5 : 3;
          ["sent", "received"].forEach((key, row) => strip(lane.columns[key], (left, right, sum) =>
            box(colours[key], left, top + 4 + row * (thick + 1), Math.max(right, left + 1), top + 4 + row * (thick + 1) + thick,
              .2 + .8 * Math.sqrt(sum / peaks.flow))));
          for (const [start, end] of lane.spans.connected) if (seen(start, end))
            box(colours.connected, Math.max(place.left, x(start)), bottom - 2, Math.min(place.right, x(end)), bottom);
        };
        const diamond = (at, middle, size, isFull) => {
          pen.beginPath();
          pen.moveTo(at, middle - size); pen.lineTo(at + size, middle); pen.lineTo(at, middle + size); pen.lineTo(at - size, middle);
          pen.closePath();
          pen.fillStyle = isFull ? colours.met : colours.halo;
          pen.strokeStyle = isFull ? colours.halo : colours.differs;
          pen.lineWidth = isFull ? 1.5 : 2;
          pen.stroke();
          pen.fill();
          if (!isFull) pen.stroke();
        };
        const drawMeetings = (lane, top, height) => {
          if (height < 24) return;
          for (const [start, end] of lane.spans.differs) {
            if (!seen(start, end) || x(end) - x(start) < 16) continue;
            if (start >= view.from) diamond(x(start), top + height * .68, 4.5, false);
            if (end < run.end && end <= view.to) diamond(x(end), top + height * .68, 5, true);
          }
        };
        /// Each kind of mark is a shape of its own, not only a colour.
        const glyph = (kind, at, middle, size) => {
          const paths = {
            power: [[.2, -1], [-.6, .15], [-.05, .15], [-.25, 1], [.6, -.2], [.05, -.2], [.2, -1]],
            kill: [[-.7, -.7], [.7, .7], null, [.7, -.7], [-.7, .7]],
            clock: [[0, -.55], [0, 0], [.45, .2]],
            backup: [[0, -.8], [0, .35], null, [-.4, 0], [0, .4], [.4, 0], null, [-.7, .85], [.7, .85]],
            put_back: [[0, .5], [0, -.65], null, [-.4, -.3], [0, -.7], [.4, -.3], null, [-.7, .85], [.7, .85]],
            replaced: [[-.8, -.6], [.8, -.6], [.8, .35], [-.8, .35], [-.8, -.6], null, [0, .35], [0, .8], null, [-.5, .8], [.5, .8]],
            file: [[-.55, -.85], [.2, -.85], [.6, -.45], [.6, .85], [-.55, .85], [-.55, -.85], null, [-.2, .1], [.3, .1], null, [-.2, .45], [.3, .45]],
            fence: [[-.8, -.35], [.8, -.35], null, [-.8, .3], [.8, .3], null, [-.5, -.8], [-.5, .8], null, [0, -.8], [0, .8], null, [.5, -.8], [.5, .8]],
            attack: [[0, -.9], [.9, .75], [-.9, .75], [0, -.9], null, [0, -.3], [0, .25], null, [0, .5], [0, .52]],
            torn: [[-.9, 0], [-.4, 0], [-.15, -.6], [.15, .6], [.4, 0], [.9, 0]],
          };
          const colour = ["torn", "backup", "file", "replaced"].includes(kind) ? colours.soft : colours.mark;
          for (const [style, width] of [[colours.halo, 4.5], [colour, 1.8]]) {
            pen.strokeStyle = style;
            pen.lineWidth = width;
            pen.lineJoin = pen.lineCap = "round";
            pen.beginPath();
            let isNew = true;
            for (const point of paths[kind]) {
              if (!point) { isNew = true; continue; }
              const px = at + point[0] * size, py = middle + point[1] * size;
              if (isNew) pen.moveTo(px, py); else pen.lineTo(px, py);
              isNew = false;
            }
            if (kind === "clock") { pen.moveTo(at + size * .9, middle); pen.arc(at, middle, size * .9, 0, 7); }
            pen.stroke();
          }
          if (kind === "power") { pen.fillStyle = colour; pen.fill(); }
        };
        const drawMarks = (lane, top, height) => {
          const groups = [], room = height < 14 ? 2 : 12;
          for (const mark of lane.marks) {
            const at = x(mark.time);
            if (at < place.left || at > place.right) continue;
            const last = groups[groups.length - 1];
            if (last && at - last.at < room) {
              last.count += mark.count;
              if (ranks.indexOf(mark.kind) < ranks.indexOf(last.kind)) last.kind = mark.kind;
            } else groups.push({ at, kind: mark.kind, count: mark.count });
          }
          for (const { at, kind, count } of groups) {
            if (height < 14) {
              if (kind !== "torn") box(colours.mark, at - 1, top, at + 1, top + height);
              continue;
            }
            const size = Math.min(6.5, height * .32), middle = top + height * (height >= 34 ? .38 : .5);
            glyph(kind, at, middle, size);
            if (count > 1 && height >= 34) {
              pen.font = "9px system-ui, 'DejaVu Sans', sans-serif";
              pen.textAlign = "center";
              pen.textBaseline = "top";
              pen.lineWidth = 3;
              pen.strokeStyle = colours.halo;
              pen.strokeText(count, at, middle + size + 1);
              pen.fillStyle = colours.ink;
              pen.fillText(count, at, middle + size + 1);
            }
          }
        };
        """#
}
