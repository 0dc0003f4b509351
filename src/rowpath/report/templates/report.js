// Draws every chart of the page in the page's own colours, and again when they change.
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function config() {
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
    // In the order of the charts' domain: the talk, as told, controlled, and what may follow.
    range: { category: ["talk", "as-told", "controlled"].map((name) => colour(`series-${name}`)) },
  };
}

const options = () => ({
  actions: false,
  ast: true,
  config: config(),
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

async function draw(figure) {
  figure.drawn?.finalize();
  figure.drawn = await window.vegaEmbed(figure.place, figure.specification, options());
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
