/** Theme: as the system wants it, unless the user chooses. The choice is kept in this browser. */

const ORDER = ["auto", "light", "dark"];
const STORE = "thinkaloud.theme";

/** Make the button go through the themes; `onChange` is called now and whenever the colours change. */
export function startTheme(button, label, onChange) {
  let theme = ORDER.includes(localStorage.getItem(STORE)) ? localStorage.getItem(STORE) : "auto";
  const apply = () => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    label.textContent = theme[0].toUpperCase() + theme.slice(1);
    button.setAttribute("aria-label", `Theme: ${theme}`);
    onChange();
  };
  button.addEventListener("click", () => {
    theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    localStorage.setItem(STORE, theme);
    apply();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onChange);
  apply();
}
