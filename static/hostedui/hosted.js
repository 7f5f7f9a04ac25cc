/* Comforts for those who run scripts; every page works without. Words come from data attributes, translated. */
(() => {
  "use strict";
  const all = (selector, each) => document.querySelectorAll(selector).forEach(each);

  all(".reveal", (button) => {
    const input = document.getElementById(button.getAttribute("aria-controls"));
    const turn = (shown) => {
      input.type = shown ? "text" : "password";
      button.textContent = shown ? button.dataset.hide : button.dataset.show;
      button.setAttribute("aria-label", shown ? button.dataset.hideLabel : button.dataset.showLabel);
    };
    button.addEventListener("click", () => turn(input.type === "password"));
    input.form.addEventListener("submit", () => turn(false));
    turn(false);
    button.hidden = false;
  });

  const holds = {
    length: (text, rule) => [...text].length >= Number(rule.dataset.minimum),
    lower: (text) => /\p{Ll}/u.test(text),
    upper: (text) => /\p{Lu}/u.test(text),
    number: (text) => /\d/.test(text),
    symbol: (text) => /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/.test(text.trim()),
  };
  all("[data-rules-for]", (list) => {
    const input = document.getElementById(list.dataset.rulesFor);
    const look = () => list.querySelectorAll("[data-rule]").forEach((rule) => {
      const met = holds[rule.dataset.rule](input.value, rule);
      rule.classList.toggle("met", met);
      rule.querySelector(".sr").textContent = met ? list.dataset.met : list.dataset.unmet;
    });
    input.addEventListener("input", look);
    look();
  });

  if (navigator.clipboard) all("[data-copy]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => navigator.clipboard.writeText(button.dataset.copy).then(() => {
      button.textContent = button.dataset.done;
    }));
  });

  /* Busy, not disabled: a disabled button is left out of the post, and loses the focus. Whoever comes back, or is sent
     to an app that keeps this page open, finds it ready again. */
  const PATIENCE = 8000;
  const busy = new Map();
  const release = () => {
    busy.forEach((words, button) => {
      button.removeAttribute("aria-busy");
      button.lastElementChild.textContent = words;
    });
    busy.clear();
    all("form", (form) => { delete form.dataset.sent; });
  };
  all("form", (form) => form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    if (button?.dataset.busy) {
      busy.set(button, button.lastElementChild.textContent);
      button.setAttribute("aria-busy", "true");
      button.lastElementChild.textContent = button.dataset.busy;
    }
    setTimeout(release, PATIENCE);
  }));
  window.addEventListener("pageshow", release);
})();
