// A widget inside a shadow tree (marimo) does not see the page's theme in its styles; there it is told.

/** Does the page say that it is dark? marimo names its theme on <body>. */
export function saysDark(body) { return body.dataset.theme === "dark" || body.classList.contains("dark"); }

/** Keep `root` in the page's theme; returns the function that ends it. */
export function followTheme(root, place) {
  if (typeof ShadowRoot === "undefined" || !(place.getRootNode() instanceof ShadowRoot)) return () => {};
  const follow = () => root.setAttribute("data-theme", saysDark(document.body) ? "dark" : "light");
  const observer = new MutationObserver(follow);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-theme"] });
  follow();
  return () => observer.disconnect();
}
