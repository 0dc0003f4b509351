// Draws every chart of the page in the page's own colours, and again when they change.
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function config(colours) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const text = { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" };
  return {
    background: null,
    font: getComputedStyle(document.body).fontFamily,
    view: { stroke: null },
    axis: {
      ...text,
      labelColor: colour("text"),
      titleColor: colour("quiet"),
      gridColor: colour("line"),
      domain: false,
      ticks: false,
      labelPadding: 8,
      titlePadding: 10,
    },
    axisY: { grid: true, labelLimit: 0, labelFontSize: 13 },
    legend: { labelColor: colour("text"), labelFontSize: 12, padding: 0, offset: 12, columnPadding: 14 },
    rule: { color: colour("quiet") },
    text: { color: colour("text") },
    // Names of variants stand in two lines where one is too long for a phone.
    lineBreak: "\n",
    // A chart names the page's colours in the order of its series.
    range: { category: colours.map((name) => colour(`series-${name}`)) },
  };
}

const options = (colours) => ({
  actions: false,
  ast: true,
  config: config(colours),
  defaultStyle: false,
  mode: "vega-lite",
  renderer: "svg",
  tooltip: { disableDefaultStyle: true, theme: "page" },
});

const figures = [...document.querySelectorAll(".chart")].map((place) => ({
  place,
  specification: JSON.parse(place.nextElementSibling.textContent),
  drawn: null,
}));

// Room for axis and legend beside the drawing, so that the page hardly moves while it is drawn.
const BESIDE_PX = 85;
for (const { place, specification } of figures) {
  place.style.minHeight = `${specification.height + BESIDE_PX}px`;
}

async function draw(figure) {
  figure.drawn?.finalize();
  figure.drawn = await window.vegaEmbed(figure.place, figure.specification, options(figure.specification.usermeta.colours));
  figure.place.style.minHeight = "";
}

async function drawAll() {
  for (const figure of figures) await draw(figure);
  document.documentElement.dataset.drawn = dark.matches ? "dark" : "light";
}

// One drawing after the other, also when the colours change while the first is under way.
let drawing = drawAll();
dark.addEventListener("change", () => {
  drawing = drawing.then(drawAll);
});

for (const button of document.querySelectorAll(".open-all")) {
  const parts = [...button.closest(".sources").querySelectorAll(":scope > details")];
  button.hidden = parts.length < 2;
  button.addEventListener("click", () => {
    const open = parts.some((part) => !part.open);
    for (const part of parts) part.open = open;
    button.textContent = open ? "Close all" : "Open all";
  });
}
