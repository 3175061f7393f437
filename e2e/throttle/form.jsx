// The same sign-in as the loader's, in Preact: room for the logo, a heading, the email field and the button.

import { h, render } from "preact";

const STYLE = `.shell{box-sizing:border-box;max-inline-size:440px;margin-inline:auto;padding:16px 20px 24px;background:#fff;border:1px solid #e4dfe1;border-radius:16px;box-shadow:0 1px 2px rgb(35 31 36/.05),0 12px 32px -12px rgb(35 31 36/.14);color:#231f24;font:16px/24px -apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.brand{display:flex;flex-direction:column;align-items:center;justify-content:center;gap:6px;block-size:184px;text-align:center}
.logo{display:grid;place-items:center;block-size:56px;min-inline-size:56px}
.room{min-block-size:288px;display:flex;flex-wrap:wrap;gap:8px;align-content:start}
.room>*{flex:0 0 100%;box-sizing:border-box;margin:0}
.room h2{font:600 24px/32px inherit}
.room label{font-weight:600;font-size:15px}
.room input{block-size:48px;padding-inline:14px;border:1px solid #8c848a;border-radius:10px;font:inherit}
.room button{min-block-size:48px;padding:10px 20px;border:0;border-radius:10px;font:inherit;font-weight:600;color:#fff;background:#38343b}
.room :focus-visible{outline:3px solid #1d63d8;outline-offset:2px}`;

const press = (event) => {
  event.preventDefault();
  event.currentTarget.reportValidity();
};

const SignIn = () => (
  <div class="shell">
    <style>{STYLE}</style>
    <div class="brand">
      <div class="logo" aria-hidden="true" />
      <p class="name" />
      <p class="welcome" />
    </div>
    <form class="room" method="post" noValidate onSubmit={press}>
      <h2 tabindex="-1">My Account</h2>
      <label for="email">Email address</label>
      <input id="email" type="text" name="email" inputmode="email" autocomplete="username" autocapitalize="none" spellcheck={false} required />
      <button type="submit">Continue</button>
      <p role="status" />
    </form>
  </div>
);

render(<SignIn />, document.getElementById("portal"));
