// The look of the page: colours as variables for light and dark, type, layout, print. No external font or image.

/** Colours by name. Text on each ground has a contrast of at least 4.5; parts differ in lightness as well as hue. */
export const PALETTE = {
  light: {
    "paper": "#f6f4ef", "card": "#fffefb", "ink": "#1b2430", "quiet": "#58616d", "rule": "#dcd7cc", "link": "#1d4f80", "focus": "#b4480f",
    "claims": "#2f6690", "cost": "#b7791f", "people": "#4b7f6b", "track": "#e4dfd3", "faint": "#f0ece3", "edge": "#8b8577",
    "part-1": "#1f4e79", "part-2": "#a9c1d6", "part-3": "#c98a2b", "part-4": "#8a8f98",
    "area-1": "#1c4566", "area-2": "#28597f", "area-3": "#376c93", "area-4": "#4a7699", "area-rest": "#666e79", "on-area": "#ffffff",
    "warning": "#9a2b12", "warning-ground": "#fbeae3",
  },
  dark: {
    "paper": "#10151b", "card": "#171d25", "ink": "#e9e6df", "quiet": "#a3abb6", "rule": "#2d3641", "link": "#8fc1ec", "focus": "#f2a65a",
    "claims": "#6ba6d6", "cost": "#dba24a", "people": "#78b79c", "track": "#2f3843", "faint": "#212932", "edge": "#6d7784",
    "part-1": "#7fb5e2", "part-2": "#36536e", "part-3": "#dba24a", "part-4": "#7c838d",
    "area-1": "#8abce4", "area-2": "#76a9d2", "area-3": "#6699c2", "area-4": "#5e8fb6", "area-rest": "#8b939e", "on-area": "#0c1116",
    "warning": "#ffb199", "warning-ground": "#3a1d14",
  },
} as const;

const variables = (colors: Readonly<Record<string, string>>) => Object.entries(colors).map(([name, value]) => `--${name}:${value}`).join(";");

export const STYLE = `
:root{color-scheme:light dark;${variables(PALETTE.light)};--serif:"Iowan Old Style","Palatino Linotype",Palatino,"Book Antiqua",Georgia,"Liberation Serif",serif;--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif}
@media (prefers-color-scheme:dark){:root{${variables(PALETTE.dark)}}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:4rem;-webkit-text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:400 1rem/1.5 var(--sans);font-variant-numeric:tabular-nums lining-nums}
header,main,footer,.controls{max-width:80rem;margin-inline:auto;padding-inline:clamp(1rem,3vw,2.5rem)}
h1,h2,h3{font-family:var(--serif);font-weight:600;line-height:1.15;margin:0;text-wrap:balance}
h1{font-size:clamp(2.2rem,5vw,3.4rem);letter-spacing:-.015em}
h2{font-size:clamp(1.6rem,3vw,2.1rem)}
h3{font-size:1.2rem}
p{margin:0}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-999rem;background:var(--card);padding:.6rem 1rem;z-index:3}
.skip:focus{left:1rem;top:1rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
header{display:grid;grid-template-columns:minmax(0,1.3fr) minmax(0,1fr);gap:2rem 4rem;padding-block:clamp(2rem,5vw,4rem) 2rem;align-items:end}
.lead{font-size:1.1rem;color:var(--quiet);margin-top:.75rem;max-width:38rem;text-wrap:pretty}
.facts{margin:0;font-size:.875rem;border-top:2px solid var(--ink)}
.facts div{display:grid;grid-template-columns:7.5rem minmax(0,1fr);padding:.4rem 0;border-bottom:1px solid var(--rule)}
.facts dt{color:var(--quiet)}
.facts dd{margin:0;overflow-wrap:anywhere}
.controls{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 2rem;background:var(--paper);max-width:none;border-block:1px solid var(--rule);padding-inline:max(clamp(1rem,3vw,2.5rem),calc((100vw - 80rem)/2 + clamp(1rem,3vw,2.5rem)))}
nav ul{display:flex;flex-wrap:wrap;gap:0 1.5rem;list-style:none;margin:0;padding:0}
nav a{display:block;padding:.75rem 0;color:var(--ink);text-decoration:none;border-bottom:3px solid transparent;font-weight:500}
nav a:hover,nav a[aria-current]{border-bottom-color:var(--link)}
.choices{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem 1rem;padding:.5rem 0;font-size:.9rem}
.choices[hidden],.slicer[hidden],.search[hidden]{display:none}
.choices label{color:var(--quiet)}
select,input,.choices button{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--edge);border-radius:4px;padding:.3rem .5rem}
select{max-width:min(15rem,60vw)}
.choices button{cursor:pointer}
.choice{font-weight:600;margin-top:1rem}
.choice:empty{display:none}
.search{margin-top:1.25rem;max-width:34rem}
.search label{display:block;font-weight:600;margin-bottom:.35rem}
.search input{width:100%;font-size:1.05rem;padding:.55rem .7rem}
.search .found{font-size:.875rem;color:var(--quiet);margin-top:.4rem;min-height:1.3rem}
.search ul{list-style:none;margin:.25rem 0 0;padding:0;columns:2 14rem}
.search li{padding:.2rem 0;break-inside:avoid}
.body>.empty{margin-top:1.5rem}
.live:not(.all-pages) .page:not(.current){display:none}
.choice.subject{font:600 1.5rem/1.25 var(--serif)}
.page{padding-block:clamp(2rem,4vw,3.5rem) 0}
.tiles{display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:1.5rem;margin-top:1.75rem}
.tile{display:flex;flex-direction:column;min-width:0;container-type:inline-size;background:var(--card);border:1px solid var(--rule);border-radius:6px;padding:clamp(1.1rem,2vw,1.6rem)}
.half{grid-column:span 3}.third{grid-column:span 2}.whole{grid-column:1/-1}
.meaning,.caveats{font-size:.875rem;color:var(--quiet);max-width:60rem;text-wrap:pretty}
.meaning{margin-top:.45rem}
.tile .meaning{margin-bottom:.3rem}
.caveats{font-size:.8125rem;margin-bottom:1.1rem}
.caveats a{color:inherit;text-decoration-color:var(--edge);text-underline-offset:.15em}
.caveats strong{font-weight:600}
.cards{background:none;border:0;padding:0}
.cards dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(9rem,100%),1fr));gap:0 2rem;margin:0}
.cards dl>div{display:grid;grid-row:span 3;grid-template-rows:subgrid;gap:0;min-width:0;border-top:2px solid var(--ink);padding:.7rem 0 1rem}
.cards dt{font-size:.9rem;color:var(--quiet)}
.cards dd{margin:0}
.figure{font:600 2.1rem/1.2 var(--serif)}
.exact{font-size:.8rem;color:var(--quiet);overflow-wrap:anywhere}
.chart{margin-bottom:auto}
ol.bars,.splits,.columns{list-style:none;margin:0;padding:0}
ol.bars>li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.2rem 1rem;align-items:baseline;padding:.3rem 0}
.name{min-width:0;overflow-wrap:anywhere;line-height:1.3;font-size:.9rem}
.value{font-weight:600;font-size:.9rem;white-space:nowrap}
small{font-weight:400;font-size:.8125rem;color:var(--quiet)}
.value small{display:inline-block;min-width:6.5em;margin-left:.6em;text-align:right}
@container (max-width:26rem){ol.bars>li:has(.name small)>.name{display:contents}ol.bars .name small{grid-area:2/1/3/-1}ol.bars>li:has(.name small)>.value{grid-area:1/2}ol.bars>li:has(.name small)>.track{grid-area:3/1/4/-1}}
svg{display:block;width:100%}
.track{grid-column:1/-1;height:.7rem;background:var(--faint);border-radius:2px;overflow:visible}
.mark{fill:var(--ink);stroke:var(--card);stroke-width:2px;paint-order:stroke;transform:translateX(-1.5px)}
${["claims", "cost", "people", "part-1", "part-2", "part-3", "part-4"].map((tone) => `.${tone}{background:var(--${tone});fill:var(--${tone})}`).join("")}
.sum{display:flex;justify-content:space-between;gap:1rem;font-size:.9rem;margin-bottom:.35rem}
.sum span{color:var(--quiet)}
.strip{height:1.1rem;background:var(--track);border-radius:2px}
.sum+.strip{margin-bottom:1rem}
.strip>:nth-child(even):not([class^=part]){opacity:.7}
.splits>li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.3rem 1rem;align-items:baseline;padding:.45rem 0}
.splits .name{color:var(--quiet)}
.splits .strip{flex:0 0 100%;height:1.25rem}
.trends{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),1fr));gap:1.5rem 3rem}
.of{font-size:.9rem;color:var(--quiet);margin-bottom:.6rem}
.columns{display:flex;gap:clamp(2px,2%,1.2rem);height:12rem}
.columns>li{flex:1 1 0;max-width:6rem;min-width:0;display:flex;flex-direction:column;justify-content:flex-end;align-items:center;text-align:center}
.columns .value{font-size:.8125rem}
.columns .name{overflow-wrap:normal}
.rise{flex:0 1 9rem;min-height:0;border-bottom:1px solid var(--ink)}
.trends rect{opacity:.6}
.trends .here rect{opacity:1}.here .name{font-weight:600}
.trends ol.bars{display:grid;grid-template-columns:auto minmax(0,1fr) auto;gap:0 1rem}
.trends ol.bars>li{grid-column:1/-1;grid-template-columns:subgrid;align-items:center}
.trends .track{grid-area:1/2;height:1.1rem}
.trends .bars .value{grid-area:1/3;text-align:right}
.aside{font-size:.875rem;color:var(--quiet);margin-top:.75rem}
.treemap-wide{height:31rem}.treemap-narrow{height:35rem}
.area{height:100%;overflow:hidden;padding:.35rem .45rem;border:1px solid var(--card);color:var(--on-area);font-size:.8125rem;line-height:1.25}
.area span{display:block;overflow:hidden;text-overflow:ellipsis}
.area strong{font-weight:600}
.area-1{background:var(--area-1)}.area-2{background:var(--area-2)}.area-3{background:var(--area-3)}.area-4{background:var(--area-4)}.area-rest{background:var(--area-rest)}
.treemap-wide{display:none}
@container (min-width:560px){.treemap-wide{display:block}.treemap-narrow{display:none}}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:0 0 .9rem;padding:0;font-size:.875rem}
.swatch{display:inline-block;width:.8em;height:.8em;margin-right:.45em;border-radius:2px;vertical-align:-.05em}
.swatch.tick{width:3px;background:var(--ink);margin-inline:.3em .6em}
.empty{padding:2rem 1rem;text-align:center;color:var(--quiet);border:1px dashed var(--rule);border-radius:4px}
.csv{display:none;font:inherit;font-size:.875rem;color:var(--link);background:none;border:1px solid var(--rule);border-radius:4px;padding:.15rem .6rem;cursor:pointer;align-self:flex-end}
.csv:hover{border-color:var(--link)}
.live .csv{display:block}
.tile.cards{position:relative}
.cards h3{padding-right:4rem}
.tile.cards .csv{position:absolute;top:0;right:0}
details+.csv{margin-top:-1.75rem;position:relative}
details[open]+.csv{margin-top:.75rem}
details{margin-top:1.1rem;border-top:1px solid var(--rule)}
summary{cursor:pointer;padding:.65rem 0 0;font-size:.9rem;font-weight:500;color:var(--link);width:fit-content}
.scroll{overflow-x:auto;margin-top:.75rem;background:linear-gradient(to left,var(--card) 40%,transparent) right/3rem 100% no-repeat local,linear-gradient(to left,var(--track),transparent) right/.9rem 100% no-repeat scroll}
table{border-collapse:collapse;width:100%;font-size:.8125rem}
caption{text-align:left;font-weight:600;padding-bottom:.5rem}
caption span{display:inline-block;position:sticky;left:0;max-width:calc(100cqw - 1rem)}
th,td{padding:.4rem .75rem .4rem 0;text-align:left;vertical-align:baseline;border-bottom:1px solid var(--rule);font-weight:400}
thead th{color:var(--quiet);vertical-align:bottom;line-height:1.3}
tbody th{min-width:8rem}
tbody th,tfoot th{position:sticky;left:0;background:var(--card)}
.n{text-align:right;white-space:nowrap;padding-right:0;padding-left:.9rem}
thead .n{white-space:normal;min-width:4.5rem}
.key{color:var(--quiet);white-space:nowrap}
.rest>*{color:var(--quiet)}
tfoot>tr>*{font-weight:600;border-bottom:0;border-top:2px solid var(--ink)}
.two{display:grid;grid-template-columns:minmax(0,1.4fr) minmax(0,1fr);gap:2rem 4rem;margin-top:1.5rem}
.about h3{margin-bottom:.6rem}
.two p+h3,.two ul+h3{margin-top:1.75rem}
.about>h3{margin-top:3rem}
.about ul{margin:.4rem 0 0;padding-left:1.1rem}
.about li{margin-bottom:.7rem;max-width:44rem;text-wrap:pretty}
h4{font:600 1.1rem/1.3 var(--serif);margin:2rem 0 0}
h5{font:600 .85rem/1.3 var(--sans);color:var(--quiet);margin:1.5rem 0 .4rem}
.words{margin:0;columns:2 24rem;column-gap:4rem}
.words>div{padding:.5rem 0;border-bottom:1px solid var(--rule);break-inside:avoid}
.words dt{font-weight:600}
.words dt .key{font-weight:400;font-size:.875rem;margin-left:.4em}
.words dd{margin:0}
.how{font-size:.8125rem;color:var(--quiet)}
code{font-size:.9em;overflow-wrap:anywhere}
.warning{color:var(--warning);background:var(--warning-ground);padding:.6rem .8rem;border-left:4px solid var(--warning);margin-top:.5rem}
footer{margin-top:3rem;padding-block:1.25rem 2.5rem;font-size:.875rem;color:var(--quiet);overflow-wrap:anywhere}
@media (max-width:73rem){.third{grid-column:1/-1}}
@media (max-width:52rem){.half{grid-column:1/-1}}
@media (max-width:48rem){
nav{width:100%;margin-inline:-1rem;flex:none;min-width:calc(100% + 2rem)}
nav ul{flex-wrap:nowrap;overflow-x:auto;scrollbar-width:none;padding-inline:1rem;white-space:nowrap;mask-image:linear-gradient(to left,transparent,#000 2rem)}
nav li:last-child{padding-right:1.5rem}
nav a{outline-offset:-3px}
.choices{display:grid;grid-template-columns:auto minmax(0,1fr) minmax(0,1fr);gap:.5rem;width:100%}
.choices .word{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.choices select{width:100%}
.choices select,.choices button{min-height:2.6rem}
.choices:not(:has(.slicer[hidden])) .print{grid-column:2/-1}
.controls{position:static}html{scroll-padding-top:1rem}header,.two{grid-template-columns:minmax(0,1fr)}header{padding-block:1.5rem;gap:1.25rem}.figure{font-size:1.75rem}
}
@media print{
:root{${variables(PALETTE.light)};--paper:#fff;--card:#fff;font-size:10px}
@page{margin:14mm}
.controls,.skip,.csv,.search,.page:not(:has(.tile)):not(.about){display:none!important}
header{grid-template-columns:minmax(0,1fr) 20rem;padding-block:0 1rem}
h1{font-size:2.4rem}
.page{padding-top:0}
.page~.page{break-before:page}.live:not(.all-pages) .page{break-before:auto}
.tiles{gap:1rem;margin-top:1rem}
.tile{break-inside:avoid;grid-column:1/-1}
.tile:has(tr:nth-child(40)){break-inside:auto}
tr,.words>div,li{break-inside:avoid}
h2,h3,h4,h5,.meaning,.caveats,thead{break-after:avoid}
ol.bars>li{grid-template-columns:minmax(0,16rem) minmax(0,1fr) minmax(5rem,auto);align-items:center;padding:.1rem 0}
ol.bars .track{grid-area:1/2}
ol.bars .value{grid-area:1/3;text-align:right}
ol.bars .name small{display:none}
.columns{height:9rem}
.treemap-wide{height:22rem}
.swatch,.strip,.area{print-color-adjust:exact;-webkit-print-color-adjust:exact}
details::details-content{content-visibility:visible;display:block;block-size:auto}
summary{display:none}
.scroll{overflow:visible;background:none}
.tile a,.caveats a{color:inherit;text-decoration:none}
table{font-size:.85rem;line-height:1.3}
tfoot{display:table-row-group}
.cards dl{column-gap:1rem}
th,td{padding:.15rem .45rem .15rem 0}
.n,thead .n{padding-left:.5rem;padding-right:0;min-width:0}
tbody th{min-width:9rem}
}
`;
