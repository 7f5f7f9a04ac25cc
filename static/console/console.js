// The console works without this file. It adds: the palette behind "/", copy buttons, menus that close, and keys that go
// somewhere: g u, g c, g m, ? for help is the palette's footer.
const palette = document.getElementById("palette");
const find = document.querySelector("[data-palette]");

// --- the palette ---

function openPalette() {
    if (!find || palette.open) return;
    const input = Object.assign(document.createElement("input"), {
        type: "search",
        autocomplete: "off",
        placeholder: find.elements.q.placeholder,
        value: find.elements.q.value,
    });
    input.setAttribute("aria-label", find.elements.q.getAttribute("aria-label"));
    const found = document.createElement("div");
    found.id = "palette-found";
    found.setAttribute("aria-live", "polite");
    const keys = document.createElement("footer");
    for (const [key, what] of [["↑ ↓", "choose"], ["↵", "open"], ["esc", "close"]]) {
        const hint = document.createElement("span");
        hint.append(Object.assign(document.createElement("kbd"), {textContent: key}), ` ${what}`);
        keys.append(hint);
    }
    palette.replaceChildren(input, found, keys);
    let waiting = 0;
    input.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => show(input, found), 120);
    });
    palette.onkeydown = (event) => steer(event, input, found);
    palette.showModal();
    show(input, found);
}

async function show(input, found) {
    const asked = input.value;
    const answer = await fetch(`${find.action}?q=${encodeURIComponent(asked)}`, {headers: {"X-Fragment": "1"}});
    if (answer.redirected) return location.reload(); // logged out meanwhile
    const html = await answer.text();
    if (asked !== input.value) return; // a slower, older answer
    const chosen = found.contains(document.activeElement) && document.activeElement.href;
    found.innerHTML = html; // our server escaped it
    if (chosen) ([...found.querySelectorAll("a")].find((link) => link.href === chosen) ?? input).focus();
}

// Arrows move the real focus, so a screen reader hears each result; Enter in the field opens the first.
function steer(event, input, found) {
    const links = [...found.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Enter" && at < 0) {
        event.preventDefault();
        links[0]?.click();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    (event.key === "ArrowDown" ? (links[at + 1] ?? links[at]) : (links[at - 1] ?? input))?.focus();
}

find?.elements.q.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    openPalette();
});
palette?.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
});

// --- keys ---

const GO = {u: "users", c: "clients", m: "messages", o: "overview"};
let went = 0;

function go(key) {
    for (const link of document.querySelectorAll("#nav-sidebar a")) {
        const icon = link.querySelector("use")?.getAttribute("href") ?? "";
        const name = {users: "#i-users", clients: "#i-window", messages: "#i-mail", overview: "#i-home"}[GO[key]];
        if (icon.endsWith(name)) return link.click();
    }
}

document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape") closeMenus();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || palette?.open) return;
    if (event.key === "/") {
        event.preventDefault();
        openPalette();
    } else if (event.key === "g") {
        went = event.timeStamp;
    } else if (event.key in GO && event.timeStamp - went < 1000) {
        went = 0;
        go(event.key);
    }
});

// --- menus ---

function closeMenus(except) {
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
        if (!menu.contains(except)) menu.open = false;
    }
}
document.addEventListener("click", (event) => closeMenus(event.target));

// --- copying ---

for (const button of document.querySelectorAll(".copy")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
        const from = button.dataset.copyFrom;
        await navigator.clipboard.writeText(from ? document.querySelector(from).textContent : button.dataset.copy);
        button.classList.add("done");
        setTimeout(() => button.classList.remove("done"), 1500);
    });
}
