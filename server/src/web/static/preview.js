// A preview shows the sign-in, also after another preview signed in here.
"use strict";
for (const key of Object.keys(sessionStorage)) if (key.startsWith("portico:")) sessionStorage.removeItem(key);
