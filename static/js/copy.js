// Buttons that copy a field's text, and say that they did.

for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // Without a secure origin there is no clipboard: the text is selected, Ctrl-C takes it.
      document.dispatchEvent(new CustomEvent("cmo:say", { detail: "The text is selected. Copy it with Ctrl C." }));
      return;
    }
    button.textContent = "Copied";
    document.dispatchEvent(new CustomEvent("cmo:say", { detail: "Copied" }));
  });
}
