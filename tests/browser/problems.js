// What is wrong with the page that is shown, in sentences: names, labels, sizes, contrast, overflow.
() => {
  const problems = [];
  const visible = (element) => element.checkVisibility() && element.getClientRects().length > 0;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(visible);
  const named = (element) => `<${element.tagName.toLowerCase()} class="${element.className.baseVal ?? element.className}" id="${element.id}">`;
  const spoken = (element) => (element.getAttribute("aria-label") || element.textContent).trim();

  for (const selector of ["h1", "main", "title"]) {
    const found = document.querySelectorAll(selector === "title" ? "head > title" : selector);
    if (found.length !== 1 || !found[0].textContent.trim()) problems.push(`There is not one ${selector}.`);
  }
  if (!document.documentElement.lang || !document.documentElement.dir) problems.push("The page has no language.");

  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  ids.filter((id, place) => ids.indexOf(id) !== place).forEach((id) => problems.push(`Two elements are called ${id}.`));
  for (const name of ["aria-describedby", "aria-controls", "for"])
    for (const element of document.querySelectorAll(`[${name}]`))
      for (const id of element.getAttribute(name).split(" "))
        if (!ids.includes(id)) problems.push(`${named(element)} names ${id}, which is not there.`);

  for (const input of all("input:not([type=hidden], [type=submit], [aria-hidden=true]), textarea")) {
    if (!input.ariaLabel && !input.labels[0]?.textContent.trim()) problems.push(`${named(input)} has no label.`);
    if (!input.autocomplete) problems.push(`${named(input)} says nothing to password managers.`);
    if (input.getAttribute("aria-invalid") === "true" && !input.getAttribute("aria-describedby")) problems.push(`${named(input)} is wrong, and nothing says why.`);
  }
  const wrong = document.querySelector("[aria-invalid=true]");
  if (wrong && !(document.activeElement.getAttribute("aria-invalid") === "true")) problems.push("The focus is not on what is wrong.");

  for (const control of all("a, button, summary"))
    if (!spoken(control)) problems.push(`${named(control)} has no name.`);
  for (const drawing of all("svg"))
    if (drawing.getAttribute("aria-hidden") !== "true" && !drawing.closest("[role=img]")) problems.push("A drawing is read aloud.");
  for (const control of all(".btn, .input, summary, .menu a, .reveal")) {
    const { width, height } = control.getBoundingClientRect();
    const least = control.matches(".btn, .input") ? 44 : 24;
    if (height < least || width < 24) problems.push(`${named(control)} is ${width} by ${height}.`);
  }

  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) problems.push(`The page is ${document.documentElement.scrollWidth} wide, the window ${width}.`);
  for (const element of all("main *, footer *"))
    if (!element.closest("svg, .sr, .menu ul") && element.getBoundingClientRect().right > width + 1) problems.push(`${named(element)} sticks out.`);
  const menu = document.querySelector("details[open] ul");
  if (menu) {
    const place = menu.getBoundingClientRect();
    if (place.left < 0 || place.right > width || place.top < 0) problems.push("The menu sticks out.");
  }

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = rgba(getComputedStyle(each).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !visible(element) || element.closest(".sr, script")) continue;
    const [light, dark] = [rgba(getComputedStyle(element).color), behind(element)].map(luminance).sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5) problems.push(`"${texts.currentNode.data.trim()}" has a contrast of ${ratio.toFixed(2)}.`);
  }
  return problems;
}
