// Searches the pages of this publication: MiniSearch over `searchIndex` (search/index.js).
// It asks for nothing outside, so that it works from a folder as from a server. The form is hidden
// where scripts do not run.
(() => {
  const form = document.getElementById("search");
  const box = document.getElementById("search-box");
  const said = document.getElementById("search-said");
  const list = document.getElementById("search-found");
  if (!form || !box || !said || !list || typeof MiniSearch === "undefined") return;
  const index = new MiniSearch({
    fields: ["title", "words"],
    storeFields: ["title", "address", "page"],
    searchOptions: { boost: { title: 3 }, prefix: true, fuzzy: 0.15, combineWith: "AND" },
  });
  index.addAll(searchIndex.map((entry, id) => ({ id, ...entry })));
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  const look = () => {
    const asked = box.value.trim();
    const found = asked.length > 1 ? index.search(asked).slice(0, 12) : [];
    list.replaceChildren(
      ...found.map((one) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = one.address;
        link.textContent = one.title;
        item.append(link);
        if (one.page !== one.title) item.append(` (${one.page})`);
        return item;
      }),
    );
    said.textContent =
      asked.length < 2 ? "" : found.length ? `Found: ${found.length}` : "Nothing found. Try another word.";
  };
  let waiting = 0;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 120);
  });
})();
