/// How the page looks, in the light and in the dark.
enum PictureStyle {
    static let text = #"""
        :root {
          color-scheme: light dark;
          --page: #fbfaf7; --panel: #ffffff; --ink: #22262c; --dim: #6a717c; --line: #dfddd6; --lane: #f3f1ec;
          --differs: #e5a23a; --cut: #566176; --off: #3f4650; --poor: #a49a86; --connected: #5c9a6b;
          --sales: #3f74b5; --writes: #8fb4dc; --sent: #15887a; --received: #8257a8;
          --mark: #b3312c; --soft: #57606c; --met: #2f7d46; --bad: #c22436; --halo: #ffffff;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #16181c; --panel: #1d2025; --ink: #e4e5e7; --dim: #979eaa; --line: #33373e; --lane: #23272d;
            --differs: #c98a2b; --cut: #7f92b8; --off: #b4b9c1; --poor: #8d8474; --connected: #5fa872;
            --sales: #6aa3e6; --writes: #47698f; --sent: #35b5a4; --received: #b189d8;
            --mark: #f0736c; --soft: #b4bcc8; --met: #6cc587; --bad: #ff6272; --halo: #16181c;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 14px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
        header, main { max-width: 1500px; margin: 0 auto; padding: 0 24px; }
        header { padding-top: 20px; }
        h1 { font-size: 22px; font-weight: 650; margin: 0; display: flex; flex-wrap: wrap; gap: 12px; align-items: center; }
        .verdict { font-size: 13px; font-weight: 600; padding: 3px 10px; border-radius: 999px; border: 1.5px solid; }
        .held .verdict { color: var(--met); } .violated .verdict { color: var(--bad); }
        header p { margin: 6px 0; max-width: 90ch; }
        dl { display: flex; flex-wrap: wrap; gap: 6px 28px; margin: 10px 0 4px; }
        dt { font-size: 11px; color: var(--dim); text-transform: uppercase; letter-spacing: .05em; }
        dd { margin: 0; font-variant-numeric: tabular-nums; }
        .acts, .hint, .notes { color: var(--dim); font-size: 12.5px; }
        code { font: 12.5px ui-monospace, "DejaVu Sans Mono", monospace; background: var(--lane); padding: 2px 6px; border-radius: 4px;
          overflow-wrap: anywhere; }
        .finding { border-left: 4px solid var(--bad); background: var(--panel); padding: 8px 12px; margin: 10px 0; overflow-wrap: anywhere;
          max-height: 11em; overflow: auto; }
        .tools { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin: 14px 0 8px; }
        .tools span { color: var(--dim); font-size: 12.5px; margin-left: 8px; } .tools span:first-child { margin-left: 0; }
        button { font: inherit; font-size: 12.5px; color: var(--ink); background: var(--panel); border: 1px solid var(--line);
          border-radius: 6px; padding: 3px 10px; cursor: pointer; }
        button:hover { border-color: var(--dim); }
        button:focus-visible, #overlay:focus-visible { outline: 2px solid var(--sales); outline-offset: 1px; }
        figure { position: relative; margin: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
        figure canvas { display: block; } #overlay { position: absolute; left: 0; top: 0; cursor: crosshair; }
        #tip { position: absolute; pointer-events: none; max-width: 340px; background: var(--panel); border: 1px solid var(--dim);
          border-radius: 6px; padding: 7px 10px; font-size: 12.5px; line-height: 1.4; box-shadow: 0 4px 16px rgb(0 0 0 / .18); z-index: 2; }
        #tip b { display: block; } #tip span { display: block; color: var(--dim); } #tip em { font-style: normal; color: var(--bad); }
        .legend { list-style: none; margin: 12px 0 4px; padding: 0; display: grid; gap: 4px 22px;
          grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); font-size: 12.5px; }
        .legend li { display: flex; gap: 8px; align-items: center; } .legend canvas { flex: none; }
        .notes { margin: 10px 0; padding-left: 18px; }
        details { margin: 14px 0 32px; } summary { cursor: pointer; }
        .scrolling { overflow-x: auto; }
        table { border-collapse: collapse; margin-top: 8px; font-size: 12.5px; font-variant-numeric: tabular-nums; }
        th, td { text-align: right; padding: 3px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: 400; }
        thead th { color: var(--dim); } th:first-child { text-align: left; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        """#
}
