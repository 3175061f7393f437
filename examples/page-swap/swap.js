// What Turbo, Swup and their kind do: links fetch the next page and put its content in place.

async function show(address) {
  const text = await (await fetch(address)).text();
  const next = new DOMParser().parseFromString(text, "text/html");
  const content = document.adoptNode(next.querySelector("main"));
  // Scripts of a parsed text do not run; new ones do.
  for (const old of content.querySelectorAll("script")) {
    const script = document.createElement("script");
    for (const { name, value } of old.attributes) script.setAttribute(name, value);
    script.text = old.text;
    old.replaceWith(script);
  }
  document.title = next.title;
  document.querySelector("main").replaceWith(content);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("nav a");
  if (!link) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  show(link.href);
});
addEventListener("popstate", () => show(location.href));
