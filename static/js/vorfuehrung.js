// Left and right turn the page of a presentation. The links do the same without this file.

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const ways = { ArrowLeft: "prev", PageUp: "prev", ArrowRight: "next", PageDown: "next" };
  const link = ways[event.key] && document.querySelector(`a[rel="${ways[event.key]}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});
