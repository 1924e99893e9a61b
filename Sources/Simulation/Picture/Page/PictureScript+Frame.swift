extension PictureScript {
    /// Around and across the lanes: axis, names, arrows, the violation, the curve.
    static let drawingFrame = #"""
        const layOut = () => {
          const count = lanes.length;
          const usual = count <= 7 ? 62 : count <= 13 ? 44 : count <= 26 ? 26 : count <= 60 ? 15 : count <= 140 ? 8 : count <= 320 ? 5 : 3;
          // A canvas that is too tall stays empty.
          const height = Math.max(2, Math.min(Math.round(usual * scale), Math.floor(12000 / count))), gap = height >= 34 ? 6 : height >= 8 ? 1 : 0;
          place = { left: 76, top: 44, gap };
          place.right = Math.max(place.left + 100, figure.clientWidth - 26);
          place.width = place.right - place.left;
          place.tops = [];
          place.heights = [];
          let top = place.top;
          lanes.forEach((_, index) => {
            const own = index ? height : Math.max(height, 28);
            place.tops.push(top);
            place.heights.push(own);
            top += own + (index ? gap : Math.max(gap, 4));
          });
          place.bottom = top - gap;
          place.curveTop = place.bottom + 44;
          place.curveBottom = place.curveTop + 110;
          place.height = place.curveBottom + 16;
          const density = window.devicePixelRatio || 1;
          for (const canvas of [chart, overlay]) {
            canvas.width = figure.clientWidth * density;
            canvas.height = place.height * density;
            canvas.style.width = figure.clientWidth + "px";
            canvas.style.height = place.height + "px";
            canvas.getContext("2d").setTransform(density, 0, 0, density, 0, 0);
          }
        };
        const text = (words, at, middle, align, colour, font = "11px", weight = "") => {
          pen.font = weight + " " + font + " system-ui, 'DejaVu Sans', sans-serif";
          pen.textAlign = align;
          pen.textBaseline = "middle";
          pen.fillStyle = colour;
          pen.fillText(words, at, middle);
        };
        const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, second, 2 * second, 5 * second, 10 * second, 30 * second, minute, 2 * minute,
          5 * minute, 10 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 5 * day, 10 * day, 30 * day,
          100 * day, 365 * day, 1000 * day, 3650 * day];
        const drawAxis = () => {
          const step = steps.find(step => step / (view.to - view.from) * place.width >= 84) || steps[steps.length - 1];
          // By the clock on the wall, so that full hours are full hours.
          const offset = run.wall % step;
          text("clock", place.left - 10, 13, "right", colours.dim);
          text("since begin", place.left - 10, 28, "right", colours.dim, "10px");
          for (let time = Math.ceil((view.from + offset) / step) * step - offset; time <= view.to; time += step) {
            const at = x(time);
            box(colours.line, at, place.top - 5, at + 1, place.bottom, .9);
            box(colours.line, at, place.curveTop, at + 1, place.curveBottom, .9);
            if (at < place.left + 14 || at > place.right - 22) continue;
            const fraction = step < second ? "." + String((run.wall + time) % second).padStart(3, "0") : "";
            const words = step >= day ? date(time) : clock(time, step < minute) + fraction;
            const isMidnight = isLong && step < day && (run.wall + time) % day === 0;
            text(isMidnight ? date(time) : words, at, 13, "center", colours.ink, "11.5px", isMidnight ? "600" : "");
            text(step >= day ? Math.round(time / day * 10) / 10 + " d" : length(time), at, 28, "center", colours.dim, "10px");
          }
          if (run.workEnd > view.from && run.workEnd < Math.min(view.to, run.end)) {
            const at = x(run.workEnd);
            for (let y = place.top - 4; y < place.curveBottom; y += 6) box(colours.dim, at, y, at + 1, y + 3, .9);
            const words = "work ends, all is made whole";
            pen.font = "10px system-ui, 'DejaVu Sans', sans-serif";
            const isRoom = place.right - at > pen.measureText(words).width + 8;
            text(words, isRoom ? at + 5 : at - 5, place.bottom + 11, isRoom ? "left" : "right", colours.dim, "10px");
          }
        };
        const drawNames = () => {
          let free = -1;
          lanes.forEach((lane, index) => {
            const middle = place.tops[index] + place.heights[index] / 2;
            const isNth = place.heights[index] >= 12 || index === 0 || index % (lanes.length > 400 ? 50 : 10) === 0;
            if (!isNth || middle - 7 < free) return;
            text(lane.name, place.left - 10, middle, "right", colours.ink, "12px", index ? "" : "600");
            free = middle + 7;
          });
        };
        /// All arrows if they are few, else the largest; in thin lanes the flows must do.
        const drawArrows = () => {
          const inView = transfers.filter(([, , time]) => time >= view.from && time <= view.to);
          const isThin = place.heights[place.heights.length - 1] < 14;
          place.arrows = inView.length <= 60 ? inView : isThin ? []
            : [...inView].sort((a, b) => b[3] - a[3]).slice(0, 40).filter(transfer => transfer[3] >= 8);
          // Those of one moment stand side by side, none before its time.
          let last = -Infinity, shifts = 0;
          const sides = [...place.arrows].sort((a, b) => a[2] - b[2] || a[0] - b[0]).map(arrow => {
            const at = x(arrow[2]);
            shifts = at - last < 7 ? shifts + 1 : 0;
            last = at;
            return [arrow, Math.min(at + Math.min(shifts, 5) * 7, Math.max(at, place.right + 8))];
          });
          for (const [[from, to, , count], at] of sides) {
            const isUp = to < from;
            const start = place.tops[from] + (isUp ? 3 : place.heights[from] - 4), end = place.tops[to] + (isUp ? place.heights[to] - 4 : 3);
            const width = Math.min(4, 1 + Math.log2(count + 1) * .3), head = width + 3, way = isUp ? 1 : -1;
            const colour = isUp ? colours.sent : colours.received;
            for (const [style, thick] of [[colours.halo, width + 2.5], [colour, width]]) {
              pen.strokeStyle = pen.fillStyle = style;
              pen.lineWidth = thick;
              pen.lineCap = "butt";
              pen.beginPath();
              pen.moveTo(at, start);
              pen.lineTo(at, end + way * head);
              pen.stroke();
            }
            pen.beginPath();
            pen.moveTo(at, end); pen.lineTo(at - head, end + way * head * 1.5); pen.lineTo(at + head, end + way * head * 1.5);
            pen.fill();
            pen.beginPath();
            pen.arc(at, start, width / 2 + 1.5, 0, 7);
            pen.fill();
          }
        };
        const nice = value => {
          const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
          return [1, 2, 3, 4, 5, 6, 8, 10].map(factor => factor * power).find(limit => limit >= value);
        };
        const drawCurve = () => {
          const inView = missing.times.map((_, index) => index).filter(index =>
            (missing.times[index + 1] ?? missing.times[index]) >= view.from && (missing.times[index - 1] ?? 0) <= view.to);
          const top = nice(inView.reduce((most, index) => Math.max(most, missing.somewhere[index]), 1));
          const y = value => place.curveBottom - value / top * (place.curveBottom - place.curveTop);
          box(colours.lane, place.left, place.curveTop, place.right, place.curveBottom, .55);
          for (const value of top % 2 ? [0, top] : [0, top / 2, top]) {
            box(colours.line, place.left, Math.round(y(value)), place.right, Math.round(y(value)) + 1);
            text(grouped(value), place.left - 10, y(value), "right", colours.dim);
          }
          const trace = values => inView.forEach((index, nth) => {
            const at = x(missing.times[index]);
            if (nth) pen.lineTo(at, y(values[inView[nth - 1]])); else pen.moveTo(at, y(values[index]));
            pen.lineTo(at, y(values[index]));
          });
          pen.save();
          pen.beginPath();
          pen.rect(place.left, place.curveTop - 2, place.width, place.curveBottom - place.curveTop + 4);
          pen.clip();
          pen.beginPath();
          trace(missing.somewhere);
          pen.strokeStyle = colours.differs;
          pen.lineWidth = 1.8;
          pen.stroke();
          if (inView.length) {
            pen.lineTo(x(missing.times[inView[inView.length - 1]]), place.curveBottom);
            pen.lineTo(x(missing.times[inView[0]]), place.curveBottom);
            pen.globalAlpha = .22;
            pen.fillStyle = colours.differs;
            pen.fill();
            pen.globalAlpha = 1;
          }
          pen.beginPath();
          trace(missing.most);
          pen.setLineDash([4, 3]);
          pen.strokeStyle = colours.ink;
          pen.lineWidth = 1.2;
          pen.stroke();
          pen.restore();
          const row = place.curveTop - 17;
          text("missing", place.left - 10, row, "right", colours.ink, "11.5px", "600");
          box(colours.differs, place.left, row - 1, place.left + 18, row + 1);
          const words = "somewhere, each transaction once";
          text(words, place.left + 23, row, "left", colours.ink);
          const next = place.left + 23 + pen.measureText(words).width + 18;
          for (const shift of [0, 7, 14]) box(colours.ink, next + shift, row - .6, next + shift + 4, row + .6);
          text("at the machine that lacks most", next + 23, row, "left", colours.ink);
        };
        const drawViolation = () => {
          if (!run.violation || run.violation.time < view.from || run.violation.time > view.to) return;
          const at = x(run.violation.time), words = "✕ " + run.violation.oracle;
          box(colours.bad, at - 1, place.top - 6, at + 1, place.curveBottom);
          pen.font = "600 11px system-ui, 'DejaVu Sans', sans-serif";
          const width = pen.measureText(words).width + 10, left = Math.min(Math.max(place.left, at - width / 2), place.right + 22 - width);
          box(colours.bad, left, place.top - 10, left + width, place.top + 6);
          text(words, left + 5, place.top - 2, "left", colours.halo, "11px", "600");
          if (run.violation.lane === null) return;
          // Beside the line: what happened just before stays to be seen.
          const top = place.tops[run.violation.lane], height = place.heights[run.violation.lane];
          const size = Math.max(4, Math.min(8, height / 3)), centre = at + size + 5;
          pen.beginPath();
          pen.arc(centre, top + height / 2, size + 3, 0, 7);
          pen.fillStyle = colours.halo;
          pen.fill();
          pen.strokeStyle = colours.bad;
          pen.lineWidth = 2;
          pen.stroke();
          pen.beginPath();
          for (const way of [1, -1]) {
            pen.moveTo(centre - size * .5, top + height / 2 - way * size * .5);
            pen.lineTo(centre + size * .5, top + height / 2 + way * size * .5);
          }
          pen.stroke();
        };
        const draw = () => {
          readColours();
          layOut();
          pen = chart.getContext("2d");
          pen.clearRect(0, 0, figure.clientWidth, place.height);
          const peaks = { trade: peak(["sales", "writes"]), flow: peak(["sent", "received"]) };
          lanes.forEach((_, index) => {
            box(colours.lane, place.left, place.tops[index], place.right, place.tops[index] + place.heights[index], place.gap ? 1 : .6);
          });
          drawAxis();
          const each = paint => lanes.forEach((lane, index) => paint(lane, place.tops[index], place.heights[index], peaks));
          each(drawGround);
          each(drawTrade);
          drawArrows();
          each(drawMeetings);
          each(drawMarks);
          drawNames();
          drawCurve();
          drawViolation();
        };
        """#
}
