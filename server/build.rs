//! The migrations stand in the binary: it is built again when one of them changes.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
