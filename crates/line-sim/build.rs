//! Makes sure the folder of the built phone page exists, so that it can be embedded even when empty.

fn main() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/phone/dist");
    if !folder.exists() {
        // A read-only checkout fails at the embedding with a clear message.
        let _ = std::fs::create_dir_all(&folder);
    }
    println!("cargo::rerun-if-changed={}", folder.display());
}
