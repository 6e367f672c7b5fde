import { byId } from "./elements.js";

/**
 * Takes pictures from where they come: chosen with the button, pasted into the field, dropped anywhere on the page.
 *
 * @param {HTMLElement} form
 * @param {{ took: (files: readonly File[]) => void, chose: () => void }} composer `chose`: it was by the button
 */
export function pictureSources(form, { took, chose }) {
  const files = byId("files", HTMLInputElement);
  byId("attach", HTMLButtonElement).addEventListener("click", () => files.click());
  files.addEventListener("change", () => {
    took([...files.files ?? []]);
    files.value = "";
    chose();
  });
  byId("input", HTMLTextAreaElement).addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData?.files ?? []];
    const words = event.clipboardData?.getData("text/plain") ?? "";
    if (pasted.length === 0 || !isNameOnly(words, pasted)) return;
    event.preventDefault();
    took(pasted);
  });
  const field = form.querySelector(".field");
  // A file that is dropped beside the field must not replace the page.
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    field?.toggleAttribute("data-over", true);
  });
  for (const type of ["dragleave", "dragend"]) addEventListener(type, () => field?.removeAttribute("data-over"));
  addEventListener("drop", (event) => {
    field?.removeAttribute("data-over");
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    took([...event.dataTransfer.files]);
  });
}

/**
 * Whether the text on the clipboard says no more than its pictures do: nothing, or their names, as where files were
 * copied. Programs that write put a picture of the words beside the words, and there the words are meant.
 *
 * @param {string} text
 * @param {readonly File[]} files
 */
export function isNameOnly(text, files) {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim()).filter((line) => line !== "");
  return lines.every((line) => files.some(({ name }) => {
    const written = line.slice(line.lastIndexOf("/") + 1);
    return written === name || written === name.replace(/\.[^.]*$/, "");
  }));
}
