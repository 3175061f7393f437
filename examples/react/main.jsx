import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

import { Portal } from "./portal.jsx";

const PAGES = { "": "Home", "?account": "My Account" };

function App({ host }) {
  const [place, setPlace] = useState(location.search);
  const [dark, setDark] = useState(false);
  const [seen, setSeen] = useState(0);
  const [signedIn, setSignedIn] = useState(false);
  useEffect(() => {
    const back = () => setPlace(location.search);
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  const go = (event, to) => {
    event.preventDefault();
    history.pushState(null, "", to || location.pathname);
    setPlace(to);
  };
  return (
    <>
      <header>
        <strong>Fernlight Studio</strong>
        <nav aria-label="Main">
          {Object.entries(PAGES).map(([to, name]) => (
            <a key={to} href={to || "?"} aria-current={place === to ? "page" : undefined} onClick={(event) => go(event, to)}>
              {name}
            </a>
          ))}
        </nav>
      </header>
      <main>
        {place === "?account" ? (
          <>
            <h1>Good to see you</h1>
            <p>
              <button onClick={() => setSeen(seen + 1)}>Draw again ({seen})</button>{" "}
              <button onClick={() => setDark(!dark)}>{dark ? "Light" : "Dark"}</button>
            </p>
            <p role="status">{signedIn ? "Signed in" : ""}</p>
            <Portal host={host} studio="demo" theme={dark ? "dark" : "light"} onSignedIn={() => setSignedIn(true)} />
          </>
        ) : (
          <h1>Photographs in the last good light</h1>
        )}
      </main>
    </>
  );
}

const root = document.getElementById("root");
// Strict mode runs every effect twice, as a page in development does.
createRoot(root).render(
  <StrictMode>
    <App host={root.dataset.host} />
  </StrictMode>,
);
