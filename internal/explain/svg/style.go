package svg

// style is the style sheet. The frames and lines differ in width and dashes as
// well as in colour, so that the picture can be printed in black and white. The
// paper is opaque: on whatever background the picture stands, the contrast is
// its own.
const style = `
.paper{fill:#ffffff}
text{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans",Arimo,"Noto Sans","DejaVu Sans",sans-serif;fill:#1a1a1a}
.title{font-size:18px;font-weight:bold}
.fact{font-size:12.5px}
.fact.verdict{font-weight:bold}
.name{font-size:13px;font-weight:bold;unicode-bidi:plaintext}
.line{font-size:11.5px}
.role{font-size:10.5px;font-weight:bold}
.share{font-size:11.5px;font-weight:bold}
.share.quiet{font-weight:normal;fill:#555555}
.number{font-size:9.5px}
.note{font-size:10.5px}
.box{fill:#ffffff;stroke:#333333;stroke-width:1}
.inner{fill:none;stroke:#ffffff;stroke-width:1.2}
.bySeat .box{fill:#7f1d1d;stroke:#000000;stroke-width:2}
.bySeat text,.bySeat .sign{fill:#ffffff}
.bySeat .sign{stroke:#ffffff}
.byOwners .box{fill:#fdecea;stroke:#7f1d1d;stroke-width:3.5}
.maybe .box{fill:#fff6e0;stroke:#6b4400;stroke-width:2.5;stroke-dasharray:9 4}
.unknown .box{fill:#f2f2f2;stroke:#333333;stroke-width:1.6;stroke-dasharray:4 3}
.notFound .box{stroke-width:1.6;stroke-dasharray:1.5 3.5}
.aside .box{fill:#f2f2f2;stroke:#555555;stroke-dasharray:1.5 3.5}
.quiet .box{stroke:#999999}
.quiet text{fill:#555555}
.quiet .name{font-weight:normal}
.quiet .sign{stroke:#777777}
.sign{fill:#1a1a1a;stroke:#1a1a1a;stroke-width:1.3}
.sign.hollow{fill:none}
.rule{stroke:#bbbbbb;stroke-width:1}
.edge{fill:none;stroke:#1a1a1a}
.counted .edge{stroke-width:2.6}
.possible .edge{stroke-width:2;stroke-dasharray:8 4}
.idle .edge{stroke:#555555;stroke-width:1}
.hidden .edge{stroke:#555555;stroke-width:1;stroke-dasharray:1.5 3.5}
.tip{fill:#1a1a1a;stroke:#1a1a1a;stroke-width:1}
.possible .tip{fill:#ffffff;stroke-width:1.6}
.idle .tip{fill:none;stroke:#555555;stroke-width:1.2}
.halo{fill:#ffffff}
@media (prefers-color-scheme:dark){
.paper,.halo{fill:#16181c}
text,.sign,.tip{fill:#f0f0f0}
.sign,.tip,.edge{stroke:#f0f0f0}
.sign.hollow{fill:none}
.box{fill:#22262c;stroke:#c8c8c8}
.bySeat .box{fill:#f3c9c9;stroke:#ffffff}
.bySeat text,.bySeat .sign{fill:#1a1a1a}
.bySeat .sign,.inner{stroke:#1a1a1a}
.byOwners .box{fill:#3a2222;stroke:#f09a9a}
.maybe .box{fill:#37301c;stroke:#e8c06a}
.unknown .box,.aside .box{fill:#2b2f36;stroke:#c8c8c8}
.quiet .box{stroke:#888888}
.quiet text,.share.quiet{fill:#c0c0c0}
.quiet .sign{stroke:#a0a0a0}
.possible .tip{fill:#16181c}
.idle .edge,.hidden .edge{stroke:#b0b0b0}
.idle .tip{fill:none;stroke:#b0b0b0}
.rule{stroke:#555b66}
}
`
