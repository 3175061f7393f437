//! The studio's colours, by the rule the server's previews follow too.

pub use portico_wire::brand::css;
