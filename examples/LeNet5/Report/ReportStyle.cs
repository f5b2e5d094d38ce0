namespace DeepGen.Examples.Report;

/// <summary>The style sheet of the report: one set of names, two sets of colours.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root {
          --page: #f6f7f9; --card: #ffffff; --ink: #1b2430; --muted: #667085; --line: #e3e7ed; --grid: #eceff3;
          --train: #2563c9; --validation: #d9730d; --hit: #2563c9; --miss: #d9480f; --on-strong: #ffffff; --kept: #eaf1fd;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #11151b; --card: #191f28; --ink: #e6eaf0; --muted: #94a0b3; --line: #2a323e; --grid: #262e39;
            --train: #6ea8fe; --validation: #f5a453; --hit: #4c86e0; --miss: #e8673a; --on-strong: #ffffff; --kept: #1f2c42;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; font-variant-numeric: tabular-nums; }
        main { max-width: 1160px; margin: 0 auto; padding: 40px 24px 64px; }
        header { margin-bottom: 24px; }
        h1 { font-size: 30px; line-height: 1.2; letter-spacing: -0.015em; margin: 4px 0 6px; font-weight: 650; }
        h2 { font-size: 16px; margin: 0 0 6px; font-weight: 620; }
        p { margin: 0 0 12px; }
        .eyebrow { color: var(--train); font-size: 12px; font-weight: 650; letter-spacing: 0.08em; text-transform: uppercase; margin: 0; }
        .muted { color: var(--muted); font-size: 13.5px; }
        section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; margin-bottom: 18px; min-width: 0; }
        .two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 0 18px; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 4px 28px; }
        .tile .name { color: var(--muted); font-size: 13px; }
        .tile .value { font-size: 26px; font-weight: 620; letter-spacing: -0.01em; line-height: 1.3; }
        .tile.lead .value { color: var(--train); }
        .legend { display: flex; gap: 20px; color: var(--muted); font-size: 13.5px; margin: 0 0 8px; }
        .legend b { color: var(--ink); font-weight: 600; }
        .legend i { display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin-right: 7px; vertical-align: middle; }
        i.train { background: var(--train); } i.validation { background: var(--validation); }
        svg.chart { display: block; width: 100%; height: auto; }
        .chart text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--muted); }
        .chart .grid { stroke: var(--grid); }
        .chart .best { stroke: var(--muted); stroke-dasharray: 3 4; }
        .chart .curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .curve.train { stroke: var(--train); } .curve.validation { stroke: var(--validation); }
        .dot.train { fill: var(--train); } .dot.validation { fill: var(--validation); }
        .chart .target { fill: transparent; }
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
        .mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 18px 12px; }
        figure { margin: 0; font-size: 12.5px; line-height: 1.4; }
        figure img { image-rendering: pixelated; border-radius: 8px; display: block; margin-bottom: 6px; background: #000; }
        figcaption b { font-weight: 600; }
        .facts { width: 100%; }
        .facts th, .facts td { text-align: left; padding: 6px 0; border-top: 1px solid var(--line); vertical-align: top; }
        .facts tr:first-child th, .facts tr:first-child td { border-top: 0; }
        .facts th { color: var(--muted); font-weight: 500; width: 42%; padding-right: 16px; }
        .epochs { width: 100%; margin-top: 10px; }
        .epochs th, .epochs td { text-align: right; padding: 5px 10px; border-top: 1px solid var(--line); }
        .epochs th { color: var(--muted); font-weight: 500; border-top: 0; }
        .epochs tr.kept td { background: var(--kept); font-weight: 600; }
        summary { cursor: pointer; } summary h2 { display: inline; }
        @media print { body { background: #fff; } section { break-inside: avoid; } }
        """;
}
