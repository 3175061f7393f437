import { useEffect } from "react";

/** The portal as a component; copy this file. */
export function Portal({ host, studio, theme, start, onReady, onSignedIn, children = "My Account" }) {
  useEffect(() => {
    const src = `${host}/embed.js`;
    if ([...document.scripts].some((script) => script.src === src)) return;
    const script = document.createElement("script");
    script.async = true;
    script.src = src;
    document.head.append(script);
  }, [host]);
  return (
    // The element reads its attributes once: other ones are another portal.
    <portico-portal
      key={[studio, theme, start].join()}
      studio={studio}
      theme={theme}
      start={start}
      onportico-ready={onReady}
      onportico-signed-in={onSignedIn}
    >
      <a href={`${host}/${studio}/login`}>{children}</a>
    </portico-portal>
  );
}
