/** The report's style sheet: light and dark, phone and desk, screen and A4. */
export const STYLE = `
:root{
--paper:#fbfaf7;--card:#fff;--ink:#1b1d22;--soft:#50565f;--faint:#666c76;--line:#e3e0d8;--tint:#f3f1ea;
--accent:#1f4e79;
--consistent:#2a7353;--vague:#8f5a05;--undeclared:#b53c0b;--undeclared-recipient:#a3123a;--unobserved:#666e7a;--undecided:#5a559c;
--critical:#8f0f2f;--high:#b4230f;--medium:#8f5a05;--low:#49698c;--info:#6b7280;
--before-consent:#b53c0b;--after-consent:#2a7353;--refused:#8f0f2f;--unknown:#49698c;
--radius:10px}
@media (prefers-color-scheme:dark){:root{
--paper:#14161a;--card:#1b1e24;--ink:#e9e7e1;--soft:#b0b5bf;--faint:#949ba7;--line:#2e323a;--tint:#22262d;--accent:#8fb9e3;
--consistent:#58b98c;--vague:#dea23d;--undeclared:#f0834d;--undeclared-recipient:#f0688c;--unobserved:#9aa2ae;--undecided:#a5a0ee;
--critical:#ff7d97;--high:#f5836a;--medium:#dea23d;--low:#8fb0d4;--info:#9aa2ae;
--before-consent:#f0834d;--after-consent:#58b98c;--refused:#ff7d97;--unknown:#8fb0d4}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif;overflow-wrap:break-word}
main{max-width:1080px;margin:0 auto;padding:0 24px}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:3px}
h1,h2,h3,h4{line-height:1.25;margin:0;text-wrap:balance}
h2{font-size:1.6rem;font-weight:650;letter-spacing:-.01em;margin:0 0 6px}
h3{font-size:1.15rem;font-weight:650}
section{padding:44px 0 8px;scroll-margin-top:12px}
section>.lead{color:var(--soft);max-width:46em;margin:0 0 18px}
code,.mono{font:0.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
.soft{color:var(--soft)}.faint{color:var(--faint)}.small{font-size:.86rem}.nowrap{white-space:nowrap}
.kicker{color:var(--faint);font-size:.82rem;letter-spacing:.08em;margin:0}
header.cover{padding:48px 0 10px}
header.cover h1{font-size:clamp(1.9rem,5.2vw,3rem);font-weight:700;letter-spacing:-.02em;margin:6px 0 14px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:10px 24px;margin:0 0 28px;padding:0}
.facts div{min-width:0}.facts dt{color:var(--faint);font-size:.8rem}.facts dd{margin:0;overflow-wrap:anywhere}
.conclusion{background:var(--card);border:1px solid var(--line);border-left:6px solid var(--tone);border-radius:var(--radius);padding:22px 26px}
.conclusion.bad{--tone:var(--high)}.conclusion.blind{--tone:var(--undecided)}.conclusion.good{--tone:var(--consistent)}
.conclusion h2{font-size:clamp(1.35rem,3.6vw,1.9rem);color:var(--tone);margin:0 0 8px}
.conclusion p{margin:0;max-width:52em}.conclusion p+p{margin-top:8px;color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(6,1fr);gap:0;margin:18px 0;border:1px solid var(--line);border-radius:var(--radius);background:var(--card);overflow:hidden}
.tile{padding:14px 16px;box-shadow:-1px -1px 0 var(--line)}
.tile b{display:block;font-size:1.75rem;line-height:1.15;font-weight:650;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:.84rem}.tile.warn b{color:var(--high)}.tile.open b{color:var(--undecided)}
.bar{display:flex;height:14px;border-radius:7px;overflow:hidden;gap:2px;margin:20px 0 8px}
.bar i{display:block;background:var(--c);min-width:4px}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0;padding:0;list-style:none;font-size:.86rem;color:var(--soft)}
.legend i{display:inline-block;width:.72em;height:.72em;border-radius:3px;background:var(--c);margin-right:.45em}
.c-consistent{--c:var(--consistent)}.c-vague{--c:var(--vague)}.c-undeclared{--c:var(--undeclared)}.c-undeclared-recipient{--c:var(--undeclared-recipient)}.c-unobserved{--c:var(--unobserved)}.c-undecided{--c:var(--undecided)}
.c-critical{--c:var(--critical)}.c-high{--c:var(--high)}.c-medium{--c:var(--medium)}.c-low{--c:var(--low)}.c-info{--c:var(--info)}
.c-before-consent{--c:var(--before-consent)}.c-after-consent{--c:var(--after-consent)}.c-refused{--c:var(--refused)}.c-unknown{--c:var(--unknown)}
.badge{display:inline-block;border-radius:99px;padding:.08em .7em;font-size:.8rem;font-weight:600;color:var(--c);border:1.5px solid var(--c);white-space:nowrap;line-height:1.5}
.badge.full{background:var(--c);color:var(--card)}
.tag{display:inline-block;border-radius:5px;padding:0 .5em;font-size:.78rem;background:var(--tint);color:var(--soft);white-space:nowrap}
.findings{list-style:none;margin:26px 0 0;padding:0;border-top:1px solid var(--line)}
.findings li{display:grid;grid-template-columns:5.2em 1fr;gap:4px 14px;padding:14px 2px;border-bottom:1px solid var(--line);break-inside:avoid}
.findings h3 a{color:inherit;text-decoration:none}.findings h3 .tag{margin-left:.5em;font-weight:400;vertical-align:.12em}
.findings p{margin:3px 0 0}
nav ol{display:flex;flex-wrap:wrap;gap:4px 22px;list-style:none;margin:26px 0 0;padding:12px 0;border-block:1px solid var(--line);font-size:.92rem}
.scroll{overflow-x:auto;margin:0 -24px;padding:0 24px 8px;-webkit-overflow-scrolling:touch}
svg{display:block;max-width:none}
svg text{fill:var(--ink);font:13px system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif}
svg .s{fill:var(--soft)}svg .f{fill:var(--faint);font-size:12px}svg .line{stroke:var(--line)}svg .in{fill:var(--card);font-weight:650}
svg .on{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}svg a:hover{opacity:.75}
.party{margin:30px 0 0;padding:18px 0 0;border-top:2px solid var(--ink)}
.party>h3{font-size:1.3rem}.party>h3 .tag{vertical-align:.2em;margin-left:.4em;font-weight:400}
.party>dl{display:flex;flex-wrap:wrap;gap:2px 26px;margin:6px 0 0;font-size:.88rem}
.party>dl div{display:flex;gap:.5em;min-width:0}.party>dl dt{color:var(--faint);white-space:nowrap}.party>dl dd{margin:0;overflow-wrap:anywhere}
article{background:var(--card);border:1px solid var(--line);border-radius:var(--radius);margin:14px 0 0;padding:16px 20px;scroll-margin-top:12px}
article:target,li:target,tr:target{outline:2px solid var(--accent);outline-offset:2px}
article>header{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 12px;margin-bottom:10px}
article h4{font-size:1.08rem}article>header .why{color:var(--soft);font-size:.88rem}
.sides{display:grid;grid-template-columns:1fr 1fr;gap:14px 26px}
.sides h5{margin:0 0 4px;color:var(--faint);font-size:.8rem;font-weight:500}
.sides blockquote{margin:0;padding-left:12px;border-left:3px solid var(--line);display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:7;overflow:hidden}
.sides p{margin:0}
.violations{list-style:none;margin:14px 0 0;padding:0;display:grid;gap:8px}
.violations li{border-left:3px solid var(--c);padding-left:12px}
.violations p{margin:0}.violations .basis{color:var(--soft);font-size:.84rem}.basis summary{cursor:pointer;color:var(--faint)}
table{border-collapse:collapse;width:100%;font-size:.86rem}
th{font-weight:500;color:var(--faint);text-align:left;font-size:.8rem;white-space:nowrap}
th,td{padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.evidence{margin:14px 0 0;overflow-x:auto}
.evidence td{white-space:nowrap}.evidence td.wrap{white-space:normal;min-width:8em;overflow-wrap:anywhere}
.chain code{background:var(--tint);border-radius:4px;padding:.05em .4em;box-decoration-break:clone;-webkit-box-decoration-break:clone}
.chain i{color:var(--faint);font-style:normal;padding:0 .25em}
.open h3{margin-top:24px}.open ul{padding-left:1.2em;margin:6px 0 0;columns:2;column-gap:30px}
.open li{break-inside:avoid}
ol.method{padding-left:1.3em;max-width:50em}ol.method li{margin:6px 0}
dl.means{display:grid;grid-template-columns:max-content 1fr;gap:6px 16px;margin:18px 0;max-width:54em}
dl.means dt{text-align:left}dl.promises{display:grid;grid-template-columns:max-content 1fr;gap:8px 20px;margin:14px 0;max-width:60em}dl.promises dt{color:var(--faint)}dl.promises dd{margin:0}
mark{background:none;color:inherit;font-weight:650;box-shadow:inset 0 -.45em 0 var(--tint);border-bottom:1.5px solid var(--accent)}dl.means dd{margin:0;color:var(--soft)}
footer{max-width:1080px;margin:30px auto 0;padding:16px 24px 40px;color:var(--faint);font-size:.84rem;border-top:1px solid var(--line)}
@media screen and (max-width:760px){
main,footer{padding-left:16px;padding-right:16px}.scroll{margin:0 -16px;padding:0 16px 8px}
section{padding-top:34px}header.cover{padding-top:28px}
.facts{grid-template-columns:repeat(2,1fr)}.tiles{grid-template-columns:repeat(2,1fr)}.conclusion{padding:18px}
.findings li{grid-template-columns:1fr}.sides{grid-template-columns:1fr}article{padding:14px}
.open ul{columns:1}dl.means{grid-template-columns:1fr;gap:2px}dl.means dd{margin-bottom:10px}
table.stack,table.stack tbody,table.stack tr,table.stack td{display:block}
table.stack thead{display:none}table.stack tr{border-bottom:1px solid var(--line);padding:10px 0}
table.stack td{border:0;padding:1px 0;text-align:left!important}
table.stack td[data-l]::before{content:attr(data-l) " ";color:var(--faint);font-size:.8rem}
}
@page{size:A4;margin:13mm 14mm 16mm;@bottom-right{content:counter(page) " / " counter(pages);font:7.5pt system-ui,sans-serif;color:#777}}
@media print{
:root{--paper:#fff;--card:#fff;--ink:#111;--soft:#444;--faint:#777;--line:#ccc;--tint:#f2f2f2;--accent:#1f4e79;
--consistent:#2a7353;--vague:#8f5a05;--undeclared:#b53c0b;--undeclared-recipient:#a3123a;--unobserved:#666e7a;--undecided:#5a559c;
--critical:#8f0f2f;--high:#b4230f;--medium:#8f5a05;--low:#49698c;--info:#6b7280;
--before-consent:#b53c0b;--after-consent:#2a7353;--refused:#8f0f2f;--unknown:#49698c}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{font-size:10pt}main,footer{max-width:none;padding:0}nav{display:none}section>.lead{max-width:none;font-size:9pt;margin-bottom:8px}
header.cover{padding:0}header.cover h1{font-size:22pt;margin:2px 0 8px}section{padding-top:22px}
.facts{grid-template-columns:repeat(3,1fr);gap:4px 18px;margin-bottom:12px}.conclusion{padding:9px 16px}.conclusion h2{font-size:14pt;margin-bottom:3px}.conclusion p{font-size:9pt;max-width:none}.conclusion p+p{margin-top:2px}.facts dd{font-size:8.6pt}.facts dt{font-size:7.4pt}.tile span{font-size:7.6pt}
.tiles{margin:10px 0}.tile{padding:7px 10px}.tile b{font-size:15pt}.bar{margin:10px 0 5px;height:9px}
#summary{padding-top:12px!important}#summary h2{font-size:13pt}.findings{margin-top:6px}.findings li{padding:5px 0;grid-template-columns:4em 1fr}
.findings li{padding:3px 0!important}.findings h3{font-size:9.6pt}.findings p{font-size:8.4pt;line-height:1.35;margin:0;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}.findings .badge{font-size:7.4pt}.findings li>div{min-width:0}.findings p.soft{display:none}
.findings:not(:has(li:nth-child(9))) p:not(.soft){white-space:normal;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2}.findings:not(:has(li:nth-child(9))) p.soft{display:block}
.basis{display:none}#timeline,#flows,#matrix{break-inside:avoid}
section.first{break-before:page}.tiles{grid-template-columns:repeat(6,1fr)}
h2,h3,.party>h3,.party>dl,article>header,section>.lead,thead{break-after:avoid}thead{display:table-header-group}
article,.violations li,tr,.conclusion,.tiles,.party>dl,dl.promises{break-inside:avoid}
article.long{break-inside:auto}
.party{margin-top:18px;padding-top:10px}article{padding:9px 14px;margin-top:9px}article>header{margin-bottom:4px}.badge{font-size:7.2pt}
.sides{font-size:8.8pt;line-height:1.45}.sides .small,.sides .soft{font-size:8pt}.violations{gap:3px;margin-top:7px;font-size:8.6pt;line-height:1.4}.evidence{margin-top:7px}
.scroll{overflow:visible;margin:0;padding:0}.scroll svg{max-width:100%;max-height:228mm;width:auto;height:auto}
.proof table,.unseen table,table.rules{table-layout:fixed}.unseen th:nth-child(1){width:27%}.unseen th:nth-child(2){width:14%}.unseen th:nth-child(3){width:25%}.unseen td{white-space:normal!important}.proof th{white-space:normal}.proof th:nth-child(1){width:9%}.proof th:nth-child(2){width:22%}.proof th:nth-child(3){width:9%}.proof th:nth-child(4){width:13%}.proof th:nth-child(5){width:13%}.proof th:nth-child(6){width:13%}.proof th:nth-child(7){width:8%}.proof th:nth-child(8){width:6%}
.proof td{white-space:normal!important;overflow-wrap:anywhere}.proof td.nowrap{white-space:nowrap!important}
table.rules,table.rules .small{font-size:7.6pt;line-height:1.4}table.rules th:nth-child(1){width:17%}table.rules th:nth-child(2){width:25%}table.rules th:nth-child(3){width:38%}
.evidence{overflow:visible}.evidence table{font-size:7.4pt}.evidence th{font-size:7pt}.evidence th,.evidence td{padding:3px 7px 3px 0}.evidence td.wrap{min-width:0}
.sides{grid-template-columns:1fr 1fr}.sides blockquote{-webkit-line-clamp:none;display:block}
a{color:inherit;text-decoration:none}
}
`;
