// furo keeps the theme on <body>, "auto" included; the widgets' styles look for the resolved one on <html>.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
function follow() {
  const chosen = document.body.dataset.theme;
  document.documentElement.dataset.theme = chosen === "dark" || (chosen !== "light" && dark.matches) ? "dark" : "light";
}
document.addEventListener("DOMContentLoaded", () => {
  follow();
  for (const picture of document.querySelectorAll(".beside img")) {
    const link = Object.assign(document.createElement("a"), { href: picture.src, title: "In full size" });
    picture.replaceWith(link);
    link.append(picture);
  }
  new MutationObserver(follow).observe(document.body, { attributeFilter: ["data-theme"] });
  dark.addEventListener("change", follow);
});
