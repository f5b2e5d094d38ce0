namespace DeepGen;

/// <summary>The style sheet of the report: one set of names, two sets of colours.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root {
          --page: #f6f7f9; --card: #ffffff; --ink: #1b2430; --muted: #667085; --line: #e3e7ed; --grid: #eceff3; --wash: #f4f6f9;
          --hit: #2563c9; --miss: #d9480f; --good: #1a7f4b; --on-strong: #ffffff; --kept: #eaf1fd; --warn: #b54708; --warn-page: #fffaf2; --warn-line: #f5d9a8;
          --c0: #2563c9; --c1: #d9730d; --c2: #1a8f5a; --c3: #b4389e; --c4: #7a52cc; --c5: #c93a3a; --c6: #0e8fa3; --c7: #8a6d1f;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #11151b; --card: #191f28; --ink: #e6eaf0; --muted: #94a0b3; --line: #2a323e; --grid: #262e39; --wash: #131820;
            --hit: #4c86e0; --miss: #e8673a; --good: #4cc38a; --on-strong: #ffffff; --kept: #1f2c42; --warn: #f5b65d; --warn-page: #231c10; --warn-line: #55401c;
            --c0: #6ea8fe; --c1: #f5a453; --c2: #57c893; --c3: #e58ad3; --c4: #b39af0; --c5: #f08a8a; --c6: #5fcbdc; --c7: #d6bb6a;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; font-variant-numeric: tabular-nums; }
        main { max-width: 1160px; margin: 0 auto; padding: 40px 24px 64px; }
        header { margin-bottom: 24px; }
        h1 { font-size: 30px; line-height: 1.2; letter-spacing: -0.015em; margin: 4px 0 6px; font-weight: 650; overflow-wrap: anywhere; }
        h2 { font-size: 16px; margin: 0 0 6px; font-weight: 620; }
        h3 { font-size: 13.5px; margin: 14px 0 6px; font-weight: 600; color: var(--muted); }
        p { margin: 0 0 12px; }
        .eyebrow { color: var(--c0); font-size: 12px; font-weight: 650; letter-spacing: 0.08em; text-transform: uppercase; margin: 0; }
        .muted { color: var(--muted); font-size: 13.5px; }
        .status { display: inline-block; border-radius: 999px; padding: 1px 10px; margin-right: 6px; font-size: 12.5px; font-weight: 600; color: var(--muted); background: var(--grid); }
        .status.running { color: var(--c0); background: color-mix(in srgb, var(--c0) 14%, transparent); }
        .status.running::before { content: ""; display: inline-block; width: 7px; height: 7px; margin-right: 6px; border-radius: 50%; background: currentColor; animation: pulse 1.6s ease-in-out infinite; }
        .status.finished { color: var(--good); background: color-mix(in srgb, var(--good) 14%, transparent); }
        .status.failed { color: var(--miss); background: color-mix(in srgb, var(--miss) 14%, transparent); }
        @keyframes pulse { 50% { opacity: 0.25; } }
        section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; margin-bottom: 18px; min-width: 0; }
        section.warnings { background: var(--warn-page); border-color: var(--warn-line); }
        .warnings h2, .warnings b { color: var(--warn); }
        .warnings ul { margin: 0; padding: 0; list-style: none; } .warnings li { padding: 6px 0; font-size: 14px; } .warnings .muted { font-size: 12.5px; margin-left: 6px; }
        .two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 0 18px; align-items: start; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 8px 28px; }
        .tile .name { color: var(--muted); font-size: 13px; }
        .tile .value { font-size: 26px; font-weight: 620; letter-spacing: -0.01em; line-height: 1.3; }
        .tile.lead .value { color: var(--c0); }
        .legend { display: flex; flex-wrap: wrap; gap: 2px 20px; color: var(--muted); font-size: 13.5px; margin: 0 0 8px; }
        .legend b { color: var(--ink); font-weight: 600; }
        .legend i { display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin-right: 7px; vertical-align: middle; }
        .c0 { --c: var(--c0); } .c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); } .c4 { --c: var(--c4); } .c5 { --c: var(--c5); } .c6 { --c: var(--c6); } .c7 { --c: var(--c7); }
        .legend i { background: var(--c); }
        svg.chart { display: block; width: 100%; height: auto; }
        .chart text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--muted); }
        .chart .grid { stroke: var(--grid); }
        .chart .best { stroke: var(--muted); stroke-dasharray: 3 4; }
        .chart .curve { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .chart .dot { fill: var(--c); }
        .chart .target { fill: transparent; } .chart .target:hover { fill: color-mix(in srgb, var(--ink) 16%, transparent); }
        .chart .cell { fill: var(--c0); } .chart .cell.bad { fill: var(--miss); } .chart.map { max-width: 1080px; }
        .chart .name { text-anchor: end; }
        .chart .bars { fill: var(--c); stroke: none; }
        .chart .zero { stroke: var(--muted); stroke-dasharray: 2 3; opacity: 0.7; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: 13.5px; }
        .confusion { margin: 0 auto; }
        .confusion th { font-weight: 500; color: var(--muted); text-align: right; padding: 4px 10px 4px 0; white-space: nowrap; }
        .confusion thead th { vertical-align: bottom; text-align: center; padding: 0 4px 8px; }
        .confusion thead th span { display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); }
        .confusion thead th.corner { text-align: right; padding-right: 10px; font-size: 12px; }
        .confusion td { min-width: 46px; height: 38px; padding: 0 4px; text-align: center; border: 2px solid var(--card); border-radius: 6px; background: var(--grid); }
        .confusion td.hit { background: color-mix(in srgb, var(--hit) var(--shade), var(--grid)); font-weight: 600; }
        .confusion td.miss { background: color-mix(in srgb, var(--miss) var(--shade), var(--grid)); }
        .confusion td.strong { color: var(--on-strong); }
        .confusion td.figure { background: none; min-width: 62px; color: var(--ink); }
        .confusion thead th.figure { font-size: 12.5px; padding-left: 10px; }
        .predictions { display: grid; grid-template-columns: repeat(auto-fill, minmax(108px, 1fr)); gap: 18px 12px; }
        .gallery { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-end; }
        figure { margin: 0; font-size: 12.5px; line-height: 1.4; min-width: 0; overflow-wrap: anywhere; }
        figure img { image-rendering: pixelated; border-radius: 8px; display: block; margin-bottom: 6px; background: #000; max-width: 100%; height: auto; }
        figcaption { color: var(--muted); } figcaption b { font-weight: 600; color: var(--ink); }
        .wrong figcaption { color: var(--miss); } .right figcaption { color: var(--good); }
        pre { font: 13px/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--wash); border-radius: 8px; padding: 12px 14px; margin: 0 0 10px; max-height: 420px; overflow-y: auto; }
        .facts { width: 100%; }
        .facts th, .facts td { text-align: left; padding: 6px 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
        .facts tr:first-child th, .facts tr:first-child td { border-top: 0; }
        .facts th { color: var(--muted); font-weight: 500; width: 42%; padding-right: 16px; }
        .figures { width: 100%; margin-top: 6px; }
        .figures th, .figures td { text-align: right; padding: 5px 10px; border-top: 1px solid var(--line); }
        .figures th:first-child { text-align: left; }
        .figures thead th { color: var(--muted); font-weight: 500; border-top: 0; }
        .figures tbody th { font-weight: 500; }
        .figures tr.kept td, .figures tr.kept th { background: var(--kept); font-weight: 600; }
        .figures td.bad { color: var(--miss); font-weight: 600; }
        .small { display: grid; grid-template-columns: repeat(auto-fill, minmax(228px, 1fr)); gap: 18px; }
        .small .name { font-size: 13px; font-weight: 600; overflow-wrap: anywhere; } .small .muted { font-size: 12px; }
        .small .chart { background: var(--wash); border-radius: 6px; margin-top: 4px; } .range { display: flex; justify-content: space-between; gap: 8px; white-space: nowrap; } .bad { color: var(--miss); font-size: 12.5px; }
        summary { cursor: pointer; } summary h2 { display: inline; } details[open] > summary { margin-bottom: 10px; }
        @media print { body { background: #fff; } section { break-inside: avoid; } }
        @media (prefers-reduced-motion: reduce) { .status.running::before { animation: none; } }
        """;
}
