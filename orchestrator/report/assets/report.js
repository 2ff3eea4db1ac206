"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);

  const theme = byId("theme");
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = () => { theme.textContent = dark() ? "Light" : "Dark"; theme.setAttribute("aria-label", `Use ${theme.textContent.toLowerCase()} colours`); };
  const stored = (value) => {
    try { return value ? localStorage.setItem("orchestrate-theme", value) : localStorage.getItem("orchestrate-theme"); } catch { return null; }
  };
  const chosen = stored();
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  theme.hidden = false;
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; stored(root.dataset.theme); label(); });
  label();

  const reveal = () => {
    const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let at = target; at; at = at.parentElement) if (at.localName === "details") at.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => all("details:not(.filters)").forEach((each) => { each.open = true; }));

  const filters = byId("filters");
  if (filters) {
    const form = byId("controls");
    const search = byId("search");
    const file = byId("file");
    const uncounted = byId("uncounted");
    const rest = byId("part-uncounted");
    const shown = byId("shown");
    const findings = all(".finding").map((element) => {
      const path = element.closest(".file").dataset.path;
      return {
        element, path, counted: !element.closest("#part-uncounted"), severity: element.dataset.severity,
        specialists: (element.dataset.specialists || "").split(" "), text: `${path} ${element.textContent}`.toLowerCase(),
      };
    });
    const total = findings.filter((each) => each.counted).length;
    const unticked = (name) => new Set(all(`input[name="${name}"]:not(:checked)`, form).map((box) => box.value));

    const apply = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const severities = unticked("severity");
      const specialists = unticked("specialist");
      let visible = 0;
      for (const each of findings) {
        const keep = !severities.has(each.severity)
          && !each.specialists.every((name) => specialists.has(name))
          && (!file.value || file.value === each.path)
          && words.every((word) => each.text.includes(word));
        each.element.hidden = !keep;
        if (keep && each.counted) visible += 1;
      }
      for (const section of all(".file")) {
        const left = all(".finding:not([hidden])", section).length;
        section.hidden = !left;
        section.querySelector(".count").textContent = left;
      }
      shown.textContent = `${visible === total ? "" : `${visible.toLocaleString("en")} of `}${total.toLocaleString("en")} finding${total === 1 ? "" : "s"}`;
    };
    const settle = () => { if (rest) rest.open = uncounted.checked; };
    if (rest) {
      uncounted.checked = rest.open;
      uncounted.addEventListener("change", settle);
      rest.addEventListener("toggle", () => { uncounted.checked = rest.open; });
    } else {
      uncounted.parentElement.hidden = true;
    }
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => { settle(); apply(); }));

    const wide = matchMedia("(min-width: 62rem)");
    const fit = () => { filters.open = wide.matches; };
    wide.addEventListener("change", fit);
    fit();
    filters.hidden = false;

    const step = (by) => {
      const seen = findings.map((each) => each.element).filter((element) => element.checkVisibility());
      const at = seen.indexOf(document.activeElement?.closest(".finding"));
      const next = seen[at < 0 ? 0 : Math.min(Math.max(at + by, 0), seen.length - 1)];
      if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: "start" }); }
    };
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return;
      if (event.key === "/") { event.preventDefault(); filters.open = true; search.focus(); }
      if (event.key === "j") step(1);
      if (event.key === "k") step(-1);
    });
  }
  reveal();
})();
