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

// The contents stand open where there is room beside the page, and close once a place is chosen.
const contents = document.querySelector(".contents details");
const wide = window.matchMedia("(min-width: 75rem)");
if (contents) {
  const suit = () => {
    contents.open = wide.matches;
  };
  suit();
  wide.addEventListener("change", suit);
  contents.addEventListener("click", (event) => {
    if (!wide.matches && event.target.closest("a")) contents.open = false;
  });
  contents.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || wide.matches) return;
    contents.open = false;
    contents.querySelector("summary").focus();
  });
}

// What is in sight is told in the contents.
const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash, link]));
const placeOf = (part) => links.get(`#${part.id}`);
const seen = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) placeOf(target).setAttribute("aria-current", "true");
      else placeOf(target).removeAttribute("aria-current");
    }
  },
  { rootMargin: "-25% 0px -70% 0px" },
);
for (const part of document.querySelectorAll(".chapter, .experiment, #findings, #reading, #where")) {
  if (placeOf(part)) seen.observe(part);
}

// Without this script the filter is hidden and everything is shown.
const filter = document.querySelector(".filter");
if (filter) {
  const value = (name) => filter.querySelector(`#filter-${name}`)?.value ?? "";
  const has = (part, name, separator, wanted) => !wanted || (part.dataset[name] ?? "").split(separator).includes(wanted);
  const apply = () => {
    const section = value("section");
    const verdict = value("verdict");
    const claims = [...document.querySelectorAll(".claims tbody")];
    for (const claim of claims) claim.hidden = !has(claim, "verdicts", "|", verdict);
    for (const chapter of document.querySelectorAll(".chapter")) {
      const empty = verdict && !chapter.querySelector(".claims tbody:not([hidden])");
      chapter.hidden = Boolean(empty) || !has(chapter, "sections", " ", section);
    }
    for (const part of document.querySelectorAll(".experiment")) {
      part.hidden = !has(part, "sections", " ", section) || !has(part, "verdicts", "|", verdict);
    }
    for (const link of links.values()) {
      const part = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (part?.matches(".chapter, .experiment")) link.parentElement.hidden = part.hidden;
    }
    const shown = claims.filter((claim) => !claim.hidden && !claim.closest(".chapter").hidden).length;
    filter.querySelector("[role=status]").textContent = `${shown} of ${claims.length} claims shown`;
  };
  filter.addEventListener("change", apply);
  filter.hidden = false;
  apply();
}
