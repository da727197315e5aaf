// What only eases the import: a file may be dropped anywhere, its size is looked at before it is
// sent, and the page of a file that is being worked at brings itself up to date.
const file = document.getElementById("file");
if (file) {
  const look = () => {
    const large = file.files[0] && file.files[0].size > Number(file.dataset.most) * 1048576;
    file.setCustomValidity(large ? file.dataset.tooLarge : "");
    file.reportValidity();
  };
  file.addEventListener("change", look);
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    file.files = event.dataTransfer.files;
    look();
  });
}

const refresh = async () => {
  const run = document.getElementById("run");
  if (!run || !("works" in run.dataset)) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const news = page.getElementById("run");
    if (!news) { location.reload(); return; }
    run.replaceWith(news);
  } catch {
    const said = document.getElementById("lost") || document.createElement("p");
    said.id = "lost";
    said.textContent = run.dataset.lost;
    run.prepend(said);
  }
  setTimeout(refresh, 2000);
};
setTimeout(refresh, 1000);
