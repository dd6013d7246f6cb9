// The page of a run at work: when the server has news, the page is asked for again and put in place of what is shown.
const events = new EventSource("events");
events.onmessage = async () => {
  const answer = await fetch(".");
  if (answer.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("main").replaceWith(page.querySelector("main"));
    document.title = page.title;
  }
};
events.addEventListener("end", () => events.close());
